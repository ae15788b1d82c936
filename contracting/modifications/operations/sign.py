"""The vendor's signature on a supplemental agreement that changes its contract."""

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
from contracting.modifications.models import ContractModification
from contracting.modifications.operations.request import _tell_office
from contracting.modifications.refusals import AlreadyIssued, BaseMoved


@transaction.atomic
def sign_contract_modification(
    *, modification_id: int, by: Actor, at: datetime, seen_version: int
) -> ContractModification:
    """Sign for the vendor; it binds nobody until the contracting officer signs.

    :raises NotAllowed: if ``by`` is no signer of the vendor, or none is needed
    :raises Stale: if the modification has changed since it was read
    :raises BaseMoved: if the contract has been modified since it was drafted
    :raises AlreadyIssued: if the vendor has signed it
    """
    contract_id = ContractModification.objects.values_list(
        "contract_id", flat=True
    ).get(pk=modification_id)
    contract = Contract.objects.locked().get(pk=contract_id)
    modification = ContractModification.objects.locked().get(pk=modification_id)
    modification.contract = contract
    require(permissions.can_sign_contract_modification(by, modification))
    modification.require_version(seen_version)
    require_base(modification)
    if modification.vendor_signed_at is not None:
        message = "The vendor has signed this modification already."
        raise AlreadyIssued(message)
    modification.vendor_signed_by_id = by.membership_id
    modification.vendor_signed_at = at
    modification.save(update_fields=["vendor_signed_by", "vendor_signed_at"])
    record_approval(
        action="sign_contract_modification",
        party=Party.VENDOR,
        subject=modification.subject,
        version=modification.version,
        content_sha256=modification.content_sha256,
        by=by,
        at=at,
    )
    title = f"{contract.vendor.name} has signed a modification of {contract.piid}"
    _tell_office(modification, title, modification.description, by, at)
    record_event(
        events.CONTRACT_MODIFICATION_SIGNED,
        subject=modification.subject,
        by=by,
        at=at,
        data={
            "contract": contract.piid,
            "version": modification.version,
            "content_sha256": modification.content_sha256,
        },
    )
    return modification


def require_base(modification: ContractModification) -> None:
    """Insist that the text on which it was drafted is the one in force.

    :raises BaseMoved: with both versions; the page shows both texts and revises it
    """
    contract = modification.contract
    if modification.base_version != contract.version:
        message = (
            f"This modification was written on version {modification.base_version} of "
            f"the contract; version {contract.version} is in force. Both texts are "
            "kept: revise it on the version in force, then sign."
        )
        raise BaseMoved(
            message, seen=modification.base_version, current=contract.version
        )
