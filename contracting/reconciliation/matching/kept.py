"""What earlier comparisons have read of an order, and which days have changed since.

A day is read anew once its basis is another one: what the roll-ups have of it, what
the reports have of it, what a name or a price says on it, and what is due. The basis
may say that a day has changed although it has not; then the same is read again. It
never says that a day has not changed although it has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet, Sum

from contracting.billing.models import UsageReport
from contracting.billing.queries import report_due_at, reports_that_count
from contracting.charges.queries import charged_span
from contracting.core.canonical import content_sha256
from contracting.core.periods import Period, day_bounds
from contracting.ledger.queries.pending import waiting_by_day
from contracting.metering.models import (
    DailyUsage,
    RatingDifference,
    UsageRating,
)
from contracting.metering.states import RatingRunState
from contracting.orders.models import TaskOrder
from contracting.reconciliation.matching import reading
from contracting.reconciliation.matching.named import FOR_EVER
from contracting.reconciliation.matching.parts import (
    Part,
    Parts,
    as_kept,
    from_kept,
)
from contracting.reconciliation.matching.reading import (
    AROUND,
    DAY,
    Asked,
    Days,
    corrected_calls,
    days_within,
    has_sums,
    in_steps,
    late_before,
    midnights,
    read_days,
    read_parts,
)
from contracting.reconciliation.matching.usage import rates_of
from contracting.reconciliation.models import KeptDay, ReportedDay
from contracting.reconciliation.states import Rates, Span
from contracting.reference.queries.names import Names

RULES: Final = 3
"""The version of what is kept of a day; a later one reads every day anew."""

MICROSECOND: Final = timedelta(microseconds=1)


class Read(NamedTuple):
    """The days of an order as they are now.

    :ivar rates: the prices by which they were read
    :ivar span: from the first to just after the last instant of usage on either side
    :ivar parts: the days, where none are kept because a report names no calls
    """

    rates: Rates
    span: Span | None
    parts: Parts | None


def bring_up_to_date(order: TaskOrder, *, at: datetime, anew: bool) -> Read:
    """Read those days of an order that have changed, and keep them.

    The order is locked, so that no report comes and no other comparison runs meanwhile.

    :param anew: read every day, whatever is kept
    """
    rates = rates_of(order)
    reports = list(reports_that_count(order))
    add_up(reports, order)
    span = _span(order, reports)
    if span is None:
        return Read(rates, charged_span(order), Parts())
    days = days_within(span, order.contract.time_zone)
    if has_sums(reports):
        return Read(rates, span, read_days(Asked(order, days, rates, at)))
    bases = bases_of(order, reports, rates, at, days if anew else None)
    kept = dict(_kept(order).values_list("day", "basis_sha256"))
    stale = [day for day, basis in bases.items() if anew or kept.get(day) != basis]
    for run in _runs(stale):
        for chunk in in_steps(order, run):
            _read(order, chunk, rates, bases, at)
    _kept(order).exclude(day__in=list(bases)).delete()
    return Read(rates, span, None)


def read_next(
    order: TaskOrder, *, at: datetime, since: datetime | None = None
) -> tuple[int, int]:
    """Read some of the days that have changed: one step of a long comparison.

    :param since: what was read before is read anew, whatever is kept
    :returns: how many days were read, and how many are left
    """
    rates = rates_of(order)
    reports = list(reports_that_count(order))
    add_up(reports, order)
    if has_sums(reports):
        return 0, 0
    bases = bases_of(order, reports, rates, at)
    kept = {
        day: basis
        for day, basis, read_at in _kept(order).values_list(
            "day", "basis_sha256", "read_at"
        )
        if since is None or read_at >= since
    }
    stale = [day for day, basis in sorted(bases.items()) if kept.get(day) != basis]
    if not stale:
        return 0, 0
    chunk = next(in_steps(order, next(_runs(stale))))
    _read(order, chunk, rates, bases, at)
    return len(chunk), len(stale) - len(chunk)


def days_to_read(order: TaskOrder, *, at: datetime) -> int:
    """How many days of an order have usage on a side."""
    reports = list(reports_that_count(order))
    add_up(reports, order)
    seen = _seen(order, reports)
    return len({*seen.metered, *seen.reported})


def is_long(order: TaskOrder) -> bool:
    """Whether an order has so much usage that it is compared step by step."""
    lines = [line.pk for line in order.lines.all()]
    used = DailyUsage.objects.filter(order_line__in=lines)
    return (used.aggregate(sum=Sum("events"))["sum"] or 0) > reading.LINES_AT_ONCE


def kept_parts(order: TaskOrder, days: Iterable[date] | None = None) -> Parts:
    """The days that are kept of an order, or some of them."""
    rows = _kept(order) if days is None else _kept(order).filter(day__in=list(days))
    return Parts(
        days={
            day: from_kept(day, content)
            for day, content in rows.order_by("day").values_list("day", "content")
        }
    )


def _kept(order: TaskOrder) -> QuerySet[KeptDay]:
    return KeptDay.objects.filter(order=order)


def _runs(days: Iterable[date]) -> Iterator[list[date]]:
    """The days cut where one does not follow the other."""
    run: list[date] = []
    for day in sorted(days):
        if run and day - run[-1] > DAY:
            yield run
            run = []
        run.append(day)
    if run:
        yield run


def _read(
    order: TaskOrder,
    days: Sequence[date],
    rates: Rates,
    bases: Mapping[date, str],
    at: datetime,
) -> None:
    """Read days that follow each other, and keep them."""
    parts = read_parts(Asked(order, Days(days[0], days[-1]), rates, at))
    rows = []
    for day in days:
        part = parts.days.get(day, Part(day))
        content = as_kept(part)
        rows.append(
            KeptDay(
                order=order,
                day=day,
                basis_sha256=bases[day],
                content=content,
                content_sha256=content_sha256(content),
                requests=sorted(part.requests()),
                read_at=at,
            )
        )
    KeptDay.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["order", "day"],
        update_fields=["basis_sha256", "content", "content_sha256", "requests"]
        + ["read_at"],
    )


def _span(order: TaskOrder, reports: Sequence[UsageReport]) -> Span | None:
    """From the first to just after the last instant of usage on either side."""
    instants: list[datetime] = []
    for line in order.lines.all():
        rated = UsageRating.objects.filter(order_line=line).order_by("occurred_at")
        ends = (rated.first(), rated.last())
        instants += [each.occurred_at for each in ends if each is not None]
    told = ReportedDay.objects.filter(report__in=reports)
    for low, high in told.values_list("first_at", "last_at"):
        instants += [low, high]
    return (min(instants), max(instants) + MICROSECOND) if instants else None


# What a day depends on


@dataclass(slots=True)
class _Seen:
    """What is known of each day without reading its rows."""

    metered: dict[date, list[list[Any]]]
    reported: dict[date, dict[bool, list[int]]]
    names: dict[date, set[str]]


def bases_of(
    order: TaskOrder,
    reports: Sequence[UsageReport],
    rates: Rates,
    at: datetime,
    days: Days | None = None,
) -> dict[date, str]:
    """By day with usage on a side, the hash of all that its comparison depends on.

    :param days: of every one of these, whether anything is known of it or not
    """
    zone = order.contract.time_zone
    seen = _seen(order, reports)
    ours = {day: content_sha256(sorted(rows)) for day, rows in seen.metered.items()}
    names = Names(order.contract.agency_id)
    edges = sorted((each.period_start, each.period_end) for each in reports)
    spans = Spans(edges)
    prices = _Prices(rates)
    found = {}
    for day in sorted({*seen.metered, *seen.reported, *(days.all() if days else ())}):
        around = [day + n * DAY for n in range(-AROUND.days, AROUND.days + 1)]
        period = days_within_bounds(around, zone)
        said = {each for near in around for each in seen.names.get(near, ())}
        found[day] = content_sha256(
            {
                "rules": RULES,
                "metered": [ours.get(near, "") for near in around],
                "reported": [
                    [[late, *sums] for late, sums in sorted(told.items())]
                    for near in around
                    for told in (seen.reported.get(near, {}),)
                ],
                "covered": spans.touching(period),
                "due": [
                    report_due_at(order, day_bounds(near, zone).start) < at
                    for near in (around if not spans.cover(period) else ())
                    if _is_there(near, zone)
                ],
                "prices": prices.within(period),
                "names": [
                    [name, near, names.at(name, near)]
                    for name in sorted(said)
                    for near in around
                ],
            }
        )
    return found


def _is_there(day: date, zone: str) -> bool:
    """Whether the zone has that day."""
    return bool(midnights([day], zone))


def days_within_bounds(days: Sequence[date], zone: str) -> Period:
    """From the begin of the first to the end of the last day."""
    starts = midnights(days, zone)
    ends = midnights([days[-1] + DAY, days[-1] + 2 * DAY], zone)
    return Period(starts[0], ends[0])


def _seen(order: TaskOrder, reports: Sequence[UsageReport]) -> _Seen:
    lines = [line.pk for line in order.lines.order_by("pk")]
    metered: dict[date, list[list[Any]]] = defaultdict(list)
    rolled = DailyUsage.objects.filter(order_line__in=lines)
    for day, *row in rolled.values_list(
        *("day", "order_line_id", "model_id", "token_class_code", "tier"),
        *("events", "tokens", "dollars"),
    ):
        metered[day].append(["used", *map(str, row)])
    kinds = {line.holder.kind for line in order.lines.all()}
    for kind in sorted(kinds):
        for day, deltas, tokens in waiting_by_day(kind, lines):
            metered[day].append(["waits", str(deltas), str(tokens)])
    moved = RatingDifference.objects.filter(
        Q(old_order_line__in=lines) | Q(order_line__in=lines),
        is_closed=False,
        run__state=RatingRunState.POSTED,
    )
    for day, run in moved.values_list("day", "run").distinct():
        metered[day].append(["rated anew", str(run)])
    for call in corrected_calls(order):
        metered[call.day].append(["corrected", call.request_id, call.correction])
    reported: dict[date, dict[bool, list[int]]] = defaultdict(dict)
    names: dict[date, set[str]] = defaultdict(set)
    late = {each.pk: late_before(order, each) for each in reports}
    for each in ReportedDay.objects.filter(report__in=reports):
        is_late = each.first_at < late[each.report_id]
        sums = reported[each.day].setdefault(is_late, [0, 0, 0])
        more = (each.rows, int(each.tokens), int(each.digest, 16))
        for place, count in enumerate(more):
            sums[place] = (sums[place] + count) % (1 << 128)
        names[each.day].update(each.names)
    return _Seen(metered, reported, names)


class Spans:
    """The periods that reports cover, in order."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans = spans

    def touching(self, period: Period) -> list[list[datetime]]:
        """Those that share an instant with a period, cut to it."""
        return [
            [max(start, period.start), min(end, period.end)]
            for start, end in self._spans
            if start < period.end and end > period.start
        ]

    def cover(self, period: Period) -> bool:
        """Whether every instant of a period lies in one of them."""
        reached = period.start
        for start, end in self.touching(period):
            if start > reached:
                return False
            reached = max(reached, end)
        return reached >= period.end


class _Prices:
    """The prices of the order, and what a price is of which nothing is known."""

    def __init__(self, rates: Rates) -> None:
        self._rates = rates
        self._rest: list[Any] = []
        if rates:
            highest = max(each.price for row in rates.values() for each in row)
            self._rest = [*min(rates), highest]

    def within(self, period: Period) -> list[list[Any]]:
        """Those that are in force at an instant of a period."""
        return [
            self._rest,
            *(
                [*key, max(each.start, period.start), each.price]
                + [min(each.end or FOR_EVER, period.end)]
                for key, row in sorted(self._rates.items())
                for each in row
                if each.start < period.end and (each.end or FOR_EVER) > period.start
            ),
        ]


# What reports have of each day


def add_up(reports: Sequence[UsageReport], order: TaskOrder) -> None:
    """Add up the days of reports that came since the last time."""
    known = ReportedDay.objects.filter(report__in=reports)
    done = set(known.values_list("report", flat=True))
    made: list[ReportedDay] = []
    for report in reports:
        if report.pk not in done and report.rows_received:
            made += _added(report, order.contract.time_zone)
    ReportedDay.objects.bulk_create(made)


def _added(report: UsageReport, zone: str) -> Iterator[ReportedDay]:
    days = Period(report.period_start, report.period_end).days(zone)
    edges = midnights(days, zone)
    with connection.cursor() as cursor:
        cursor.execute(_ADDED, {"report": report.pk, "edges": edges})
        for _, rows, tokens, high, low, names, first, last in cursor.fetchall():
            digest = ((int(high) << 64) + int(low)) % (1 << 128)
            yield ReportedDay(
                report=report,
                day=days_within((first, first + MICROSECOND), zone).first,
                rows=rows,
                tokens=tokens,
                digest=f"{digest:032x}",
                names=sorted(names),
                first_at=first,
                last_at=last,
            )


_ADDED: Final = """
SELECT width_bucket(occurred_at, %(edges)s::timestamptz[]), count(*), sum(tokens),
  sum(hash_record_extended((request_id, attempt, occurred_at, model_name,
    token_class_code, tier, tokens), 0)),
  sum(hash_record_extended((request_id, attempt, occurred_at, model_name,
    token_class_code, tier, tokens), 1)),
  array_agg(DISTINCT model_name), min(occurred_at), max(occurred_at)
FROM billing_reportrow WHERE report_id = %(report)s GROUP BY 1 ORDER BY 1
"""
