"""Put the file of a contract under legal hold."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.closeout import events, permissions
from contracting.closeout.models import LegalHold
from contracting.closeout.refusals import HoldIncomplete
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.permissions import require


@transaction.atomic
def place_legal_hold(
    *, contract_id: int, matter: str, reason: str, by: Actor, at: datetime
) -> LegalHold:
    """Keep everything of the contract, however long its years have been over.

    FAR 4.805(a) (R-AUD-02). Several matters may hold one file.

    :raises NotAllowed: unless ``by`` is a contracting officer or administrator
    :raises HoldIncomplete: without the matter and the reason
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_place_legal_hold(by, contract))
    if not (matter.strip() and reason.strip()):
        message = "Name the case or inquiry, and say what has to be kept for it."
        raise HoldIncomplete(message, pointer="/matter")
    hold = LegalHold.objects.create(
        contract=contract,
        matter=matter.strip(),
        reason=reason.strip(),
        placed_by_id=by.own_membership_id,
        placed_at=at,
    )
    record_event(
        events.LEGAL_HOLD_PLACED,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            "rule": "R-AUD-02",
            "piid": contract.piid,
            "matter": hold.matter,
            "reason": hold.reason,
        },
    )
    return hold
