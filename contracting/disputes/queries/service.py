"""Service levels of a contract, measured month by month from the meter's own events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import QuerySet, Sum

from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import Period, accounting_day, days_bounds, months_after
from contracting.core.quantities import Dollars
from contracting.core.visibility import of_either_side
from contracting.disputes import calculations
from contracting.disputes.models import ServiceCredit, ServiceLevel
from contracting.disputes.states import ServiceMeasure
from contracting.metering.models import DailyUsage, UsageSource
from contracting.metering.queries import open_suspense_of
from contracting.metering.queries.completeness import open_gaps, watermark_of
from contracting.metering.states import Outcome
from contracting.orders.models import OrderLine, TaskOrder

_DAY = timedelta(days=1)
FAULTS = (Outcome.VENDOR_FAULT, Outcome.TIMED_OUT, Outcome.RETRIED)
"""How a call ends that the service did not answer."""


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month in a contract's zone, by its first day."""

    first: date
    zone: str

    @property
    def last(self) -> date:
        """Its last day."""
        return months_after(self.first, 1) - _DAY

    @property
    def period(self) -> Period:
        """Its instants."""
        return days_bounds(self.first, self.last, self.zone)


@dataclass(frozen=True, slots=True)
class Measured:
    """What a level came to in a month, or why nobody can tell."""

    level: ServiceLevel
    month: date
    calls: int = 0
    value: Decimal | None = None
    reasons: tuple[str, ...] = ()

    @property
    def can_be_told(self) -> bool:
        return self.value is not None

    @property
    def is_missed(self) -> bool:
        """Whether it is known to be worse than the target."""
        return self.value is not None and calculations.is_missed(
            self.level.measure, self.value, self.level.target
        )

    @property
    def percent(self) -> Decimal:
        """What the contract's table credits, in percent of the month."""
        if self.value is None:
            return Decimal(0)
        return calculations.credit_percent(
            self.level.measure, self.value, self.level.steps
        )


@dataclass
class Tally:
    """The calls of a month under a contract, by what is known of them."""

    calls: int = 0
    faults: int = 0
    retried: int = 0
    without_outcome: int = 0
    complete: int = 0
    without_latency: int = 0
    p95: int | None = None
    sources: list[int] = field(default_factory=list)


_CALLS = """
WITH of_the_month AS (
  SELECT e.source_id, e.outcome, coalesce(e.requests, 1) AS calls,
    CASE WHEN coalesce(e.requests, 1) = 1 THEN e.latency_ms END AS latency_ms
  FROM metering_usageattribution a
  JOIN metering_everyevent e USING (agency_id, source_id, event_id)
  WHERE a.agency_id = %(agency)s AND a.order_line_id = ANY(%(lines)s)
    AND a.accounting_day >= %(first)s AND a.accounting_day <= %(last)s
    AND e.occurred_at >= %(start)s AND e.occurred_at < %(end)s AND e.corrects = ''
    AND NOT EXISTS (SELECT 1 FROM metering_witnessrating w
      WHERE w.agency_id = e.agency_id AND w.source_id = e.source_id
        AND w.event_id = e.event_id)
)
SELECT coalesce(sum(calls), 0),
  coalesce(sum(calls) FILTER (WHERE outcome = ANY(%(faults)s)), 0),
  coalesce(sum(calls) FILTER (WHERE outcome = %(retried)s), 0),
  coalesce(sum(calls) FILTER (WHERE outcome = ''), 0),
  coalesce(sum(calls) FILTER (WHERE outcome = %(complete)s), 0),
  coalesce(sum(calls) FILTER (WHERE outcome = %(complete)s AND latency_ms IS NULL), 0),
  percentile_disc(0.95) WITHIN GROUP (ORDER BY latency_ms)
    FILTER (WHERE outcome = %(complete)s),
  coalesce(array_agg(DISTINCT source_id), '{}')
FROM of_the_month
"""


def tally_of(contract: Contract, month: Month) -> Tally:
    """Count the calls of a month under all orders of a contract, in one question.

    A row that stands for several calls counts as many, and has no latency of its own.
    What a witness reports beside the source of record is not counted twice.
    """
    lines = OrderLine.objects.filter(order__contract=contract)
    period = month.period
    asked: dict[str, Any] = {
        "first": month.first,
        "last": month.last,
        "agency": contract.agency_id,
        "lines": list(lines.values_list("pk", flat=True)),
        "start": period.start,
        "end": period.end,
        "faults": [str(each) for each in FAULTS],
        "retried": str(Outcome.RETRIED),
        "complete": str(Outcome.COMPLETE),
    }
    with connection.cursor() as cursor:
        cursor.execute(_CALLS, asked)
        *counts, p95, sources = cursor.fetchone()
    counts = [int(each) for each in counts]
    calls, faults, retried, without_outcome, complete, without_latency = counts
    return Tally(
        calls=calls,
        faults=faults,
        retried=retried,
        without_outcome=without_outcome,
        complete=complete,
        without_latency=without_latency,
        p95=p95,
        sources=sorted(sources),
    )


def levels_of(contract: Contract) -> QuerySet[ServiceLevel]:
    """The levels that a contract states, as known now."""
    rows = ServiceLevel.objects.known().filter(contract=contract)
    return rows.order_by("measure", "in_force")


def measured(
    contract: Contract, levels: Iterable[ServiceLevel], month: Month, at: datetime
) -> Iterator[Measured]:
    """Each level of a month: its figure, or every reason why it cannot be told.

    A level counts for a month in which it was in force from the first to the last
    instant. A month with a gap in the data is never held fulfilled.
    """
    period = month.period
    whole = [
        level
        for level in levels
        if level.in_force.lower <= period.start
        and (level.in_force.upper is None or level.in_force.upper >= period.end)
    ]
    if not whole:
        return
    tally = tally_of(contract, month)
    gaps = tuple(_gaps(contract, month, tally, at))
    for level in whole:
        reasons = (*gaps, *_blanks(level.measure, tally))
        value = None if reasons else _value(level.measure, tally)
        yield Measured(level, month.first, tally.calls, value, reasons)


def _gaps(
    contract: Contract, month: Month, tally: Tally, at: datetime
) -> Iterator[str]:
    end = month.period.end
    if at < end:
        yield "The month is not over."
        return
    if not tally.calls:
        yield "No call of this month is on record."
        return
    for source in UsageSource.objects.filter(pk__in=tally.sources).order_by("pk"):
        mark = watermark_of(source)
        if mark is None or mark < end:
            yield "A source of the meter has not said that it has sent the whole month."
        if open_gaps(source, month.first, month.last):
            yield "Numbered calls of a source have not arrived."
    held = sum(
        open_suspense_of(order)
        .filter(occurred_at__gte=month.period.start, occurred_at__lt=end)
        .count()
        for order in TaskOrder.objects.filter(contract=contract).order_by("pk")
    )
    if held:
        yield f"{held:,} calls of the month are held in suspense."


def _blanks(measure: str, tally: Tally) -> Iterator[str]:
    if tally.without_outcome:
        yield f"{tally.without_outcome:,} calls came without their outcome."
    if measure == ServiceMeasure.LATENCY_P95:
        if tally.without_latency:
            yield f"{tally.without_latency:,} answers came without their latency."
        if tally.calls and not tally.complete:
            yield "No call was answered completely."


def _value(measure: str, tally: Tally) -> Decimal:
    if measure == ServiceMeasure.LATENCY_P95:
        return Decimal(tally.p95 or 0)
    bad = tally.retried if measure == ServiceMeasure.RETRIED else tally.faults
    return calculations.measured_share(measure, tally.calls, bad)


def months_of(contract: Contract, at: datetime, most: int = 12) -> list[Month]:
    """The months of a contract that are over or running, the last ones, in order."""
    zone = contract.time_zone
    today = accounting_day(at, zone)
    first = contract.ordering_start.replace(day=1)
    this = today.replace(day=1)
    found = []
    while first <= this and first <= contract.ordering_end:
        found.append(Month(first, zone))
        first = months_after(first, 1)
    return found[-most:]


def metered_of(order: TaskOrder, month: Month) -> Dollars:
    """The exact price of the metered usage of an order in a month."""
    rows = DailyUsage.objects.filter(
        order_line__order=order,
        day__gte=month.first,
        day__lte=month.last,
    )
    return Dollars(rows.aggregate(sum=Sum("dollars"))["sum"] or Decimal(0))


def metered_by_line(order: TaskOrder, month: Month) -> list[tuple[OrderLine, Dollars]]:
    """The same by order line, for the lines that were used, in order."""
    rows = (
        DailyUsage.objects.filter(
            order_line__order=order, day__gte=month.first, day__lte=month.last
        )
        .values("order_line")
        .annotate(sum=Sum("dollars"))
    )
    sums = {row["order_line"]: Dollars(row["sum"]) for row in rows}
    lines = OrderLine.objects.filter(pk__in=sums).order_by("pk")
    return [(line, sums[line.pk]) for line in lines if sums[line.pk] > Dollars()]


def credits_visible_to(actor: Actor) -> QuerySet[ServiceCredit]:
    """The agency's own; to the vendor, those on its orders that are decided.

    What is proposed binds nobody yet: it is the agency's own work until the
    contracting officer has decided on it (R-ROL-07).
    """
    rows = ServiceCredit.objects.select_related(
        "order__contract__agency", "order__contract__vendor", "level", "decision"
    )
    found = of_either_side(
        rows, actor, agency="order__contract__agency", vendor="order__contract__vendor"
    )
    return found.filter(decision__isnull=False) if actor.is_vendor else found


def get_service_credit_for(actor: Actor, public_id: str) -> ServiceCredit:
    """One credit for the service.

    :raises NotVisible: if it is not there for this actor
    """
    found = credits_visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such credit."
        raise NotVisible(message)
    return found
