"""Who may do what to a paper."""

from __future__ import annotations

from accounts.states import Role
from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Refused, Verdict
from contracting.documents.models import Document
from contracting.documents.states import DocumentState


def can_retry_document(by: Actor, document: Document) -> Verdict:
    """The agency's contracting staff may ask again for a paper that has failed."""
    if not by.acts_for(document.agency_id) or not by.has_role(
        Role.CONTRACTING_OFFICER, Role.CONTRACT_SPECIALIST, Role.ADMINISTRATOR
    ):
        return Refused(
            "Only the agency's contracting officer, contract specialist or "
            "administrator may request a paper again."
        )
    if document.state != DocumentState.FAILED:
        return Refused("Only a paper that has failed is requested again.")
    return Allowed()
