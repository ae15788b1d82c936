"""Choose whether what is beyond a limit is refused on an order, or only told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.metering import events, permissions
from contracting.metering.models import ControlChoice, GateCounter
from contracting.metering.operations.sweep import _lock_gate
from contracting.metering.queries.control import last_unannounced
from contracting.metering.refusals import ReasonMissing, UsageUnannounced
from contracting.metering.states import ControlMode
from contracting.orders.models import TaskOrder

QUIET: Final = timedelta(hours=24)
"""So long has all usage been authorized before an order can be hard."""


@transaction.atomic
def choose_control(
    *,
    order_id: int,
    mode: str,
    lease_seconds: int,
    silence_seconds: int | None = None,
    reason: str,
    by: Actor,
    at: datetime,
) -> ControlChoice:
    """Choose hard or soft for an order, how long a grant and silence last (R-MET-10).

    Hard stops calls at the live limit; it is refused while usage of the order comes
    without authorization, because nothing holds that back. Soft grants what is beyond a
    limit and names the limit in the grant.

    :param lease_seconds: from 10 seconds to a day
    :param silence_seconds: for how long a source may tell of no usage and still get
        room, from a minute to thirty days; none: until the alarm of silent sources
    :raises NotAllowed: unless ``by`` is a contracting officer of the agency
    :raises ReasonMissing: without a reason
    :raises UsageUnannounced: if hard is asked and usage came without authorization
        during the last day
    """
    order_row = TaskOrder.objects.select_related("contract").get(pk=order_id)
    gate = _lock_gate(order_row.pk)
    require(permissions.can_choose_control(by, order_row))
    if not reason.strip():
        message = "Say why the order is controlled this way."
        raise ReasonMissing(message, pointer="/reason")
    seen = last_unannounced(order_row)
    if mode == ControlMode.HARD and seen is not None and at - seen < QUIET:
        message = (
            f"Usage of order {order_row.name} came without authorization, last at "
            f"{seen:%Y-%m-%d %H:%M} UTC. Let every gateway ask first; a day later the "
            "order can be hard."
        )
        raise UsageUnannounced(message, last=seen)
    choice = ControlChoice.objects.create(
        gate=gate,
        mode=ControlMode(mode),
        lease_seconds=lease_seconds,
        silence_seconds=silence_seconds,
        reason=reason.strip(),
        chosen_by=by.name,
        chosen_at=at,
    )
    gate.mode, gate.lease_seconds = choice.mode, lease_seconds
    gate.silence_seconds = silence_seconds
    gate.save(update_fields=["mode", "lease_seconds", "silence_seconds"])
    # What is reserved beyond a limit stays; the next grant looks at what is left.
    GateCounter.objects.filter(gate=gate).update(
        mode=choice.mode, left_tokens=None, left_dollars=None, left_micro_acu=None
    )
    record_event(
        events.CONTROL_CHOSEN,
        subject=order_row.subject,
        by=by,
        at=at,
        data={
            "mode": choice.mode,
            "lease_seconds": lease_seconds,
            "silence_seconds": silence_seconds,
            "reason": choice.reason,
        },
    )
    return choice
