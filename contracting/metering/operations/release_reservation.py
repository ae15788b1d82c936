"""Give back what was reserved and is not needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.errors import Refusal
from contracting.core.permissions import require
from contracting.metering import events, permissions
from contracting.metering.models import (
    FreedReserve,
    Reservation,
    ReservationEnd,
    UsageSource,
)
from contracting.metering.refusals import ReasonMissing, UnknownReservation
from contracting.metering.states import ReservationEndKind
from contracting.orders.models import TaskOrder


@dataclass(frozen=True, slots=True)
class Released:
    """How many calls of a reservation were open and are given back."""

    reservation_id: str
    calls: int


@transaction.atomic
def release_reservation(
    *,
    source_id: int,
    reservation_ids: Sequence[str],
    by: Actor,
    at: datetime,
    reason: str = "",
) -> list[Released | Refusal]:
    """Free what was reserved for calls that were not made; a repeat frees nothing more.

    A person may release too, with a reason: so a call of which nobody will ever know
    what it used is decided. Usage that comes after all counts in full.

    :returns: what was given back of each reservation, or why nothing, in their order
    :raises NotAllowed: unless ``by`` is the source's key, its representative or a
        contracting officer of the agency
    :raises ReasonMissing: if a person gives no reason
    """
    source = UsageSource.objects.locked().get(pk=source_id)
    require(permissions.can_release_reservation(by, source.agency_id, source.code))
    if by.is_person and not reason.strip():
        message = "Say why the reserve is released."
        raise ReasonMissing(message, pointer="/reason")
    rows = Reservation.objects.filter(
        agency_id=source.agency_id,
        source_id=source.pk,
        reservation_id__in=set(reservation_ids),
    )
    known = {row.reservation_id: row for row in rows.order_by("pk")}
    freed = {
        name: _free(row, reason.strip()[:200], by, at) for name, row in known.items()
    }
    if by.is_person:
        for name, calls in sorted(freed.items()):
            order = TaskOrder.objects.get(funds_gate=known[name].gate_id)
            record_event(
                events.RESERVATION_RELEASED,
                subject=order.subject,
                by=by,
                at=at,
                data={"reservation": name, "calls": calls, "reason": reason.strip()},
            )
    return [
        Released(name, freed[name]) if name in freed else _unknown(name)
        for name in reservation_ids
    ]


def _unknown(name: str) -> Refusal:
    return UnknownReservation(f"There is no reservation {name} for this key.")


def _free(row: Reservation, reason: str, by: Actor, at: datetime) -> int:
    """End each call that is still open; the database keeps two from ending one call."""
    ended = set(row.ends.values_list("call", flat=True))
    freed = 0
    for call in range(1, row.calls + 1):
        if call in ended:
            continue
        _end, is_new = ReservationEnd.objects.get_or_create(
            reservation=row,
            call=call,
            defaults={
                "kind": ReservationEndKind.RELEASED,
                "reason": reason,
                "ended_by": by.name[:160],
                "ended_at": at,
            },
        )
        freed += is_new
    if freed:
        FreedReserve.objects.create(
            gate_id=row.gate_id,
            shares=row.shares,
            calls=freed,
            project=row.project,
            key_ref=row.key_ref,
        )
    return freed
