"""What must be so before a month is closed: whether it is, why not, what lifts it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from contracting.billing.models import Invoice, UsageReport
from contracting.billing.queries import reports_that_count
from contracting.billing.states import InvoiceState
from contracting.contracts.models import ContractLine
from contracting.core.periods import Period, day_bounds, months_after
from contracting.metering.models import RatingRun, UsageFold, UsageHold
from contracting.metering.queries import held_events, holds_in_force, is_rated
from contracting.metering.queries.completeness import (
    open_gaps,
    sources_of,
    watermark_of,
)
from contracting.metering.queries.rollups import UsageOf, daily_usage
from contracting.metering.states import RatingRunState
from contracting.orders.models import TaskOrder
from contracting.periods.calculations import bounds_of, last_day_of
from contracting.periods.queries import earlier_open, explanations_of
from contracting.periods.queries.totals import findings_in
from contracting.periods.states import Check, Condition
from contracting.reconciliation.models import ReconciliationRun

_MICROSECOND = timedelta(microseconds=1)
MOST_NAMED = 5


def checks_of(order: TaskOrder, month: date, at: datetime) -> list[Check]:
    """Every condition of a month, in the order in which they are lifted."""
    said = explanations_of(order, month)
    found = []
    for find in _CHECKS:
        for each in find(order, month, at):
            reason = said.get((str(each.condition), each.facts), "")
            use = reason if each.may_be_explained and not each.is_so else ""
            found.append(_explained(each, use))
    return found


def in_the_way(checks: list[Check]) -> list[Check]:
    """Those that keep a month open."""
    return [each for each in checks if not each.is_met]


def _explained(check: Check, reason: str) -> Check:
    if not reason:
        return check
    return Check(
        condition=check.condition,
        is_so=check.is_so,
        facts=check.facts,
        lifts=check.lifts,
        url=check.url,
        may_be_explained=True,
        explanation=reason,
    )


def _over(order: TaskOrder, month: date, at: datetime) -> Iterator[Check]:
    last = last_day_of(month)
    is_over = at >= bounds_of(month, order.contract.time_zone).end
    yield Check(
        Condition.OVER,
        is_over,
        "" if is_over else f"It ends with {last.day} {last:%B %Y}.",
        "Close it after its last day.",
    )


def _earlier(order: TaskOrder, month: date, at: datetime) -> Iterator[Check]:
    before = earlier_open(order, month)
    named = ", ".join(f"{each:%B %Y}" for each in before[:MOST_NAMED])
    yield Check(
        Condition.EARLIER,
        not before,
        f"{named} {'is' if len(before) == 1 else 'are'} open." if before else "",
        "Close the months in their order.",
    )


def _watermarks(order: TaskOrder, month: date, at: datetime) -> Iterator[Check]:
    """One check for each source; a source that never tells of one may be explained."""
    period = bounds_of(month, order.contract.time_zone)
    for source in sources_of(order, period):
        mark = watermark_of(source)
        is_past = mark is not None and mark >= period.end
        is_past = is_past or (
            source.closed_at is not None and source.closed_at >= period.end
        )
        if mark is None:
            facts = f"{source.label} has never said up to when it has sent everything."
        else:
            facts = (
                f"{source.label} has sent everything up to "
                f"{mark.astimezone(UTC):%d %b %Y %H:%M} UTC only."
            )
        yield Check(
            Condition.WATERMARK,
            is_past,
            "" if is_past else facts,
            "The source sends a heartbeat with a later watermark"
            + (
                "; or the representative explains how the month is known to be whole."
                if mark is None
                else "."
            ),
            source.path,
            may_be_explained=mark is None,
        )


def _gaps(order: TaskOrder, month: date, at: datetime) -> Iterator[Check]:
    period = bounds_of(month, order.contract.time_zone)
    first = period.start.astimezone(UTC).date()
    last = (period.end - _MICROSECOND).astimezone(UTC).date()
    for source in sources_of(order, period):
        gaps = open_gaps(source, first, last)
        missing = sum(each.missing for each in gaps)
        named = "; ".join(each.words for each in gaps[:MOST_NAMED])
        yield Check(
            Condition.GAPS,
            not gaps,
            f"{source.label}: {missing:,} missing. {named}." if gaps else "",
            "The source sends them again, or the representative explains why they "
            "never come.",
            source.path,
            may_be_explained=True,
        )


def held_of(order: TaskOrder, period: Period) -> QuerySet[Any]:
    """Calls in suspense of a period that name an order, or were found to be its."""
    agency_id = order.contract.agency_id
    refs = [order.public_id, *([order.piid] if order.piid else [])]
    named = holds_in_force(agency_id).filter(order=order)
    ids = list(named.values_list("event_id", flat=True))
    return held_events(agency_id).filter(
        Q(order_ref__in=refs) | Q(event_id__in=ids),
        occurred_at__gte=period.start,
        occurred_at__lt=period.end,
    )


def _suspense(order: TaskOrder, month: date, at: datetime) -> Iterator[Check]:
    held = held_of(order, bounds_of(month, order.contract.time_zone))
    ids = sorted(held.values_list("event_id", flat=True))
    why = UsageHold.objects.filter(event_id__in=ids).order_by()
    reasons = sorted(set(why.values_list("reason", flat=True)))
    calls = "call is" if len(ids) == 1 else "calls are"
    yield Check(
        Condition.SUSPENSE,
        not ids,
        f"{len(ids):,} {calls} held: {', '.join(reasons).lower()}. The first is "
        f"{ids[0]}, the last {ids[-1]}."
        if ids
        else "",
        "Assign or release them; or the representative explains them.",
        "/usage/suspense",
        may_be_explained=True,
    )


def _reports(order: TaskOrder, month: date, at: datetime) -> Iterator[Check]:
    """A report without rows says that there was none, and covers its days too."""
    zone = order.contract.time_zone
    covered = list(reports_that_count(order).values_list("period_start", "period_end"))
    open_days = [
        day
        for day in _days_of_use(order, month)
        if not any(
            start < day_bounds(day, zone).end and end > day_bounds(day, zone).start
            for start, end in covered
        )
    ]
    named = ", ".join(f"{day.day} {day:%b}" for day in open_days[:MOST_NAMED])
    more = len(open_days) - MOST_NAMED
    yield Check(
        Condition.REPORTS,
        not open_days,
        f"Not reported: {named}{f' and {more} more' if more > 0 else ''}."
        if open_days
        else "",
        "The vendor reports these days, or states that there was nothing.",
        "/usage_reports/",
    )


def _days_of_use(order: TaskOrder, month: date) -> list[date]:
    rows = daily_usage(
        UsageOf(orders=[order.pk]),
        since=month,
        until=months_after(month, 1),
        by=("day",),
    )
    return sorted(row.day for row in rows if row.day is not None and row.tokens)


def _rated(order: TaskOrder, month: date, at: datetime) -> Iterator[Check]:
    lines = ContractLine.objects.filter(
        order_lines__order=order, order_lines__is_removed=False
    ).distinct()
    waiting = sorted(
        line.clin for line in lines if line.is_by_volume and not is_rated(line)
    )
    yield Check(
        Condition.RATED,
        not waiting,
        f"Line {', '.join(waiting)} stands at its dearest price." if waiting else "",
        "It is rated tonight; a representative can rate it now.",
        f"/orders/{order.public_id}/usage",
    )


def _compared(order: TaskOrder, month: date, at: datetime) -> Iterator[Check]:
    """Of the order, and of each invoice that waits, none older than what it compares.

    R-REC-01 for a month: what is closed has been compared in all of its days.
    """
    if not _days_of_use(order, month):
        yield Check(Condition.COMPARED, is_so=True)
        return
    runs = ReconciliationRun.objects.filter(order=order).order_by("-pk")
    facts = []
    if _is_stale(runs.filter(invoice__isnull=True).first(), order):
        facts.append("The order is not compared since usage or reports came last.")
    facts += [
        f"Invoice {invoice.number} is not compared as it stands."
        for invoice in _waiting(order, month)
        if _is_stale(runs.filter(invoice=invoice).first(), order)
    ]
    yield Check(
        Condition.COMPARED,
        not facts,
        " ".join(facts),
        "It is compared tonight; the representative can do it now.",
        order.path,
    )


def _waiting(order: TaskOrder, month: date) -> QuerySet[Invoice]:
    period = bounds_of(month, order.contract.time_zone)
    return Invoice.objects.filter(
        order=order,
        state=InvoiceState.RECEIVED,
        period_start__lt=period.end,
        period_end__gt=period.start,
    ).order_by("pk")


def _is_stale(run: ReconciliationRun | None, order: TaskOrder) -> bool:
    """Whether usage was folded, reported or rated anew since a comparison was kept."""
    if run is None:
        return True
    kept = {"order": order, "recorded_at__gt": run.recorded_at}
    rerated = RatingRun.objects.filter(
        Q(order=order) | Q(order__isnull=True, contract=order.contract_id),
        state=RatingRunState.POSTED,
        decided_at__gt=run.ran_at,
    )
    return (
        UsageFold.objects.filter(**kept).exists()
        or UsageReport.objects.filter(**kept).exists()
        or rerated.exists()
    )


def _findings(order: TaskOrder, month: date, at: datetime) -> Iterator[Check]:
    period = bounds_of(month, order.contract.time_zone)
    rows = findings_in(order, period).filter(resolution__isnull=True)
    unowned = [
        row.get_code_display()
        for row in rows.select_related("owner")
        if row.owner is None or not row.owner.is_active
    ]
    yield Check(
        Condition.FINDINGS,
        not unowned,
        f"Nobody answers for: {'; '.join(unowned[:MOST_NAMED])}." if unowned else "",
        "Resolve them, or designate a representative who answers for them.",
        "/findings/",
    )


_CHECKS: tuple[Callable[[TaskOrder, date, datetime], Iterator[Check]], ...] = (
    _over,
    _earlier,
    _watermarks,
    _gaps,
    _suspense,
    _reports,
    _rated,
    _compared,
    _findings,
)
