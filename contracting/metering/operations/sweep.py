"""End what has outlived its lease, and count what has come free on a gate."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Sum

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.postgresql.pipeline import pipelined
from contracting.core.quantities import Dollars, Tokens
from contracting.metering import events, permissions
from contracting.metering.calculations.admission import Key
from contracting.metering.calculations.worst import in_picodollars, in_text
from contracting.metering.models import (
    FreedReserve,
    FundsGate,
    GateCounter,
    Reservation,
    ReservationEnd,
    ReservationHold,
    UsageDisposal,
    UsageRating,
)
from contracting.metering.operations.settle import Spent, _end
from contracting.metering.states import ControlMode, LimitScope, ReservationEndKind

_LOCK: Final = f"""
SELECT id, mode, lease_seconds, silence_seconds, order_id
  FROM {FundsGate._meta.db_table}
 WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
"""  # noqa: S608 (names of our own tables)

_ONE_PLAN: Final = "SET LOCAL plan_cache_mode = force_generic_plan"
"""Planning the one statement takes longer than running it."""

_FREED: Final = f"""
DELETE FROM {FreedReserve._meta.db_table} WHERE gate_id = ANY(%(gates)s)
RETURNING json_build_array(gate_id, shares, calls, project, key_ref, used_tokens,
                           used_dollars::text) AS row
"""  # noqa: S608
"""Part of the one statement that reads everything else, so that all is of one instant:
usage that is not on the balances yet is still reserved.
"""

_COUNTERS: Final = f"""
SELECT json_build_array(gate_id, scope, name, mode, reserved_tokens,
       reserved_dollars::text, reserved_micro_acu, used_tokens, used_dollars::text,
       left_tokens, left_dollars::text, left_micro_acu) AS row
  FROM {GateCounter._meta.db_table} WHERE gate_id = ANY(%(gates)s)
"""  # noqa: S608

_SAVE: Final = f"""
INSERT INTO {GateCounter._meta.db_table} AS c (gate_id, scope, name, mode,
  reserved_tokens, reserved_dollars, reserved_micro_acu, used_tokens, used_dollars,
  left_tokens, left_dollars, left_micro_acu)
SELECT (row->>0)::bigint, row->>1, row->>2, row->>3, (row->>4)::bigint,
       (row->>5)::numeric, (row->>6)::bigint, (row->>7)::bigint, (row->>8)::numeric,
       (row->>9)::bigint, (row->>10)::numeric, (row->>11)::bigint
  FROM json_array_elements(%(counters)s::json) AS row
ON CONFLICT (gate_id, scope, name) DO UPDATE SET mode = EXCLUDED.mode,
  reserved_tokens = EXCLUDED.reserved_tokens,
  reserved_dollars = EXCLUDED.reserved_dollars,
  reserved_micro_acu = EXCLUDED.reserved_micro_acu,
  used_tokens = EXCLUDED.used_tokens, used_dollars = EXCLUDED.used_dollars,
  left_tokens = EXCLUDED.left_tokens, left_dollars = EXCLUDED.left_dollars,
  left_micro_acu = EXCLUDED.left_micro_acu
"""  # noqa: S608

_END: Final = f"""
INSERT INTO {ReservationEnd._meta.db_table}
  (reservation_id, call, kind, reason, ended_by, ended_at)
SELECT r.id, c.call, %s, '', %s, %s
  FROM {Reservation._meta.db_table} r
 CROSS JOIN LATERAL generate_series(1, r.calls) AS c(call)
 WHERE r.gate_id = %s AND r.lease_until <= %s
   AND r.lease_until > coalesce(%s::timestamptz, '-infinity')
   AND NOT EXISTS (SELECT 1 FROM {ReservationEnd._meta.db_table} e
                    WHERE e.reservation_id = r.id AND e.call = c.call)
   AND NOT EXISTS (SELECT 1 FROM {ReservationHold._meta.db_table} h
                    WHERE h.reservation_id = r.id AND h.call = c.call)
 ORDER BY r.id, c.call
ON CONFLICT (reservation_id, call) DO NOTHING
RETURNING reservation_id
"""  # noqa: S608


@transaction.atomic
def sweep_reservations(*, gate_id: int, by: Actor, at: datetime) -> int:
    """End every call whose lease is over and that nobody has settled or released.

    What it had reserved is free again; when its usage comes all the same, it counts in
    full. A call of which it is not known what it used is held, whatever its lease.

    :returns: how many calls were ended
    :raises NotAllowed: if ``by`` is not the system
    """
    gate = FundsGate.objects.locked().select_related("order").get(pk=gate_id)
    require(permissions.can_sweep_reservations(by))
    _settle_resolved(gate, by, at)
    gates, _more = _lock_gates([gate_id], {}, {})
    ended = _end_expired(gate, by, at)
    rows = Reservation.objects.in_bulk(ended)
    for pk in ended:
        row = rows[pk]
        gates.free(gate_id, row.shares, 1, row.project, row.key_ref)
    gates.save()
    gate.swept_until = max(at, gate.swept_until or at)
    gate.save(update_fields=["swept_until"])
    if ended:
        record_event(
            events.RESERVATIONS_SWEPT,
            subject=gate.order.subject,
            by=by,
            at=at,
            data={"calls": len(ended)},
        )
    return len(ended)


def _settle_resolved(gate: FundsGate, by: Actor, at: datetime) -> None:
    """Settle what was held, once its event is rated or disposed of."""
    open_holds = ReservationHold.objects.filter(reservation__gate=gate).exclude(
        Exists(
            ReservationEnd.objects.filter(
                reservation=OuterRef("reservation"), call=OuterRef("call")
            )
        )
    )
    for hold in open_holds.select_related("reservation").order_by("pk"):
        row = hold.reservation
        many = row.calls > 1
        name = f"{row.reservation_id}.{hold.call}" if many else row.reservation_id
        key = {
            "agency_id": row.agency_id,
            "source_id": row.source_id,
            "event_id": name,
        }
        rated = UsageRating.objects.filter(**key).aggregate(
            tokens=Sum("tokens"), dollars=Sum("dollars")
        )
        spent = Spent(row.reservation_id, {"id": name}, hold.call)
        if rated["tokens"] is not None:
            tokens, dollars = Tokens(rated["tokens"]), Dollars(rated["dollars"])
            _end(row, spent, tokens, dollars, by, at)
        elif UsageDisposal.objects.filter(**key).exists():
            _end(row, spent, Tokens(), Dollars(), by, at)


def _end_expired(gate: FundsGate, by: Actor, at: datetime) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            _END,
            [
                *(str(ReservationEndKind.EXPIRED), by.name, at),
                *(gate.pk, at, gate.swept_until),
            ],
        )
        return [pk for (pk,) in cursor.fetchall()]


@dataclass(slots=True)
class _Counter:
    """A counter while its gate is held: tokens, picodollars, micro-ACU."""

    mode: str = str(ControlMode.HARD)
    reserved: list[int] = field(default_factory=lambda: [0, 0, 0])
    used: list[int] = field(default_factory=lambda: [0, 0])
    left: list[int | None] = field(default_factory=lambda: [None, None, None])
    is_changed: bool = False

    def reserve(self, amounts: Sequence[int], times: int = 1) -> None:
        """Count so much more as reserved; less, where ``times`` is negative."""
        for place, amount in enumerate(amounts):
            self.reserved[place] += times * amount
        self.is_changed = True


@dataclass(slots=True)
class _Gates:
    """The gates that are held, and their counters."""

    held: dict[int, tuple[str, int, int | None, int]] = field(default_factory=dict)
    """Mode, seconds of a lease, of silence, and order, by gate."""

    counters: dict[tuple[int, Key], _Counter] = field(default_factory=dict)

    def of_line(self, gate_id: int, line_id: int) -> _Counter:
        """The counter of an order line, new where nothing was ever reserved on it."""
        place = (gate_id, (str(LimitScope.LINE), str(line_id)))
        found = self.counters.get(place)
        if found is None:
            found = self.counters[place] = _Counter(mode=self.held[gate_id][0])
        return found

    def named(self, gate_id: int, project: str, key_ref: str) -> list[_Counter]:
        """The counters of a project and of a key, where there is or was a limit."""
        places = [(str(LimitScope.PROJECT), project), (str(LimitScope.KEY), key_ref)]
        found = (self.counters.get((gate_id, place)) for place in places if place[1])
        return [each for each in found if each is not None]

    def free(
        self,
        gate_id: int,
        shares: Iterable[Sequence[int]],
        calls: int,
        project: str,
        key_ref: str,
        used: tuple[int, int] = (0, 0),
    ) -> None:
        """Count what came free, and what was used instead."""
        named = self.named(gate_id, project, key_ref)
        for line_id, *amounts in shares:
            self.of_line(gate_id, line_id).reserve(amounts, -calls)
            for counter in named:
                counter.reserve(amounts, -calls)
        for counter in named:
            counter.used[0] += used[0]
            counter.used[1] += used[1]
            counter.is_changed = True

    def changed(self) -> str:
        """What has changed, as :data:`_SAVE` takes it."""
        rows = [
            [gate, *key, counter.mode, *_columns(counter)]
            for (gate, key), counter in self.counters.items()
            if counter.is_changed
        ]
        return json.dumps(rows)

    def save(self) -> None:
        """Write what has changed."""
        with connection.cursor() as cursor:
            cursor.execute(_SAVE, {"counters": self.changed()})


def _columns(counter: _Counter) -> list[Any]:
    dollars_left = counter.left[1]
    return [
        counter.reserved[0],
        in_text(counter.reserved[1]),
        counter.reserved[2],
        counter.used[0],
        in_text(counter.used[1]),
        counter.left[0],
        None if dollars_left is None else in_text(dollars_left),
        counter.left[2],
    ]


def _lock_new_gates(order_ids: Sequence[int]) -> None:
    """Give each of these orders its gate, which the insertion locks.

    Whoever does the same at once waits for it; one that was there is locked later, in
    the order of all gates.
    """
    FundsGate.objects.bulk_create(
        [FundsGate(order_id=pk) for pk in sorted(order_ids)], ignore_conflicts=True
    )


def _lock_gate(order_id: int) -> FundsGate:
    """The gate of an order, locked; it gets one where it had none."""
    _lock_new_gates([order_id])
    gate: FundsGate = FundsGate.objects.locked().get(order_id=order_id)
    return gate


def _lock_gates(
    gate_ids: Sequence[int], parts: Mapping[str, str], params: Mapping[str, Any]
) -> tuple[_Gates, dict[str, Any]]:
    """Lock gates in the order of their keys, and count what has come free on them.

    What is read beside it is read in the same statement, in one round trip.

    :param parts: what else to read by name: each a query of one column, ``row``
    :returns: the gates, and the rows of each part
    """
    queries = {"counters": _COUNTERS, "freed": "SELECT row FROM freed", **parts}
    listed = ", ".join(
        f"'{name}', (SELECT coalesce(json_agg(q.row), '[]'::json) FROM ({query}) q)"  # noqa: S608 (our own)
        for name, query in queries.items()
    )
    statement = f"WITH freed AS ({_FREED}) SELECT json_build_object({listed})::text"
    with pipelined() as ask:
        ask(_ONE_PLAN, [])
        held = ask(_LOCK, [list(gate_ids)])
        answer = ask(statement, {"gates": list(gate_ids), **params})
    ((text,),) = answer()
    found: dict[str, Any] = json.loads(text)
    gates = _Gates({pk: (mode, *more) for pk, mode, *more in held()})
    for gate_id, scope, name, mode, *amounts in found.pop("counters"):
        gates.counters[gate_id, (scope, name)] = _counter(mode, amounts)
    for gate_id, shares, calls, project, key_ref, tokens, dollars in found.pop("freed"):
        used = (tokens, in_picodollars(Decimal(dollars)))
        gates.free(gate_id, shares, calls, project, key_ref, used)
    return gates, found


def _counter(mode: str, amounts: Sequence[Any]) -> _Counter:
    tokens, dollars, units, used, spent, *left = amounts
    return _Counter(
        mode=mode,
        reserved=[tokens, in_picodollars(Decimal(dollars)), units],
        used=[used, in_picodollars(Decimal(spent))],
        left=[
            in_picodollars(Decimal(each)) if isinstance(each, str) else each
            for each in left
        ],
    )
