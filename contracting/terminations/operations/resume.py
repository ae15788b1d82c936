"""Let work under an order go on again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.terminations import events, permissions
from contracting.terminations.models import Letter
from contracting.terminations.operations.stop import _lock_order, _send
from contracting.terminations.queries import running_stop
from contracting.terminations.refusals import AlreadyStopped, WordsMissing
from contracting.terminations.states import LetterKind


@transaction.atomic
def resume_work(*, order_id: int, text: str, by: Actor, at: datetime) -> Letter:
    """End a stop-work order; what was used meanwhile stays held until it is decided.

    :raises NotAllowed: unless ``by`` is a contracting officer with a warrant
    :raises AlreadyStopped: if no work is stopped
    :raises WordsMissing: without words
    """
    order = _lock_order(order_id)
    on = accounting_day(at, order.contract.time_zone)
    require(permissions.can_resume_work(by, order, on))
    stop = running_stop(order)
    if stop is None:
        message = f"Work under {order.piid} is not stopped."
        raise AlreadyStopped(message)
    if not text.strip():
        message = "Say why work goes on, and from when."
        raise WordsMissing(message, pointer="/text")
    letter = _send(
        by,
        at,
        contract=order.contract,
        order=order,
        kind=LetterKind.RESUME_WORK,
        text=text.strip(),
        lifts=stop,
    )
    record_event(
        events.WORK_RESUMED,
        subject=order.subject,
        by=by,
        at=at,
        data={
            "piid": order.piid,
            "stopped_at": stop.sent_at,
            "text": letter.text,
        },
    )
    return letter
