"""Give gateways room to spend, or say which limit leaves none."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import transaction

from contracting.bans.refusals import Banned
from contracting.core.actors import Actor
from contracting.core.errors import Refusal
from contracting.core.permissions import require
from contracting.core.postgresql.pipeline import pipelined
from contracting.core.quantities import Dollars, Tokens
from contracting.ledger.queries.live import NOTHING_BOUND, LiveLimit, live_limits
from contracting.metering import permissions
from contracting.metering.calculations.admission import (
    Key,
    Limit,
    binding,
    take,
)
from contracting.metering.calculations.limits import (
    SetLimit,
    amount_in_words,
    demand_of,
    in_suspense,
    limits_of,
)
from contracting.metering.calculations.worst import (
    Ask,
    Share,
    in_dollars,
    worst_case,
)
from contracting.metering.models import (
    Reservation,
)
from contracting.metering.operations.sweep import (
    _SAVE,
    _Gates,
    _lock_gates,
    _lock_new_gates,
)
from contracting.metering.queries import gates as reads
from contracting.metering.queries import unfolded as usage
from contracting.metering.queries.control import live_of
from contracting.metering.queries.gates import OrderFacts, Stamp
from contracting.metering.queries.parts import PARTS
from contracting.metering.refusals import (
    FundsNotAvailable,
    LiveLimitReached,
    NoPrice,
    OrderClosed,
    OrderStopped,
    OutsidePeriod,
    ReservationEnded,
    ReservationReused,
    RollerStopped,
    SourceClosed,
    SourceSilent,
    StaleEpoch,
    UnknownModel,
    UnknownOrder,
)
from contracting.metering.states import ControlMode, LimitScope
from contracting.orders.models import HOLDER_OF_A_LINE
from contracting.orders.states import TaskOrderState

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_GRANT: Final = f"""
WITH counted AS ({_SAVE})
INSERT INTO {Reservation._meta.db_table} (agency_id, source_id, granted_to,
  reservation_id, gate_id, body_sha256, model_id, project, key_ref, gateway, epoch,
  calls, shares, tokens, dollars, beyond, granted_at, lease_until)
SELECT %(agency)s, %(source)s, %(by)s, row->>0, (row->>1)::bigint, row->>2,
       (row->>3)::bigint, row->>4, row->>5, row->>6, (row->>7)::int, (row->>8)::int,
       (row->9)::jsonb, (row->>10)::bigint, (row->>11)::numeric, row->>12, %(at)s,
       (row->>13)::timestamptz
  FROM json_array_elements(%(rows)s::json) AS row
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Grant:
    """Room for ``calls`` calls until the lease ends; tokens and dollars are of one.

    ``beyond`` names the limit that a soft order passes with it.
    """

    reservation_id: str
    calls: int
    tokens: Tokens
    dollars: Dollars
    lease_until: datetime
    beyond: str = ""
    is_replayed: bool = False


@dataclass(slots=True)
class _Held:
    """Everything that was read while the gates were held."""

    gates: _Gates
    agency_id: int
    source: str
    is_closed: bool
    stamps: dict[str, Stamp]
    epochs: dict[str, int]
    limits: list[tuple[Any, ...]]
    live: dict[int, LiveLimit]
    known: dict[str, tuple[Any, ...]]
    suspense: dict[int, tuple[int, Decimal]]
    is_rolling: bool
    heard: float
    open: dict[int, list[Limit]] = field(default_factory=dict)


@transaction.atomic
def authorize_usage(
    *, source_id: int, asks: Sequence[Ask], by: Actor, at: datetime
) -> list[Grant | Refusal]:
    """Reserve the worst case of each call before it is made, or refuse it (R-MET-10).

    However many ask, they are answered one after the other in one transaction, so that
    together they never get more than the live limit leaves: tokens, dollars and funded
    dollars of every order line, and whatever a contracting officer has limited. The id
    of a reservation is its idempotency key. What cannot be decided is refused (31
    U.S.C. 1341). On an order that is soft a limit is passed and named in the grant.

    :returns: for each ask, in their order, the grant or why there is none
    :raises NotAllowed: if the key may not write for this source
    :raises SourceClosed: if the source no longer reports
    """
    facts, has_new_gate = _facts(asks, by, at)
    held = _read_locked(source_id, asks, facts, by)
    require(permissions.can_authorize_usage(by, held.agency_id, held.source))
    if held.is_closed:
        message = "This source is closed; its usage goes to its successor."
        raise SourceClosed(message)
    _refresh(facts, held, at)
    answers: list[Grant | Refusal] = []
    rows: list[list[Any]] = []
    for ask in asks:
        try:
            answers.append(_answer(ask, facts[ask.order_ref], held, rows, at))
        except Refusal as refusal:
            answers.append(refusal)
    if has_new_gate and not rows:
        transaction.set_rollback(True)  # nobody got room: the gate is not needed yet
    else:
        _write(rows, held, source_id, by, at)
    return answers


def _facts(
    asks: Iterable[Ask], by: Actor, at: datetime
) -> tuple[dict[str, OrderFacts | None], bool]:
    """What is known of each order that is named; a new order gets its gate here.

    :returns: by name, and whether there is a new gate
    """
    agency_id, has_new_gate = by.own_organization_id, False
    found = {
        ref: reads.kept_facts(agency_id, ref, at)
        for ref in {ask.order_ref for ask in asks}
    }
    lacking = {ref for ref, facts in found.items() if facts is None}
    if lacking:
        if orders := reads.orders_without_gate(agency_id, lacking):
            _lock_new_gates(orders)
            has_new_gate = True
        found |= reads.read_facts(agency_id, lacking, at)
    return found, has_new_gate


def _read_locked(
    source_id: int,
    asks: Sequence[Ask],
    facts: dict[str, OrderFacts | None],
    by: Actor,
) -> _Held:
    """Lock the gates, then read what decides, in one round trip."""
    orders = [each for each in facts.values() if each is not None]
    gates, found = _lock_gates(
        sorted({each.gate_id for each in orders}),
        PARTS,
        {
            "source": source_id,
            "agency": by.own_organization_id,
            "holders": HOLDER_OF_A_LINE,
            "lines": sorted({line for each in orders for line in each.clins}),
            "ids": [ask.reservation_id for ask in asks],
            "streams": sorted({each.stream for each in orders}),
        },
    )
    ((agency_id, source, is_closed),) = found["source"]
    ((is_rolling,),) = found["alive"]
    ((heard,),) = found["heard"]
    live = live_limits(found["live"])
    usage.take_off(live, found["unfolded"])
    return _Held(
        gates=gates,
        agency_id=agency_id,
        source=source,
        is_closed=is_closed,
        stamps=reads.stamps_of(found["stamps"]),
        epochs=dict(found["epochs"]),
        limits=[tuple(row) for row in found["limits"]],
        live=live,
        known={row[0]: tuple(row) for row in found["known"]},
        suspense={gate: (n, Decimal(usd)) for gate, n, usd in found["suspense"]},
        is_rolling=is_rolling,
        heard=float(heard),
    )


def _refresh(facts: dict[str, OrderFacts | None], held: _Held, at: datetime) -> None:
    """Read again what was signed, stopped or banned since it was kept."""
    changed = {
        ref: each.agency_id
        for ref, each in facts.items()
        if each is not None and each.stamp != held.stamps.get(each.stream, ())
    }
    for agency_id in set(changed.values()):
        names = [name for name, owner in changed.items() if owner == agency_id]
        anew = reads.read_facts(agency_id, names, at)
        facts.update({name: anew.get(name) for name in names})
        new_lines = {
            line for each in anew.values() for line in each.clins
        } - held.live.keys()
        held.live.update(live_of(new_lines) if new_lines else {})


def _answer(
    ask: Ask,
    facts: OrderFacts | None,
    held: _Held,
    rows: list[list[Any]],
    at: datetime,
) -> Grant:
    sha256 = ask.sha256
    known = held.known.get(ask.reservation_id)
    if known is not None:
        return _replay(ask, sha256, known, at)
    if facts is None:
        message = f"There is no signed order {ask.order_ref} for this key."
        raise UnknownOrder(message)
    mode, lease, *_more = held.gates.held[facts.gate_id]
    _guard(ask, facts, held, at)
    model_id = _model(ask, facts)
    shares = _worst(ask, facts, model_id, at, lease)
    demand, limits = demand_of(ask, facts.clins, shares), _limits(facts, held)
    short = binding(demand, limits)
    if short and mode == ControlMode.HARD:
        raise _reached(ask, facts, short)
    take(demand, limits)
    _count(ask, facts.gate_id, shares, held)
    beyond = "; ".join(limit.says for limit, _asked in short)[:200]
    grant = Grant(
        reservation_id=ask.reservation_id,
        calls=ask.calls,
        tokens=Tokens(sum(share.tokens for share in shares)),
        dollars=Dollars(in_dollars(sum(share.picodollars for share in shares))),
        lease_until=at + timedelta(seconds=lease),
        beyond=beyond,
    )
    row = _row(ask, sha256, facts.gate_id, model_id, shares, grant)
    rows.append(row)
    held.known[ask.reservation_id] = (
        *(ask.reservation_id, sha256, ask.calls, grant.tokens.count, row[11]),
        *(beyond, grant.lease_until.timestamp(), 0),
    )
    return grant


def _replay(ask: Ask, sha256: str, known: tuple[Any, ...], at: datetime) -> Grant:
    """The same grant again, while it holds; another body under its id is refused."""
    _id, before, calls, tokens, dollars, beyond, seconds, ended = known
    if before != sha256:
        message = f"The id {ask.reservation_id} was used for another request."
        raise ReservationReused(message, pointer="/reservation_id")
    lease_until = _EPOCH + timedelta(microseconds=int(Decimal(seconds) * 10**6))
    if ended >= calls or lease_until <= at:
        message = (
            f"The reservation {ask.reservation_id} was granted and has ended. Ask "
            "again under a new id."
        )
        raise ReservationEnded(message, lease_until=lease_until)
    return Grant(
        reservation_id=ask.reservation_id,
        calls=calls,
        tokens=Tokens(tokens),
        dollars=Dollars(dollars),
        lease_until=lease_until,
        beyond=beyond,
        is_replayed=True,
    )


def _guard(ask: Ask, facts: OrderFacts, held: _Held, at: datetime) -> None:
    """Refuse whatever stands in the way of any call on the order: fail closed."""
    if not held.is_rolling:
        message = (
            "Usage has not reached the balances for more than five seconds: nobody "
            "can tell what is left. Try again when the roller runs."
        )
        raise RollerStopped(message)
    _guard_silence(facts, held, at)
    newest = held.epochs.get(ask.gateway, 0)
    if ask.epoch != newest:
        message = (
            f"Epoch {ask.epoch} of this gateway is over; {newest} has begun. What it "
            "has used still counts when it settles."
        )
        raise StaleEpoch(message, epoch=newest)
    if facts.state != TaskOrderState.ISSUED:
        message = f"Order {facts.name} is complete."
        raise OrderClosed(message, state=facts.state)
    if facts.is_locked:
        message = f"The funds of order {facts.name} are not available yet."
        raise FundsNotAvailable(message)
    if not facts.known.period.contains(at):
        message = f"Order {facts.name} does not perform on {facts.day}."
        raise OutsidePeriod(message)
    if facts.known.is_stopped_at(at):
        message = f"Work under order {facts.name} is stopped."
        raise OrderStopped(message)


def _guard_silence(facts: OrderFacts, held: _Held, at: datetime) -> None:
    """Refuse where nobody can tell what the source has used meanwhile."""
    _mode, _lease, chosen, _order = held.gates.held[facts.gate_id]
    most = facts.silence if chosen is None else chosen
    if at.timestamp() - held.heard > most:
        since = datetime.fromtimestamp(held.heard, UTC)
        message = (
            f"The source {held.source} has told of no usage since "
            f"{since:%Y-%m-%d %H:%M} UTC; order {facts.name} allows "
            f"{most:,} seconds of silence. A heartbeat, or what it has used, gives it "
            "room again."
        )
        raise SourceSilent(message, heard_at=since, seconds=most)


def _model(ask: Ask, facts: OrderFacts) -> int:
    model_id = facts.model(ask.model)
    if model_id is None or all(r.model_id != model_id for r in facts.known.rates):
        message = f"Order {facts.name} prices no model that is called {ask.model}."
        raise UnknownModel(message, rule="R-MET-09", model=ask.model)
    for each in facts.forbidden:
        if each.models is None or model_id in each.models:
            raise Banned(each.says, ban=each.ban)
    return model_id


def _worst(
    ask: Ask, facts: OrderFacts, model_id: int, at: datetime, lease: int
) -> list[Share]:
    boundary = ask.boundary or facts.known.boundary
    prices = facts.dearest(model_id, ask.tier, boundary, at=at, lease=lease)
    shares = worst_case(ask, prices)
    if not shares:
        message = (
            f"Order {facts.name} has no price in force for all that a call of "
            f"{ask.model} may use."
        )
        raise NoPrice(message, rule="R-MET-09", model=ask.model)
    return shares


def _limits(facts: OrderFacts, held: _Held) -> list[Limit]:
    """The limits of an order, opened once and then drawn on by whoever is granted."""
    found = held.open.get(facts.gate_id)
    if found is None:
        said = {
            (scope, name): SetLimit(
                tokens, None if dollars is None else Decimal(dollars)
            )
            for gate_id, scope, name, valid_from, tokens, dollars in held.limits
            if gate_id == facts.gate_id and valid_from <= facts.day.isoformat()
        }
        found = limits_of(
            facts.clins,
            {line: held.live.get(line, NOTHING_BOUND) for line in facts.clins},
            {
                key: (counter.reserved, counter.used)
                for (gate_id, key), counter in held.gates.counters.items()
                if gate_id == facts.gate_id
            },
            said,
            in_suspense(
                *held.suspense.get(facts.gate_id, (0, Decimal(0))), facts.burns
            ),
        )
        held.open[facts.gate_id] = found
        _note_what_is_left(facts.gate_id, found, held)
    return found


def _note_what_is_left(gate_id: int, limits: Iterable[Limit], held: _Held) -> None:
    """Keep beside each counter what bounds it: the CHECK compares the two."""
    mode = held.gates.held[gate_id][0]
    for (gate, _key), counter in held.gates.counters.items():
        if gate == gate_id:
            counter.mode, counter.left = mode, [None, None, None]
    bounds: dict[Key, list[int | None]] = {}
    for limit in limits:
        left = bounds.setdefault(limit.key, [None, None, None])
        before = left[limit.unit]
        left[limit.unit] = limit.left if before is None else min(before, limit.left)
    for key, left in bounds.items():
        if key[0] == LimitScope.LINE:
            counter = held.gates.of_line(gate_id, int(key[1]))
        elif (gate_id, key) in held.gates.counters:
            counter = held.gates.counters[gate_id, key]
        else:
            continue
        counter.left = [
            None if bound is None else max(bound, 0) + reserved
            for bound, reserved in zip(left, counter.reserved, strict=True)
        ]


def _reached(
    ask: Ask, facts: OrderFacts, short: Sequence[tuple[Limit, int]]
) -> LiveLimitReached:
    limit, asked = short[0]
    message = (
        f"Order {facts.name} has not enough left for {ask.calls} × {ask.model}: "
        f"{limit.says} leaves {amount_in_words(limit.unit, limit.left)} and "
        f"{amount_in_words(limit.unit, asked)} is asked."
    )
    return LiveLimitReached(
        message,
        limit=limit.code,
        scope=limit.key[0],
        name=limit.key[1],
        left=amount_in_words(limit.unit, limit.left),
        asked=amount_in_words(limit.unit, asked),
        binding=[each.code for each, _asked in short],
    )


def _count(ask: Ask, gate_id: int, shares: Iterable[Share], held: _Held) -> None:
    named = held.gates.named(gate_id, ask.project, ask.key_ref)
    for share in shares:
        amounts = (share.tokens, share.picodollars, share.micro_acu)
        held.gates.of_line(gate_id, share.order_line_id).reserve(amounts, ask.calls)
        for counter in named:
            counter.reserve(amounts, ask.calls)


def _row(
    ask: Ask,
    sha256: str,
    gate_id: int,
    model_id: int,
    shares: Iterable[Share],
    grant: Grant,
) -> list[Any]:
    return [
        ask.reservation_id,
        gate_id,
        sha256,
        model_id,
        ask.project,
        ask.key_ref,
        ask.gateway,
        ask.epoch,
        ask.calls,
        [share.as_row() for share in shares],
        grant.tokens.count,
        str(grant.dollars.amount),
        grant.beyond,
        grant.lease_until.isoformat(),
    ]


def _write(
    rows: Sequence[list[Any]], held: _Held, source_id: int, by: Actor, at: datetime
) -> None:
    with pipelined() as ask:
        ask(
            _GRANT,
            {
                "counters": held.gates.changed(),
                "agency": held.agency_id,
                "source": source_id,
                "by": by.name[:160],
                "at": at,
                "rows": json.dumps(rows),
            },
        )
