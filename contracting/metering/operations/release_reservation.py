"""Give back what was reserved and is not needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection, transaction

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
    (source,) = UsageSource.objects.filter(pk=source_id).locked_shared("SHARE")
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
    freed = _free(known, reason.strip()[:200], by, at)
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


_END: Final = f"""
INSERT INTO {ReservationEnd._meta.db_table}
  (reservation_id, call, kind, reason, ended_by, ended_at)
SELECT r.id, c.call, %s, %s, %s, %s FROM {Reservation._meta.db_table} r
 CROSS JOIN LATERAL generate_series(1, r.calls) AS c(call)
 WHERE r.id = ANY(%s) ORDER BY r.id, c.call
ON CONFLICT (reservation_id, call) DO NOTHING RETURNING reservation_id
"""  # noqa: S608 (names of our own tables)


def _free(
    known: Mapping[str, Reservation], reason: str, by: Actor, at: datetime
) -> dict[str, int]:
    """End each call that is still open; the database keeps two from ending one call."""
    with connection.cursor() as cursor:
        cursor.execute(
            _END,
            [
                *(str(ReservationEndKind.RELEASED), reason, by.name[:160], at),
                [row.pk for row in known.values()],
            ],
        )
        ended = Counter(pk for (pk,) in cursor.fetchall())
    FreedReserve.objects.bulk_create(
        FreedReserve(
            gate_id=row.gate_id,
            shares=row.shares,
            calls=ended[row.pk],
            project=row.project,
            key_ref=row.key_ref,
        )
        for row in known.values()
        if ended[row.pk]
    )
    return {name: ended[row.pk] for name, row in known.items()}
