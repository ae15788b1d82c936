"""Meter and report of some days: what is to be looked at by row, and sums of the rest.

The database tells the calls apart that surely agree (``apart``); the others are read
row by row. What is kept of a day depends on the two days before and after it and on no
other, so that it is the same whether the day is read alone or with all others.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

from contracting.billing.models import UsageReport
from contracting.billing.queries import report_due_at, reports_touching
from contracting.core.periods import BadPeriod, Period, accounting_day, day_bounds
from contracting.core.periods import days_bounds as bounds_of
from contracting.core.quantities import UnitPrice
from contracting.metering.models import DailyUsage, EveryEvent
from contracting.orders.models import TaskOrder
from contracting.reconciliation.matching.apart import (
    Answer,
    Line,
    Question,
    told_apart,
)
from contracting.reconciliation.matching.named import (
    kinds_of_rates,
    named_prices,
    names_in,
    prices_of,
)
from contracting.reconciliation.matching.parts import Agreed, Part, Parts
from contracting.reconciliation.matching.usage import (
    batched,
    metered_rows,
    reported_rows,
)
from contracting.reconciliation.states import (
    Key,
    Metered,
    Rates,
    Reported,
    Span,
)

DAY: Final = timedelta(days=1)
AROUND: Final = 2 * DAY
"""So far around a day the rows lie on which what is kept of it depends."""

LINES_AT_ONCE: Final = 1_500_000
"""So many rated lines are read in one statement, or in one step of many."""


class Days(NamedTuple):
    """Whole accounting days, both included."""

    first: date
    last: date

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last

    def all(self) -> list[date]:
        """Each of them."""
        return [self.first + n * DAY for n in range((self.last - self.first).days + 1)]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be read, and by which prices.

    :ivar cuts: instants at which sums are cut, such as the edges of invoice lines
    :ivar by_slice: whether the vendor's own clock matters at these instants
    :ivar by_row: requests that are wanted row by row, whether they agree or not
    """

    order: TaskOrder
    days: Days
    rates: Rates
    at: datetime
    cuts: Collection[datetime] = ()
    by_slice: bool = False
    by_row: Collection[str] = ()

    @property
    def zone(self) -> str:
        return self.order.contract.time_zone

    @property
    def whole(self) -> Period:
        return bounds_of(*self.days, self.zone)

    @property
    def window(self) -> Period:
        first, last = self.days
        return bounds_of(first - AROUND, last + AROUND, self.zone)


def read_days(asked: Asked) -> Parts:
    """The days as the database finds them now, however much was used on them."""
    found: dict[date, Part] = {}
    around: dict[Metered, None] = {}
    for days in in_steps(asked.order, asked.days.all()):
        some = read_parts(replace(asked, days=Days(days[0], days[-1])))
        found |= some.days
        around |= dict.fromkeys(r for r in some.around if r.day not in asked.days)
    return Parts(found, tuple(around))


def in_steps(order: TaskOrder, days: Sequence[date]) -> Iterator[list[date]]:
    """Days that follow each other, in parts of so many lines; one day at least."""
    size = _lines_by_day(order, days[0], days[-1])
    step: list[date] = []
    seen = 0
    for day in days:
        if step and seen + size[day] > LINES_AT_ONCE:
            yield step
            step, seen = [], 0
        step.append(day)
        seen += size[day]
    yield step


def _lines_by_day(order: TaskOrder, first: date, last: date) -> dict[date, int]:
    """About how many rated lines each day has."""
    lines = [line.pk for line in order.lines.all()]
    used = DailyUsage.objects.filter(
        order_line__in=lines, day__gte=first, day__lte=last
    )
    size: dict[date, int] = defaultdict(int)
    for day, events in used.values_list("day", "events"):
        size[day] += events
    return size


def read_parts(asked: Asked) -> Parts:
    """Days that are read at once."""
    reports = list(reports_touching(asked.order, asked.window))
    if has_sums(reports):
        return read_by_row(asked)
    slices = _Slices(asked, reports)
    question = _question(asked, slices, reports)
    answer, apart = told_apart(question)
    kinds = kinds_of_rates(asked.order)
    near = _Near((request, slices.day(place)) for request, place in answer.differing)
    lines = [_metered(line, kinds, slices) for line in answer.lines]
    lines += metered_rows(asked.order, asked.window, apart) if apart else ()
    requests = {request for request, _ in answer.differing} | set(apart)
    reported = (
        reported_rows(asked.order, asked.window, asked.rates, lines, requests)
        if requests
        else ()
    )
    chosen = frozenset(apart)
    made = _Made(asked.days)
    for row in lines:
        if row.request_id in chosen or near.has(row):
            made.add_metered(row)
    for each in reported:
        if each.request_id in chosen or near.has(each):
            made.add_reported(each)
    looked_at = [
        line
        for line, row in zip(answer.lines, lines, strict=False)
        if row.request_id in chosen or near.has(row)
    ]
    for day, agreed in _agreed(answer, looked_at, kinds, slices):
        made.add_agreed(day, agreed)
    return made.parts(_digests(answer, slices), lines)


def has_sums(reports: Iterable[UsageReport]) -> bool:
    """Whether a report names no single calls."""
    return any(report.is_in_sums for report in reports)


def read_by_row(asked: Asked) -> Parts:
    """Every row by itself, where sums have to be compared with calls."""
    lines = metered_rows(asked.order, asked.window)
    made = _Made(asked.days)
    for row in lines:
        made.add_metered(row)
    for each in reported_rows(asked.order, asked.window, asked.rates, lines):
        made.add_reported(each)
    return made.parts({}, lines)


# What is asked of the database


class _Slices:
    """The window cut at midnights, at the edges of reports and where it is asked."""

    def __init__(self, asked: Asked, reports: Sequence[UsageReport]) -> None:
        window, self._zone = asked.window, asked.zone
        covered = [(each.period_start, each.period_end) for each in reports]
        edges = {*midnights(window.days(asked.zone), asked.zone), *asked.cuts}
        edges.update(instant for span in covered for instant in span)
        inside = {each for each in edges if window.start < each < window.end}
        self.cuts = sorted({window.start, *inside, window.end})
        self._days = [accounting_day(each, asked.zone) for each in self.cuts]
        self._silent = [
            place
            for place, start in enumerate(self.cuts[:-1], 1)
            if not any(low <= start < high for low, high in covered)
            and report_due_at(asked.order, start) >= asked.at
        ]
        self.silent = self._silent
        first, last = asked.days
        wide = Days(first - DAY, last + DAY)
        self.asked = [
            place for place, day in enumerate(self._days[:-1], 1) if day in wide
        ]

    def day(self, place: int) -> date:
        return self._days[place - 1]

    def sizes(self, order: TaskOrder) -> list[int]:
        """About how many lines each slice has: those of a day shared among its own."""
        days = self._days[:-1]
        used = _lines_by_day(order, days[0], days[-1])
        return [used[day] // days.count(day) for day in days]

    def start(self, place: int) -> datetime:
        return self.cuts[place - 1]

    def place(self, instant: datetime) -> int:
        return bisect_right(self.cuts, instant)


def midnights(days: Iterable[date], zone: str) -> list[datetime]:
    """The begin of each of these days, but of those that the zone has left out."""
    found = []
    for day in days:
        try:
            found.append(day_bounds(day, zone).start)
        except BadPeriod:
            continue
    return found


def days_within(span: Span, zone: str) -> Days:
    """The whole accounting days that a span touches."""
    microsecond = timedelta(microseconds=1)
    return Days(
        accounting_day(span[0], zone), accounting_day(span[1] - microsecond, zone)
    )


def question_of(asked: Asked) -> Question:
    """What is asked of the database about these days."""
    reports = list(reports_touching(asked.order, asked.window))
    return _question(asked, _Slices(asked, reports), reports)


def _question(
    asked: Asked, slices: _Slices, reports: Sequence[UsageReport]
) -> Question:
    order, window = asked.order, asked.window
    prices = list(prices_of(order, asked.rates))
    names = list(names_in(order.contract.agency_id, asked.rates, window, asked.zone))
    return Question(
        agency_id=order.contract.agency_id,
        order_lines=list(order.lines.order_by("pk").values_list("pk", flat=True)),
        cuts=slices.cuts,
        silent=slices.silent,
        asked=slices.asked,
        prices=prices,
        names=names,
        kinds=list(named_prices(order, prices, names)),
        sizes=slices.sizes(order),
        reports=[(report.pk, late_before(order, report)) for report in reports],
        apart=sorted(
            {
                *(each.request_id for each in corrected_calls(order, window)),
                *asked.by_row,
            }
        ),
        by_slice=asked.by_slice,
    )


def late_before(order: TaskOrder, report: UsageReport) -> datetime:
    """The instant before which the rows of a report are late."""
    contract = order.contract
    day = accounting_day(report.counts_from, contract.time_zone)
    day -= timedelta(days=contract.report_due_days + 1)
    start = bounds_of(day, day + DAY, contract.time_zone).start
    while report_due_at(order, start) < report.counts_from:
        day += DAY
        start = bounds_of(day, day + DAY, contract.time_zone).start
    return start


class Corrected(NamedTuple):
    """A call that was corrected: its request and day, and the id of the correction."""

    request_id: str
    day: date
    correction: str


def corrected_calls(
    order: TaskOrder, window: Period | None = None
) -> Iterator[Corrected]:
    """The calls of the agency with a correction, however late that was made."""
    events = EveryEvent.objects.filter(agency_id=order.contract.agency_id)
    made: dict[tuple[int, str], list[str]] = defaultdict(list)
    for source, correction, call in events.exclude(corrects="").values_list(
        "source_id", "event_id", "corrects"
    ):
        made[source, call].append(correction)
    ids = sorted({event_id for _, event_id in made})
    calls = events.filter(corrects="")
    if window is not None:
        inside = {"occurred_at__gte": window.start, "occurred_at__lt": window.end}
        calls = calls.filter(**inside)
    for names in batched(ids):
        for source, event, request, at in calls.filter(event_id__in=names).values_list(
            "source_id", "event_id", "operation_id", "occurred_at"
        ):
            for correction in made.get((source, event), ()):
                day = accounting_day(at, order.contract.time_zone)
                yield Corrected(request, day, correction)


# What is made of the answer


class _Near:
    """Requests that differ, and the days on and beside which they do."""

    def __init__(self, differing: Iterable[tuple[str, date]]) -> None:
        self._days: dict[str, set[date]] = defaultdict(set)
        for request, day in differing:
            self._days[request] |= {day - DAY, day, day + DAY}

    def has(self, row: Metered) -> bool:
        """Whether its request differs on its day or on the one beside it."""
        return row.day in self._days.get(row.request_id, ())


def _metered(
    line: Line, kinds: Mapping[int, tuple[int, str]], slices: _Slices
) -> Metered:
    model, tier = kinds[line.rate_row_id]
    return Metered(
        request_id=line.request_id,
        attempt=line.attempt,
        order_line_id=line.order_line_id,
        model_id=model,
        token_class=line.token_class,
        tier=tier,
        occurred_at=line.occurred_at.astimezone(UTC),
        day=slices.day(line.slice),
        tokens=line.tokens,
        price=UnitPrice(line.usd),
        event_id=f"{line.source_id} {line.event_id}",
    )


def _agreed(
    answer: Answer,
    looked_at: Iterable[Line],
    kinds: Mapping[int, tuple[int, str]],
    slices: _Slices,
) -> Iterator[tuple[date, Agreed]]:
    """The sums of all lines, less those that are looked at by row."""
    left: dict[tuple[object, ...], list[int]] = {
        each.place: [each.rows, each.tokens] for each in answer.sums
    }
    for line in looked_at:
        rest = left[line.place]
        rest[0] -= bool(line.tokens)
        rest[1] -= line.tokens
    for each in answer.silent:
        rest = left[each.place]
        rest[0] -= each.rows
        rest[1] -= each.tokens
    sums = [(each, each.rows, each.tokens, True) for each in answer.silent]
    for each in answer.sums:
        rows, tokens = left[each.place]
        sums.append((each, rows, tokens, False))
    for each, rows, tokens, is_silent in sums:
        if rows or tokens:
            model, tier = kinds[each.rate_row_id]
            key: Key = (each.order_line_id, model, tier, each.token_class)
            at = slices.start(each.slice).astimezone(UTC)
            price = UnitPrice(each.usd)
            yield (
                slices.day(each.slice),
                Agreed(key, price, at, rows, tokens, is_silent),
            )


def _digests(answer: Answer, slices: _Slices) -> dict[date, str]:
    """By day, how many lines, how many tokens, and the sum of hashes of the lines."""
    found: dict[date, list[int]] = defaultdict(lambda: [0, 0, 0])
    for each in answer.sums:
        sums = found[slices.day(each.slice)]
        for place, more in enumerate((each.rows, each.tokens, each.digest)):
            sums[place] += more
    return {
        day: f"{rows} {tokens} {digest % (1 << 128):032x}"
        for day, (rows, tokens, digest) in found.items()
    }


class _Made:
    """The days as they are put together."""

    def __init__(self, days: Days) -> None:
        self._days = days
        self._metered: dict[date, list[Metered]] = defaultdict(list)
        self._reported: dict[date, list[Reported]] = defaultdict(list)
        self._agreed: dict[date, list[Agreed]] = defaultdict(list)

    def add_metered(self, row: Metered) -> None:
        self._metered[row.day].append(row)

    def add_reported(self, row: Reported) -> None:
        self._reported[row.day].append(row)

    def add_agreed(self, day: date, agreed: Agreed) -> None:
        self._agreed[day].append(agreed)

    def parts(self, digests: Mapping[date, str], around: Iterable[Metered]) -> Parts:
        """The days that were asked for; rows of other days stay around them."""
        found = {*self._metered, *self._reported, *self._agreed}
        return Parts(
            days={
                day: Part(
                    day,
                    tuple(self._metered[day]),
                    tuple(self._reported[day]),
                    tuple(self._agreed[day]),
                    digests.get(day, ""),
                )
                for day in sorted(found)
                if day in self._days
            },
            around=tuple(row for row in around if row.day not in self._days),
        )
