"""Who may do what to a paper."""

from __future__ import annotations

from accounts.states import VENDOR_ROLES, Role, Scope
from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Refused, Verdict
from contracting.documents.models import Document, Operation
from contracting.documents.queries import is_held_by, party_of
from contracting.documents.states import DocumentKind, DocumentState


def can_retry_document(by: Actor, document: Document) -> Verdict:
    """The agency's contracting staff may ask again for a paper that has failed.

    A receipt is asked for again by the vendor alone: nobody else may know of it.
    """
    verdict = (
        _is_its_vendor(by, document)
        if document.kind == DocumentKind.RECEIPT
        else _is_its_staff(by, document)
    )
    if not verdict:
        return verdict
    if document.state != DocumentState.FAILED:
        return Refused("Only a paper that has failed is requested again.")
    return Allowed()


def _is_its_staff(by: Actor, document: Document) -> Verdict:
    if by.acts_for(document.agency_id) and by.has_role(
        Role.CONTRACTING_OFFICER, Role.CONTRACT_SPECIALIST, Role.ADMINISTRATOR
    ):
        return Allowed()
    return Refused(
        "Only the agency's contracting officer, contract specialist or "
        "administrator may request a paper again."
    )


def _is_its_vendor(by: Actor, document: Document) -> Verdict:
    if is_held_by(by, document) and by.has_role(*VENDOR_ROLES):
        return Allowed()
    return Refused("Only the vendor whose receipt it is may request it again.")


def can_upload_signed_copy(by: Actor, document: Document) -> Verdict:
    """Who may sign the paper for its party, or the party's machine with the scope."""
    if by.is_key and Scope.DOCUMENTS_WRITE not in by.scopes:
        return Refused(f"The key needs the scope {Scope.DOCUMENTS_WRITE}.")
    if party_of(by, document):
        return Allowed()
    return Refused(
        "Only those whom this paper names as its signatories hand in a copy that they "
        "have signed."
    )


def can_cancel_operation(by: Actor, operation: Operation) -> Verdict:
    """Who has started it, or an officer or administrator of the same organization."""
    if not by.acts_for(operation.organization_id):
        return Refused("It belongs to another organization.")
    theirs = (
        by.key_id == operation.by_key_id
        if by.is_key
        else by.membership_id == operation.by_membership_id
        or by.has_role(Role.CONTRACTING_OFFICER, Role.ADMINISTRATOR)
    )
    if theirs:
        return Allowed()
    return Refused(
        "Whoever started it may cancel it, or a contracting officer or administrator."
    )
