"""Ratings as they stand, and what a run that rates usage anew would change."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any, Final, NamedTuple

from django.db.models import Exists, F, Max, Min, OuterRef, Q, QuerySet, Sum

from contracting.contracts.models import BurnRate, Contract, RateRow
from contracting.core.periods import Period, days_bounds
from contracting.core.quantities import Dollars
from contracting.metering.calculations import Attributed, Held, Measured
from contracting.metering.calculations.combinations import combine, measured
from contracting.metering.calculations.rerating import (
    Change,
    Price,
    Stand,
    Terms,
    changes_of,
    prices_of,
)
from contracting.metering.models import (
    EveryEvent,
    RatingDifference,
    UsageAssignment,
    UsageRating,
    UsageRerating,
)
from contracting.metering.queries.closings import closings
from contracting.metering.queries.lookup import Lookup
from contracting.metering.states import (
    MOVED_HERE,
    RELEASABLE,
    LeftAlone,
    RatingRunState,
)
from contracting.orders.models import OrderLine, TaskOrder

_LINE: Final = ("agency_id", "source_id", "event_id", "token_class_code")
_Key = tuple[int, str]
"""A source and the id of one of its events."""

MOST_LINES: Final = 200_000
"""So many rated lines one run looks at; a longer period is done in parts."""


def ratings_in_force(
    order_lines: Iterable[int], read: Sequence[str], **narrow: Any
) -> Iterator[tuple[Any, ...]]:
    """The ratings of order lines as they stand, each rated line once.

    What a later run has rated anew is read from that run, on the line on which it
    stands since. What is closed stays at the rating under which it was accepted.

    :param read: columns of a rating
    :param narrow: conditions on columns that no run changes, such as ``occurred_at``
    """
    lines = list(order_lines)
    rated = UsageRating.objects.filter(order_line__in=lines, **narrow)
    again = _rerated(lines).filter(**narrow)
    if not again.exists():
        yield from rated.values_list(*read).iterator(chunk_size=5_000)
        return
    same = again.filter(**{key: OuterRef(key) for key in _LINE})
    plain = rated.exclude(Exists(same))
    yield from plain.values_list(*read).iterator(chunk_size=5_000)
    latest = again.order_by(*_LINE, "-run_id").distinct(*_LINE)
    for line, *row in latest.values_list("order_line_id", *read):
        if line in lines:
            yield tuple(row)


def _rerated(lines: Sequence[int]) -> QuerySet[UsageRerating]:
    """Whatever runs have moved from these lines, to them or on them."""
    touched = Q(order_line__in=lines) | Q(old_order_line__in=lines)
    return UsageRerating.objects.filter(touched, is_adjustment=False)


def rated_now(
    agency_id: int, source_id: int, event_ids: Sequence[str]
) -> dict[tuple[str, str], Price]:
    """Where the classes of events stand, by event id and class; adjustments apart."""
    own = {"agency_id": agency_id, "source_id": source_id, "event_id__in": event_ids}
    read = (
        *("event_id", "token_class_code", "order_line_id", "rate_row_id"),
        "usd_per_million_tokens",
    )
    first = UsageRating.objects.filter(**own).values_list(*read)
    again = UsageRerating.objects.filter(**own, is_adjustment=False).order_by("run_id")
    return {
        (event, code): Price(*price)
        for rows in (first, again.values_list(*read))
        for event, code, *price in rows
    }


@dataclass(frozen=True, slots=True)
class Scope:
    """Which usage is looked at again: of these orders, of calls of these days."""

    contract: Contract
    orders: Sequence[TaskOrder]
    first_day: date
    last_day: date
    part: Period | None = None

    def within(self, part: Period) -> Scope:
        """A part of it: the calls of a stretch of its time."""
        return replace(self, part=part)

    @property
    def period(self) -> Period:
        days = days_bounds(self.first_day, self.last_day, self.contract.time_zone)
        return self.part or days


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would change, how many calls it looked at, and what stays and why."""

    changes: list[Change]
    calls: int
    left: Counter[tuple[str, str]]
    """Reason and detail of calls that stay as they are, with their number."""


def plan_of(scope: Scope) -> Plan:
    """Rate the calls of a scope by what is known now, beside how they stand.

    The same rules decide as on arrival; what somebody has let pass, assigned to an
    order or moved to a line, stays so. A correction goes with its call, whenever it was
    made; what was moved is rated by the prices of the line to which it was moved.
    """
    lines = OrderLine.objects.filter(order__in=[each.pk for each in scope.orders])
    order_of = dict(lines.values_list("pk", "order_id"))
    stands = _stands_of(scope, list(order_of))
    decided = _decided(scope, stands)
    left: Counter[tuple[str, str]] = Counter()
    prices: dict[_Key, dict[str, Price]] = {}
    alike: dict[int, dict[str, Price]] = {}
    for key, outcome in decided.items():
        why = _why_left(outcome, order_of[stands[key][0].price.order_line_id])
        if why is not None:
            left[why] += 1
        elif isinstance(outcome, Attributed):
            if id(outcome) not in alike:
                alike[id(outcome)] = prices_of(outcome)
            own = prices[key] = alike[id(outcome)]
            if any(s.tokens and s.token_class_code not in own for s in stands[key]):
                left[LeftAlone.NOT_CHARGED, ""] += 1
    terms = terms_of(
        price.rate_row_id
        for at in (
            *((each.price, each.drawn_at) for all_ in stands.values() for each in all_),
            *(own.values() for own in alike.values()),
        )
        for price in at
    )
    closed = Closed(list(order_of))
    changes: list[Change] = []
    for key in sorted(prices):
        is_closed = partial(closed.has, stands[key], terms)
        found = list(changes_of(stands[key], prices[key], terms, is_closed))
        kept = [change for change in found if not change.is_closed_on_steps(terms)]
        if len(kept) < len(found):
            left[LeftAlone.CLOSED_ON_STEPS, ""] += 1
        changes += kept
    return Plan(changes, len(stands), left)


def _why_left(outcome: Attributed | Held, order_id: int) -> tuple[str, str] | None:
    if isinstance(outcome, Held):
        return str(outcome.reason), outcome.detail
    if outcome.order.order_id != order_id:
        return LeftAlone.OTHER_ORDER, min(outcome.order.names, key=len)
    if outcome.is_witness:
        return LeftAlone.WITNESS, ""
    return None


def _stands_of(scope: Scope, lines: list[int]) -> dict[_Key, list[Stand]]:
    """The rated lines of each call of the scope, and of its corrections after them."""
    agency_id = scope.contract.agency_id
    corrections = {
        (source, event): (source, corrects)
        for source, event, corrects in EveryEvent.objects.filter(agency_id=agency_id)
        .exclude(corrects="")
        .values_list("source_id", "event_id", "corrects")
    }
    period = scope.period
    inside = {"occurred_at__gte": period.start, "occurred_at__lt": period.end}
    found: dict[_Key, list[Stand]] = defaultdict(list)
    arrived: dict[_Key, list[Stand]] = defaultdict(list)
    for stand in _stands(lines, inside):
        key = stand.source_id, stand.event_id
        if key not in corrections:
            found[key].append(stand)
        elif stand.event_id.startswith(f"{MOVED_HERE}_"):
            arrived[key].append(stand)
    places: dict[tuple[_Key, str, int], _Key] = {
        (key, *_place(stand)): key for key, stands in found.items() for stand in stands
    }
    for key, stands in sorted(arrived.items()):
        for stand in stands:
            # What came back to the line of its call is of that call again.
            group = places.setdefault((corrections[key], *_place(stand)), key)
            if group == key:
                found[key].append(stand)
    calls = {call for call, _, _ in places}
    made = {own for own, call in corrections.items() if call in calls}
    ids = sorted({event for _, event in made})
    for stand in _stands(lines, {"event_id__in": ids}) if ids else ():
        key = stand.source_id, stand.event_id
        place = (corrections.get(key, key), *_place(stand))
        if key in made and place in places and places[place] != key:
            found[places[place]].append(stand)
    return dict(found)


def _place(stand: Stand) -> tuple[str, int]:
    """What was moved to another line stays there, class by class."""
    return stand.token_class_code, stand.price.order_line_id


_STAND: Final = (
    *("source_id", "event_id", "token_class_code", "order_line_id", "rate_row_id"),
    *("usd_per_million_tokens", "tokens", "occurred_at", "accounting_day", "rated_at"),
)


def _stands(lines: list[int], narrow: Mapping[str, Any]) -> Iterator[Stand]:
    """Where the rated lines stand by every run so far, adjustments too."""
    again = UsageRerating.objects.filter(old_order_line__in=lines, **narrow)
    latest: dict[tuple[int, str, str], Price] = {}
    drawn: dict[tuple[int, str, str], tuple[Price, datetime]] = {}
    for *key, is_adjustment, made_at, line, rate, usd in again.order_by(
        "run_id"
    ).values_list(
        *("source_id", "event_id", "token_class_code", "is_adjustment", "rerated_at"),
        *("order_line_id", "rate_row_id", "usd_per_million_tokens"),
    ):
        source, event, code = key
        latest[source, event, code] = Price(line, rate, usd)
        if not is_adjustment:
            drawn[source, event, code] = Price(line, rate, usd), made_at
    rated = UsageRating.objects.filter(order_line__in=lines, **narrow)
    for row in rated.values_list(*_STAND).iterator(chunk_size=5_000):
        source, event, code, line, rate, usd, *rest, rated_at = row
        first, key = Price(line, rate, usd), (source, event, code)
        drawn_at, since = drawn.get(key, (first, rated_at))
        rest += [rated_at, since]
        yield Stand(*key, latest.get(key, first), drawn_at, *rest)


class _Call(NamedTuple):
    """What is read of a call; those that agree in all names are decided on once."""

    source_id: int
    event_id: str
    occurred_at: datetime
    latency_ms: int | None
    order_ref: str
    key_ref: str
    model_served: str
    model_requested: str
    model_billed: str
    tier: str
    context_band: str
    boundary: str
    basis: str
    provenance: str
    outcome: str
    requests: int | None
    lines: tuple[tuple[str, int], ...] = ()
    unknown_class: str = ""


_STORED: Final = _Call._fields[:-2]


def _decided(
    scope: Scope, stands: Mapping[_Key, list[Stand]]
) -> dict[_Key, Attributed | Held]:
    """What becomes of each call by what is known now."""
    agency_id = scope.contract.agency_id
    lookup = Lookup(agency_id)
    said = _assigned(agency_id, stands)
    found: dict[_Key, Attributed | Held] = {}
    by_source: dict[int, list[_Call]] = defaultdict(list)
    for call in _calls(scope, stands, corrects=""):
        assignment = said.get((call.source_id, call.event_id))
        if assignment is None:
            by_source[call.source_id].append(call)
        else:
            event = _as_assigned(measured(call, call.source_id), assignment)
            outcome = lookup.attribute(_passed(event), assignment.model_id)
            found[call.source_id, call.event_id] = outcome
    lines = _lines_of(scope)
    for call in _calls(scope, stands, event_id__startswith=f"{MOVED_HERE}_"):
        key = call.source_id, call.event_id
        if key not in found:
            line = lines[stands[key][0].price.order_line_id]
            event = moved_to(measured(call, call.source_id), line)
            found[key] = lookup.attribute(_passed(event))
    for source_id, calls in by_source.items():
        for each in combine(
            calls,
            source_id=source_id,
            decide=lambda event: lookup.attribute(_passed(event)),
            turns=partial(lookup.turns, source_id),
        ):
            for place in each.members:
                found[source_id, calls[place].event_id] = each.outcome
    return found


def _calls(
    scope: Scope, stands: Mapping[_Key, list[Stand]], **narrow: str
) -> Iterator[_Call]:
    """The calls of these lines with the classes as they are rated."""
    period = scope.period
    events = EveryEvent.objects.filter(
        agency_id=scope.contract.agency_id,
        source_id__in=sorted({source for source, _ in stands}),
        occurred_at__gte=period.start,
        occurred_at__lt=period.end,
        **narrow,
    )
    for row in events.values_list(*_STORED).iterator(chunk_size=5_000):
        call = _Call._make((*row, (), ""))
        own = stands.get((call.source_id, call.event_id))
        if own is not None:
            lines = tuple(
                (stand.token_class_code, stand.tokens)
                for stand in own
                if stand.event_id == call.event_id
            )
            yield call._replace(lines=lines)


def _passed(event: Measured) -> Measured:
    """The same: what held it once, somebody has let pass."""
    return replace(event, released=frozenset(str(reason) for reason in RELEASABLE))


def moved_to(event: Measured, line: OrderLine) -> Measured:
    """What was moved to a line is said to be of it, whatever its key is mapped to."""
    return replace(
        event,
        order_ref=line.order.public_id,
        order_line_id=line.pk,
        is_said=True,
        key_ref="",
    )


def _lines_of(scope: Scope) -> dict[int, OrderLine]:
    rows = OrderLine.objects.filter(order__in=[each.pk for each in scope.orders])
    return {row.pk: row for row in rows.select_related("order")}


def _as_assigned(event: Measured, said: UsageAssignment) -> Measured:
    return replace(
        event,
        order_ref=said.order.public_id,
        order_line_id=said.order_line_id,
        is_said=True,
    )


def _assigned(
    agency_id: int, stands: Mapping[_Key, Any]
) -> dict[_Key, UsageAssignment]:
    rows = UsageAssignment.objects.filter(agency_id=agency_id).select_related("order")
    return {
        (row.source_id, row.event_id): row
        for row in rows
        if (row.source_id, row.event_id) in stands
    }


def terms_of(rate_rows: Iterable[int]) -> Terms:
    """What these price rows say beside their price."""
    wanted = set(rate_rows)
    rows = RateRow.objects.filter(pk__in=wanted).prefetch_related("steps")
    burns = {
        row.rate_row_id: (row.acu_per_million_tokens, row.usd_per_acu)
        for row in BurnRate.objects.filter(rate_row__in=wanted)
    }
    return {
        row.pk: (
            row.model_id,
            row.tier,
            tuple((s.from_tokens, s.usd_per_million_tokens) for s in row.steps.all()),
            burns.get(row.pk),
        )
        for row in rows
    }


def tiers_of(rate_rows: Iterable[int]) -> dict[int, str]:
    """The service tier of each of these prices."""
    rows = RateRow.objects.filter(pk__in=list(rate_rows))
    return dict(rows.values_list("pk", "tier"))


class Closed:
    """What is closed of some order lines: accepted, certified or paid."""

    def __init__(self, order_lines: Iterable[int]) -> None:
        self._spans: dict[tuple[Any, ...], list[tuple[Any, datetime]]]
        self._spans = defaultdict(list)
        for row in closings(order_lines):
            key = row.order_line_id, row.token_class_code, row.model_id, row.tier
            self._spans[key].append((row.period, row.closed_at))

    def has(self, call: Sequence[Stand], terms: Terms, stand: Stand) -> bool:
        """Whether a rated line is closed; a correction is if its call is.

        What was rated after its period was closed is late, and open; so is what a run
        has moved to it since.
        """
        same = [s for s in call if s.token_class_code == stand.token_class_code]
        own = same[0]
        model_id, tier, *_ = terms[own.drawn_at.rate_row_id]
        key = own.drawn_at.order_line_id, own.token_class_code, model_id, tier
        return any(
            own.occurred_at in period and own.drawn_since <= closed_at
            for period, closed_at in self._spans.get(key, ())
        )


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What a run changes of closed usage, by kind and class, in the open period.

    ``change`` is what the tokens cost now less what they were accepted at, exactly.
    """

    run: str
    posted_at: datetime
    order_line_id: int
    model_id: int
    token_class_code: str
    tier: str
    first_day: date
    last_day: date
    tokens: int
    change: Dollars


def adjustments_of(order: TaskOrder, at: datetime | None = None) -> list[Adjustment]:
    """The adjustments of an order, run by run; nothing is netted.

    :param at: as they were known at an instant; all of them without it
    """
    rows = RatingDifference.objects.filter(
        old_order_line__order=order, is_closed=True, run__state=RatingRunState.POSTED
    )
    if at is not None:
        rows = rows.filter(run__decided_at__lte=at)
    key = (
        *("run__decided_at", "run", "run__public_id", "old_order_line"),
        *("old_rate_row__model", "token_class_code", "tier"),
    )
    sums = rows.values(*key).annotate(
        first=Min("day"),
        last=Max("day"),
        moved=Sum("tokens"),
        more=Sum(F("dollars") - F("old_dollars")),
    )
    return [
        Adjustment(
            run=row["run__public_id"],
            posted_at=row["run__decided_at"],
            order_line_id=row["old_order_line"],
            model_id=row["old_rate_row__model"],
            token_class_code=row["token_class_code"],
            tier=row["tier"],
            first_day=row["first"],
            last_day=row["last"],
            tokens=row["moved"],
            change=Dollars(row["more"]),
        )
        for row in sums.order_by(*key)
    ]
