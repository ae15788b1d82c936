"""How an order is controlled, what is reserved on it, and what binds first."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from contracting.core.periods import days_bounds
from contracting.ledger.queries.live import LiveLimit, live_limits
from contracting.metering.calculations.admission import Key, Limit
from contracting.metering.calculations.limits import (
    InSuspense,
    SetLimit,
    in_suspense,
    limits_of,
)
from contracting.metering.calculations.worst import in_picodollars
from contracting.metering.models import (
    ControlChoice,
    FreedReserve,
    FundsGate,
    GateCounter,
    Reservation,
    ReservationEnd,
    Settlement,
    SpendingLimit,
    UsageAttribution,
)
from contracting.metering.queries.gates import silence_on
from contracting.metering.queries.parts import PARTS
from contracting.metering.queries.unfolded import SUSPENSE, take_off
from contracting.metering.states import ControlMode, LimitScope
from contracting.orders.models import HOLDER_OF_A_LINE, OrderRate, TaskOrder

ZERO: Final = Decimal(0)
_LATE: Final = timedelta(days=45)


def unannounced(order: TaskOrder) -> QuerySet[UsageAttribution]:
    """Usage of an order that nobody had authorized; corrections are none."""
    settled = Settlement.objects.filter(
        reservation__gate__order=order,
        reservation__source_id=OuterRef("source_id"),
        event_id=OuterRef("event_id"),
    )
    return UsageAttribution.objects.filter(order_line__order=order).exclude(
        Exists(settled)
    )


def last_unannounced(order: TaskOrder) -> datetime | None:
    """When usage came last that nobody had authorized."""
    found: datetime | None = unannounced(order).aggregate(last=Max("attributed_at"))[
        "last"
    ]
    return found


@dataclass(frozen=True, slots=True)
class Control:
    """How strictly an order is controlled now.

    ``is_hard`` only where a contracting officer has not chosen otherwise and no usage
    comes without authorization: else something is spent that nothing holds back.
    """

    mode: str
    lease_seconds: int
    choice: ControlChoice | None
    unannounced_at: datetime | None
    open_calls: int
    reserved_tokens: int
    reserved_dollars: Decimal
    silence_seconds: int | None = None

    @property
    def is_hard(self) -> bool:
        """Whether calls stop at the limit."""
        since = self.choice.chosen_at if self.choice else None
        seen = self.unannounced_at
        is_clean = seen is None or (since is not None and seen < since)
        return self.mode == ControlMode.HARD and is_clean


def control_of(order: TaskOrder) -> Control:
    """How an order is controlled, and what is reserved on it just now."""
    gate = FundsGate.objects.filter(order=order).first()
    last = last_unannounced(order)
    if gate is None:
        return Control(ControlMode.HARD, 600, None, last, 0, 0, Decimal(0))
    tokens, dollars, calls = _reserved(gate)
    return Control(
        mode=gate.mode,
        lease_seconds=gate.lease_seconds,
        choice=gate.choices.order_by("pk").last(),
        unannounced_at=last,
        open_calls=calls,
        reserved_tokens=tokens,
        reserved_dollars=dollars,
        silence_seconds=gate.silence_seconds,
    )


def _reserved(gate: FundsGate) -> tuple[int, Decimal, int]:
    """Tokens, dollars and calls that are open."""
    rows = gate.counters.filter(scope=LimitScope.LINE).aggregate(
        tokens=Sum("reserved_tokens"), dollars=Sum("reserved_dollars")
    )
    tokens, dollars = rows["tokens"] or 0, rows["dollars"] or Decimal(0)
    for freed in FreedReserve.objects.filter(gate=gate):
        for _line, count, pico, _units in freed.shares:
            tokens -= freed.calls * count
            dollars -= freed.calls * Decimal(pico).scaleb(-12)
    made = gate.reservations.aggregate(calls=Sum("calls"))["calls"] or 0
    ended = ReservationEnd.objects.filter(reservation__gate=gate).count()
    return tokens, dollars, made - ended


def limits_left(order: TaskOrder, on: date) -> list[Limit]:
    """Every limit of an order with what it leaves, reservations taken off."""
    clins = {line.pk: line.clin for line in order.current_lines()}
    gate = FundsGate.objects.filter(order=order).first()
    said: dict[Key, SetLimit] = {}
    counted: dict[Key, tuple[list[int], list[int]]] = {}
    if gate is not None:
        said = {
            (row.scope, row.name): SetLimit(row.tokens, row.dollars)
            for row in limits_in_force(gate, on)
        }
        counted = _counted(gate)
    held = suspense_of(order)
    return limits_of(clins, live_of(clins), counted, said, held)


def suspense_of(order: TaskOrder) -> InSuspense:
    """What is in suspense and no open grant has reserved; it may still be charged."""
    gate = FundsGate.objects.filter(order=order).first()
    if gate is None:
        # Nothing can be reserved yet: whatever is held counts.
        sums = order.suspense_reserves.aggregate(
            tokens=Coalesce(Sum("tokens"), 0), dollars=Coalesce(Sum("dollars"), ZERO)
        )
        tokens, dollars = sums["tokens"], sums["dollars"]
    else:
        with connection.cursor() as cursor:
            cursor.execute(SUSPENSE, {"gates": [gate.pk]})
            rows = [
                json.loads(row) if isinstance(row, str) else row for (row,) in cursor
            ]
        tokens, dollars = rows[0][1:] if rows else (0, ZERO)
    burns = OrderRate.objects.filter(
        line__order=order, rate_row__superseded_at__isnull=True
    ).values("line_id")
    most = burns.annotate(most=Max("rate_row__burn__acu_per_million_tokens"))
    return in_suspense(
        tokens,
        Decimal(dollars),
        {row["line_id"]: row["most"] for row in most if row["most"] is not None},
    )


def limits_in_force(gate: FundsGate, on: date) -> list[SpendingLimit]:
    """The limits that were set and hold on a day, by what they are set on."""
    rows = gate.limits.filter(valid_from__lte=on).order_by("valid_from", "pk")
    last = {(row.scope, row.name): row for row in rows}
    return [
        row
        for _key, row in sorted(last.items())
        if row.tokens is not None or row.dollars is not None
    ]


def caps_of(order: TaskOrder, on: date) -> list[SpendingLimit]:
    """The limits that were set on an order and hold on a day; none without a gate."""
    gate = FundsGate.objects.filter(order=order).first()
    return limits_in_force(gate, on) if gate else []


def live_of(lines: Iterable[int]) -> dict[int, LiveLimit]:
    """What the ledger says of order lines, with what no balance has yet."""
    with connection.cursor() as cursor:
        cursor.execute(_LIVE, {"holders": HOLDER_OF_A_LINE, "lines": list(lines)})
        ((text,),) = cursor.fetchall()
    found = json.loads(text)
    live = live_limits(found["live"])
    take_off(live, found["unfolded"])
    return live


_LIVE: Final = f"""
SELECT json_build_object(
  'live', (SELECT coalesce(json_agg(q.row), '[]'::json) FROM ({PARTS["live"]}) q),
  'unfolded', (SELECT coalesce(json_agg(q.row), '[]'::json)
                 FROM ({PARTS["unfolded"]}) q))::text
"""  # noqa: S608 (our own)


def _counted(gate: FundsGate) -> dict[Key, tuple[list[int], list[int]]]:
    found: dict[Key, tuple[list[int], list[int]]] = {
        (row.scope, row.name): (
            [
                row.reserved_tokens,
                in_picodollars(row.reserved_dollars),
                row.reserved_micro_acu,
            ],
            [row.used_tokens, in_picodollars(row.used_dollars)],
        )
        for row in GateCounter.objects.filter(gate=gate)
    }
    for freed in FreedReserve.objects.filter(gate=gate):
        _take_off(found, freed)
    return found


def _take_off(
    found: dict[Key, tuple[list[int], list[int]]], freed: FreedReserve
) -> None:
    named: list[Key] = [
        (str(LimitScope.PROJECT), freed.project),
        (str(LimitScope.KEY), freed.key_ref),
    ]
    for line, *amounts in freed.shares:
        for key in [(str(LimitScope.LINE), str(line)), *named]:
            if key in found:
                for place, amount in enumerate(amounts):
                    found[key][0][place] -= freed.calls * amount
    for key in named:
        if key in found:
            found[key][1][0] += freed.used_tokens
            found[key][1][1] += in_picodollars(freed.used_dollars)


def silence_of(order: TaskOrder, on: date) -> int:
    """For how many seconds a source may tell of no usage and still get room."""
    gate = FundsGate.objects.filter(order=order).first()
    chosen = None if gate is None else gate.silence_seconds
    return silence_on(on) if chosen is None else chosen


def overshoot(order: TaskOrder) -> dict[str, Any]:
    """What calls have used above what was reserved for them, all together."""
    rows = Settlement.objects.filter(reservation__gate__order=order, over_dollars__gt=0)
    return rows.aggregate(dollars=Sum("over_dollars"), most=Max("over_dollars"))


@dataclass(frozen=True, slots=True)
class DayAtTheGate:
    """What went past the gate of an order on one of its days."""

    day: date
    over_calls: int
    over_dollars: Decimal
    unannounced_calls: int


def days_at_the_gate(order: TaskOrder, days: Iterable[date]) -> list[DayAtTheGate]:
    """Calls above their reserve, by when they settled, and usage nobody had authorized.

    The latter counts by when it came, and on an order that is to be hard and has been
    asked for before: elsewhere nobody expects anybody to ask.
    """
    gate = FundsGate.objects.filter(order=order).first()
    if gate is None:
        return []
    is_meant_hard = gate.is_hard and gate.reservations.exists()
    zone = order.contract.time_zone
    found = []
    for day in days:
        bounds = days_bounds(day, day, zone)
        over = Settlement.objects.filter(
            reservation__gate=gate,
            over_dollars__gt=0,
            settled_at__gte=bounds.start,
            settled_at__lt=bounds.end,
        ).aggregate(calls=Count("pk"), dollars=Coalesce(Sum("over_dollars"), ZERO))
        passed = (
            unannounced(order)
            .filter(
                accounting_day__gte=day - _LATE,
                attributed_at__gte=bounds.start,
                attributed_at__lt=bounds.end,
            )
            .count()
            if is_meant_hard
            else 0
        )
        found.append(DayAtTheGate(day, over["calls"], over["dollars"], passed))
    return found


def gates_to_sweep(at: datetime) -> list[int]:
    """The gates on which a lease may be over, or something has come free."""
    rows = FundsGate.objects.filter(
        Q(
            counters__scope=LimitScope.LINE,
            counters__reserved_tokens__gt=0,
        )
        | Q(counters__scope=LimitScope.LINE, counters__reserved_dollars__gt=0)
        | Exists(FreedReserve.objects.filter(gate=OuterRef("pk")))
    )
    late = Reservation.objects.filter(gate=OuterRef("pk"), lease_until__lte=at)
    late = late.filter(
        Q(gate__swept_until__isnull=True) | Q(lease_until__gt=F("gate__swept_until"))
    )
    freed = FreedReserve.objects.filter(gate=OuterRef("pk"))
    rows = rows.filter(Exists(late) | Exists(freed))
    return list(rows.distinct().order_by("pk").values_list("pk", flat=True))
