"""Release a legal hold."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.closeout import events, permissions
from contracting.closeout.models import LegalHold, LegalHoldRelease
from contracting.closeout.refusals import HoldIncomplete, HoldReleased
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.permissions import require


@transaction.atomic
def release_legal_hold(
    *, hold_id: int, reason: str, by: Actor, at: datetime
) -> LegalHoldRelease:
    """End one hold; the file is kept as long as its years or another hold say.

    :raises NotAllowed: unless ``by`` is a contracting officer or administrator
    :raises HoldReleased: if it was released before
    :raises HoldIncomplete: without a reason
    """
    contract_id = LegalHold.objects.values_list("contract_id", flat=True).get(
        pk=hold_id
    )
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_release_legal_hold(by, contract))
    hold = LegalHold.objects.get(pk=hold_id)
    if LegalHoldRelease.objects.filter(hold=hold).exists():
        message = f"The {hold} was released already."
        raise HoldReleased(message)
    if not reason.strip():
        message = "Say why the matter no longer needs the file."
        raise HoldIncomplete(message, pointer="/reason")
    release = LegalHoldRelease.objects.create(
        hold=hold,
        reason=reason.strip(),
        released_by_id=by.own_membership_id,
        released_at=at,
    )
    record_event(
        events.LEGAL_HOLD_RELEASED,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            "rule": "R-AUD-02",
            "piid": contract.piid,
            "matter": hold.matter,
            "reason": release.reason,
        },
    )
    return release
