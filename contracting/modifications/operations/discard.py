"""Give up a draft modification of a contract; its number was never assigned."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.modifications import events, permissions
from contracting.modifications.models import ContractModification
from contracting.modifications.operations.certify_minimum import (
    release_minimum_funds,
)
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.orders.states import ModificationState


@transaction.atomic
def discard_contract_modification(
    *, modification_id: int, by: Actor, at: datetime
) -> ContractModification:
    """Discard a draft; a vendor that was asked to sign it is told.

    :raises NotAllowed: if ``by`` is not of the contracting office, or it is signed
    """
    contract_id = ContractModification.objects.values_list(
        "contract_id", flat=True
    ).get(pk=modification_id)
    contract = Contract.objects.locked().get(pk=contract_id)
    modification = ContractModification.objects.locked().get(pk=modification_id)
    require(permissions.can_discard_contract_modification(by, modification))
    release_minimum_funds(modification, by, at)
    modification.move_to(ModificationState.DISCARDED)
    if modification.is_bilateral:
        post_notice(
            recipients=[Recipient(contract.vendor_id)],
            subject=modification.subject,
            title=f"A draft modification of contract {contract.piid} is withdrawn",
            body="Nothing is left for you to sign.",
            url_path=contract.path,
            by=by,
            at=at,
        )
    record_event(
        events.CONTRACT_MODIFICATION_DISCARDED,
        subject=modification.subject,
        by=by,
        at=at,
        data={"version": modification.version, "base": modification.base_version},
    )
    return modification
