"""Take usage out of suspense, with the very functions that ingest uses."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from celery import current_app
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.models import new_public_id
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.core.subjects import Subject
from contracting.ledger.operations.consume import consume
from contracting.ledger.states import Delta, Holder, Position
from contracting.metering import events, permissions, queries
from contracting.metering.calculations import (
    Attributed,
    Held,
    Measured,
    Rate,
    RatedLine,
    ledger_key,
)
from contracting.metering.models import (
    SourceOfRecord,
    UnchargedUsage,
    UsageAttribution,
    UsageEvent,
    UsageHold,
    UsageLine,
    UsageRating,
    UsageRelease,
    UsageSource,
    WitnessRating,
)
from contracting.metering.models.events import EventColumns
from contracting.metering.operations.give_notice import give_notice
from contracting.metering.queries.histories import hour_of
from contracting.metering.queries.lookup import Lookup
from contracting.metering.refusals import NothingHeld
from contracting.metering.states import HoldReason
from contracting.orders.models import HOLDER_OF_A_LINE, TaskOrder
from contracting.reference.calculations import token_class_code

FOLD_TASK = "contracting.metering.tasks.fold_usage"

Attribution = tuple[str, datetime, UsageSource, Attributed]
_Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Assigned:
    """What left suspense, and what stays in it."""

    assigned: int
    still_held: int


@transaction.atomic
def assign_usage(*, agency_id: int, by: Actor, at: datetime) -> Assigned:
    """Attribute and rate every held event whose names are known by now.

    What stays is held for the reason that is found now, which may be another one.

    :raises NotAllowed: if ``by`` is neither COR nor contracting officer of the agency
    :raises NothingHeld: if nothing in suspense can be attributed and every reason is
        still the same (R-MET-08, R-MET-09)
    """
    sources = {
        source.pk: source
        for source in UsageSource.objects.locked().filter(agency_id=agency_id)
    }
    require(permissions.can_assign_usage(by, agency_id))
    held = list(queries.held_events(agency_id))
    lookup = lock_orders(agency_id, queries.orders_named_by(agency_id, held))
    attributed, kept = try_again(agency_id, held, sources, lookup)
    moved = _other_reasons(agency_id, kept)
    if not attributed and not moved:
        raise _nothing_held([outcome for _, outcome in kept])
    subject = Subject("metering.suspense", agency_id, f"organization:{agency_id}")
    store_attributions(agency_id, attributed, at)
    store_holds(agency_id, [(e.source_id, e.event_id, why) for e, why in moved], at)
    draw_on_funds(attributed, because=subject, at=at)
    done = Assigned(len(attributed), len(kept))
    record_event(
        events.USAGE_ASSIGNED,
        subject=subject,
        by=by,
        at=at,
        data={"assigned": done.assigned, "still_held": done.still_held},
    )
    return done


def try_again(
    agency_id: int,
    held: Sequence[UsageEvent],
    sources: dict[int, UsageSource],
    lookup: Lookup,
) -> tuple[list[Attribution], list[tuple[UsageEvent, Held]]]:
    """What becomes of held events by the names and releases that are known now."""
    lines = lines_of(agency_id, held)
    passes = released_of(agency_id, held)
    attributed: list[Attribution] = []
    kept: list[tuple[UsageEvent, Held]] = []
    for event in held:
        key = event.source_id, event.event_id
        said = measured(event, lines[key], passes[key])
        outcome = lookup.decide(said)
        if isinstance(outcome, Held):
            kept.append((event, outcome))
        else:
            source = sources[event.source_id]
            attributed.append((event.event_id, event.occurred_at, source, outcome))
    return attributed, kept


def _other_reasons(
    agency_id: int, kept: Sequence[tuple[UsageEvent, Held]]
) -> list[tuple[UsageEvent, Held]]:
    """Those that are held for another reason than before."""
    known = {
        (hold.source_id, hold.event_id): (hold.reason, hold.detail)
        for hold in queries.holds_in_force(agency_id)
    }
    return [
        (event, outcome)
        for event, outcome in kept
        if known.get((event.source_id, event.event_id)) != _words(outcome)
    ]


def _words(outcome: Held) -> tuple[str, str]:
    return str(outcome.reason), outcome.detail[:200]


def _nothing_held(kept: Sequence[Held]) -> NothingHeld:
    reasons = Counter(HoldReason(outcome.reason).label for outcome in kept)
    why = "; ".join(f"{count} × {reason}" for reason, count in reasons.most_common())
    orders = any(outcome.reason == HoldReason.UNKNOWN_ORDER for outcome in kept)
    message = (
        f"Nothing in suspense can be assigned yet: {why}."
        if kept
        else "Nothing is in suspense."
    )
    rule = "" if not kept else "R-MET-08" if orders else "R-MET-09"
    return NothingHeld(message, rule=rule, held=len(kept))


def lock_orders(agency_id: int, refs: Iterable[str]) -> Lookup:
    """Keep the orders that a batch names as they are, in primary-key order.

    Any number of batches hold them together, beside a fold; a verb that changes one,
    such as its close-out, waits for them and sees their usage. One batch after the
    other takes an order whose source of record is still open, or whose calls are
    counted by minutes.

    :returns: what is known of the orders and of all other names under these locks
    """
    named = set(refs)
    TaskOrder.objects.filter(
        Q(public_id__in=named) | Q(piid__in=named), contract__agency_id=agency_id
    ).keep_shared("KEY SHARE")
    lookup = Lookup(agency_id, queries.facts_of(agency_id))
    by_turns = [
        order.order_id
        for order in lookup.orders(named)
        if not order.records or any(cap.has_rate for cap in order.caps)
    ]
    if not by_turns:
        return lookup
    waited_for = TaskOrder.objects.filter(pk__in=by_turns).order_by("pk")
    list(waited_for.select_for_update(of=("self",), no_key=True).values_list("pk"))
    return Lookup(agency_id, queries.facts_of(agency_id))


def store_attributions(
    agency_id: int, attributed: Sequence[Attribution], at: datetime
) -> None:
    """Add the attribution and the ratings of each event.

    What its outcome makes free is added beside them at zero; what a witness reports is
    rated to be compared, and attributed to nobody.
    """
    charged = [each for each in attributed if not each[3].is_witness]
    UsageAttribution.objects.add_all(
        (*_KEY, "order_line_id", "model_id", "accounting_day", "attributed_at"),
        (
            (
                agency_id,
                source.pk,
                event_id,
                outcome.order_line_id,
                outcome.model_id,
                outcome.accounting_day,
                at,
            )
            for event_id, _, source, outcome in charged
        ),
    )
    UsageRating.objects.add_all(_RATED, _rated_rows(agency_id, charged, at))
    note_first_reports(agency_id, charged, at)
    witnessed = [each for each in attributed if each[3].is_witness]
    WitnessRating.objects.add_all(_RATED, _witnessed_rows(agency_id, witnessed, at))
    UnchargedUsage.objects.add_all(
        (*_RATED_FIRST, "usd_per_million_tokens", "rated_at", "outcome", "says_so"),
        (
            (
                *_rated_row(agency_id, each, line),
                line.rate.price.usd_per_million_tokens,
                at,
                policy.outcome,
                policy.says_so[:200],
            )
            for each in charged
            if (policy := each[3].charging) is not None
            for line in each[3].uncharged
        ),
    )


def note_first_reports(
    agency_id: int, charged: Iterable[Attribution], at: datetime
) -> None:
    """The first source that reports on an order is of record until somebody chooses.

    Where several are first at once, in one batch or in two, one of them is. Where
    somebody has chosen for other days, it is of record in the days between.
    """
    spans: dict[int, list[Any]] = {}
    claims = []
    for _, occurred_at, source, outcome in charged:
        if outcome.has_record:
            continue
        order_id = outcome.order.order_id
        if order_id not in spans:
            rows = SourceOfRecord.objects.known().filter(order=order_id, key_ref="")
            spans[order_id] = list(rows.values_list("in_force", flat=True))
        taken = spans[order_id]
        if any(occurred_at in each for each in taken):
            continue
        ended = [each.upper for each in taken if _is_by(each.upper, occurred_at)]
        begins = [each.lower for each in taken if _is_by(occurred_at, each.lower)]
        between = DateTimeTZRange(max(ended, default=None), min(begins, default=None))
        taken.append(between)
        claims.append(
            SourceOfRecord(
                public_id=new_public_id(SourceOfRecord.PREFIX),
                agency_id=agency_id,
                order_id=order_id,
                source=source,
                is_first_report=True,
                in_force=between,
                stated_at=at,
                stated_by="system",
                says_so="It was the first to report on the order.",
            )
        )
    SourceOfRecord.objects.bulk_create(claims, ignore_conflicts=True)


def _is_by(earlier: datetime | None, later: datetime | None) -> bool:
    return earlier is not None and later is not None and earlier <= later


def _rated_rows(
    agency_id: int, attributed: Iterable[Attribution], at: datetime
) -> Iterator[tuple[object, ...]]:
    for each in attributed:
        for line in each[3].lines:
            price = line.rate.price.usd_per_million_tokens
            row = _rated_row(agency_id, each, line)
            yield (*row, price, line.dollars.amount, at)


def _witnessed_rows(
    agency_id: int, witnessed: Sequence[Attribution], at: datetime
) -> Iterator[tuple[object, ...]]:
    """All that a witness has seen; what its outcome makes free is seen at nothing."""
    yield from _rated_rows(agency_id, witnessed, at)
    for each in witnessed:
        for line in each[3].uncharged:
            yield (*_rated_row(agency_id, each, line), 0, 0, at)


def _rated_row(
    agency_id: int, each: Attribution, line: RatedLine
) -> tuple[object, ...]:
    event_id, occurred_at, source, outcome = each
    return (
        agency_id,
        source.pk,
        event_id,
        line.token_class_code,
        line.rate.order_line_id,
        line.rate.rate_row_id,
        occurred_at,
        outcome.accounting_day,
        line.tokens.count,
    )


_KEY = ("agency_id", "source_id", "event_id")
_RATED_FIRST = (
    *_KEY,
    "token_class_code",
    "order_line_id",
    "rate_row_id",
    "occurred_at",
    "accounting_day",
    "tokens",
)
_RATED = (*_RATED_FIRST, "usd_per_million_tokens", "dollars", "rated_at")


def store_holds(
    agency_id: int, kept: Iterable[tuple[int, str, Held]], at: datetime
) -> None:
    """Add why each event is in suspense.

    :param kept: the source and the id of the event, and why it is held
    """
    UsageHold.objects.add_all(
        (
            *(*_KEY, "reason", "detail"),
            *("order_id", "reserved_tokens", "reserved_dollars", "held_at"),
        ),
        (
            (
                *(agency_id, source_id, event_id, *_words(held), held.order_id),
                held.reserve.tokens if held.reserve else None,
                held.reserve.dollars if held.reserve else None,
                at,
            )
            for source_id, event_id, held in kept
        ),
    )


def draw_on_funds(
    attributed: Sequence[Attribution], *, because: Subject, at: datetime
) -> None:
    """Write down what was used of each line, by price and hour, for the roller.

    It is part of the transaction that stores the ratings. The roller draws it on the
    funds, in the order (occurred at, source, event id), and is asked to after it.
    """
    draw_deltas(deltas_of(attributed), because=because, at=at)


def draw_deltas(deltas: Sequence[Delta], *, because: Subject, at: datetime) -> None:
    """Add these sums, and ask the roller to draw them after the commit."""
    if deltas:
        consume(deltas=deltas, because=because, at=at)
        ask_to_fold()


def deltas_of(attributed: Iterable[Attribution]) -> list[Delta]:
    """Sums by order line, price, hour and day, with the first and the last call."""
    found: dict[tuple[Any, ...], _Sum] = {}
    for event_id, occurred_at, source, outcome in attributed:
        position = Position(occurred_at, source.code, event_id)
        hour = hour_of(occurred_at.astimezone(UTC))
        for line in () if outcome.is_witness else outcome.lines:
            rate = line.rate
            key = (
                *(rate.order_line_id, rate.rate_row_id, hour, outcome.accounting_day),
                rate.price.usd_per_million_tokens,
            )
            sums = found.setdefault(key, _Sum(rate, position, position))
            sums.events += 1
            sums.tokens += line.tokens.count
            sums.dollars += line.dollars.amount
            sums.first = min(sums.first, position)
            sums.last = max(sums.last, position)
    return [
        Delta(
            holder=Holder(HOLDER_OF_A_LINE, sums.rate.order_line_id),
            key=ledger_key(sums.rate.rate_row_id),
            unit_price=sums.rate.price,
            rate_row_id=sums.rate.rate_row_id,
            hour=hour,
            day=day,
            events=sums.events,
            tokens=sums.tokens,
            dollars=Dollars(sums.dollars),
            first=sums.first,
            last=sums.last,
            acu_per_million_tokens=sums.rate.acu_per_million_tokens,
        )
        for (_line, _rate, hour, day, _usd), sums in found.items()
    ]


@dataclass(slots=True)
class _Sum:
    """What becomes one delta."""

    rate: Rate
    first: Position
    last: Position
    events: int = 0
    tokens: int = 0
    dollars: Decimal = Decimal(0)


def ask_to_fold() -> None:
    """Let the roller run after the commit; its schedule asks again where that fails."""
    transaction.on_commit(
        lambda: current_app.send_task(FOLD_TASK, retry=False), robust=True
    )


@contextmanager
def giving_notice(holders: Iterable[Holder], by: Actor, at: datetime) -> Iterator[None]:
    """Tell both sides when what is done inside reaches a share of the funds.

    Each share is told once in a funding epoch (R-FND-07).
    """
    drawn = list(holders)
    yield
    give_notice(holders=drawn, by=by, at=at)


def lines_of(
    agency_id: int, held: Sequence[UsageEvent]
) -> dict[_Key, tuple[tuple[str, int], ...]]:
    """The counts of each event by class, under its source and id."""
    found: dict[_Key, list[tuple[str, int]]] = defaultdict(list)
    rows = UsageLine.objects.filter(
        agency_id=agency_id, event_id__in=[event.event_id for event in held]
    ).order_by("token_class_code")
    for row in rows:
        found[row.source_id, row.event_id].append((row.token_class_code, row.tokens))
    keys = [(event.source_id, event.event_id) for event in held]
    return {key: tuple(found[key]) for key in keys}


def released_of(
    agency_id: int, held: Sequence[EventColumns]
) -> dict[_Key, frozenset[str]]:
    """For which reasons each event is no longer held, under its source and id."""
    found: dict[_Key, set[str]] = defaultdict(set)
    rows = UsageRelease.objects.filter(
        agency_id=agency_id, event_id__in=[event.event_id for event in held]
    )
    for row in rows:
        found[row.source_id, row.event_id].add(row.held_for)
    keys = [(event.source_id, event.event_id) for event in held]
    return {key: frozenset(found[key]) for key in keys}


def measured(
    event: EventColumns,
    lines: tuple[tuple[str, int], ...],
    released: frozenset[str] = frozenset(),
) -> Measured:
    """The event as attribution takes it.

    :param released: reasons for which somebody has let it pass
    """
    unknown = next((code for code, _ in lines if token_class_code(code) is None), "")
    return Measured(
        event_id=event.event_id,
        occurred_at=event.occurred_at,
        order_ref=event.order_ref,
        model_served=event.model_served,
        tier=event.tier,
        context_band=event.context_band,
        boundary=event.boundary,
        basis=event.basis,
        lines=lines,
        unknown_class=unknown,
        source_id=event.source_id,
        key_ref=event.key_ref,
        model_requested=event.model_requested,
        model_billed=event.model_billed,
        provenance=event.provenance,
        outcome=event.outcome,
        requests=event.requests or 1,
        latency_ms=event.latency_ms,
        released=released,
    )
