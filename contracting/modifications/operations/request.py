"""The vendor asks for changes instead of signing."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.modifications import events, permissions
from contracting.modifications.models import ChangeRequest, ContractModification
from contracting.modifications.refusals import TermInvalid
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def request_modification_changes(
    *, modification_id: int, words: str, by: Actor, at: datetime, seen_version: int
) -> ChangeRequest:
    """Say what should read differently; the draft stays as it is until it is revised.

    :raises NotAllowed: if ``by`` is no signer of the vendor, or none is needed
    :raises Stale: if the modification has changed since it was read
    :raises TermInvalid: without words
    """
    contract_id = ContractModification.objects.values_list(
        "contract_id", flat=True
    ).get(pk=modification_id)
    contract = Contract.objects.locked().get(pk=contract_id)
    modification = ContractModification.objects.locked().get(pk=modification_id)
    modification.contract = contract
    require(permissions.can_request_modification_changes(by, modification))
    modification.require_version(seen_version)
    if not words.strip():
        message = "Say what should read differently, and why."
        raise TermInvalid(message, term="words")
    asked = ChangeRequest.objects.create(
        modification=modification,
        version=modification.version,
        words=words.strip(),
        requested_by_id=by.own_membership_id,
        requested_at=at,
    )
    title = f"{contract.vendor.name} asks for changes of a modification"
    _tell_office(modification, f"{title} of {contract.piid}", asked.words, by, at)
    record_event(
        events.MODIFICATION_CHANGES_REQUESTED,
        subject=modification.subject,
        by=by,
        at=at,
        data={"version": modification.version, "words": asked.words},
    )
    return asked


def _tell_office(
    modification: ContractModification, title: str, body: str, by: Actor, at: datetime
) -> None:
    agency_id = modification.contract.agency_id
    roles = (Role.CONTRACTING_OFFICER, Role.CONTRACT_SPECIALIST)
    post_notice(
        recipients=[Recipient(agency_id, role) for role in roles],
        subject=modification.subject,
        title=title,
        body=body,
        url_path=modification.path,
        by=by,
        at=at,
    )
