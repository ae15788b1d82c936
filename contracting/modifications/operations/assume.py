"""The successor's signature on a novation: it assumes the contract."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.documents.operations.record import record_approval
from contracting.documents.states import Party
from contracting.modifications import events, permissions
from contracting.modifications.models import Assumption, ContractModification
from contracting.modifications.operations.request import _tell_office
from contracting.modifications.operations.sign import require_base
from contracting.modifications.queries.novations import (
    ASSUME,
    assumption_of,
    novation_of,
)
from contracting.modifications.refusals import AlreadyIssued, NotSignedByVendor


@transaction.atomic
def assume_contract(
    *, modification_id: int, by: Actor, at: datetime, seen_version: int
) -> Assumption:
    """Sign for the successor, after the transferor and before the contracting officer.

    The successor answers for the whole contract, from its award on (FAR 42.1204(i)).

    :raises NotAllowed: if ``by`` is no signer of the successor
    :raises Stale: if the modification has changed since it was read
    :raises BaseMoved: if the contract has been modified since it was drafted
    :raises NotSignedByVendor: before the transferor has signed (R-MOD-02)
    :raises AlreadyIssued: if the successor has signed it
    """
    contract_id = ContractModification.objects.values_list(
        "contract_id", flat=True
    ).get(pk=modification_id)
    contract = Contract.objects.locked().get(pk=contract_id)
    modification = ContractModification.objects.locked().get(pk=modification_id)
    modification.contract = contract
    require(permissions.can_assume_contract(by, modification))
    modification.require_version(seen_version)
    require_base(modification)
    if modification.vendor_signed_at is None:
        message = "The vendor that hands the contract over signs first."
        raise NotSignedByVendor(message)
    if assumption_of(modification) is not None:
        message = "The successor has signed this novation already."
        raise AlreadyIssued(message)
    novation = novation_of(modification)
    assert novation is not None  # noqa: S101 (typing: it is drafted with it)
    made = Assumption.objects.create(
        novation=novation,
        version=modification.version,
        signed_by_id=by.own_membership_id,
        signed_at=at,
    )
    record_approval(
        action=ASSUME,
        party=Party.SUCCESSOR,
        subject=modification.subject,
        version=modification.version,
        content_sha256=modification.content_sha256,
        by=by,
        at=at,
    )
    title = f"{modification.successor} has signed the novation of {contract.piid}"
    _tell_office(modification, title, modification.description, by, at)
    record_event(
        events.CONTRACT_ASSUMED,
        subject=modification.subject,
        by=by,
        at=at,
        data={
            "contract": contract.piid,
            "version": modification.version,
            "content_sha256": modification.content_sha256,
        },
    )
    return made
