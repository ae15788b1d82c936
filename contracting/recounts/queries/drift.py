"""What vendors report beside what is metered, by day and class."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Sum
from django.db.models.functions import TruncDate

from contracting.billing.models import ReportRow
from contracting.billing.queries import reports_that_count
from contracting.core.periods import accounting_day, day_bounds
from contracting.metering.queries.rollups import UsageOf, daily_usage
from contracting.orders.models import TaskOrder
from contracting.orders.states import TaskOrderState
from contracting.reference.models import AiModel
from contracting.reference.queries import amounts_on, resolve_model
from contracting.watch.calculations.alarms import CountDrift, CountsDay, report_drift
from contracting.watch.queries.findings import Finding
from contracting.watch.states import REPORT_DRIFT, AlarmKind

LOOKED_BACK = timedelta(days=40)
_ANEW = timedelta(hours=26)
"""An order is looked at while its last report is so new: that moves its figures."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The days of one model and class of an order, and whether they have shifted."""

    model_id: int
    token_class: str
    days: tuple[CountsDay, ...]
    drift: CountDrift | None


def counted_by_class(order: TaskOrder, at: datetime) -> list[Counted]:
    """Metered and reported tokens of the last weeks, class by class.

    Up to the last day that the vendor has reported; before that a report is not late.
    """
    today = accounting_day(at, order.contract.time_zone)
    percent = float(amounts_on((REPORT_DRIFT,), today)[REPORT_DRIFT])
    reported = _reported(order, today - LOOKED_BACK)
    if not reported:
        return []
    last = max(day for _model, _class, day in reported)
    metered: dict[tuple[int, str, date], int] = {}
    for each in daily_usage(
        UsageOf(orders=[order.pk]),
        since=last - LOOKED_BACK,
        until=last + timedelta(days=1),
        by=("day", "model", "token_class"),
    ):
        if each.model and each.token_class and each.day:
            metered[each.model, each.token_class, each.day] = each.tokens
    by_class: dict[tuple[int, str], list[CountsDay]] = defaultdict(list)
    for key in sorted({*metered, *reported}):
        model, token_class, day = key
        counts = CountsDay(day, metered.get(key, 0), reported.get(key, 0))
        by_class[model, token_class].append(counts)
    return [
        Counted(model, code, tuple(days), report_drift(days, last, percent))
        for (model, code), days in by_class.items()
    ]


def _reported(order: TaskOrder, since: date) -> dict[tuple[int, str, date], int]:
    zone = ZoneInfo(order.contract.time_zone)
    rows = (
        ReportRow.objects.filter(
            report__in=reports_that_count(order),
            occurred_at__gte=day_bounds(since, order.contract.time_zone).start,
        )
        .annotate(day=TruncDate("occurred_at", tzinfo=zone))
        .values_list("model_name", "token_class_code", "day")
        .annotate(Sum("tokens"))
    )
    found: dict[tuple[int, str, date], int] = defaultdict(int)
    known: dict[tuple[str, date], AiModel | None] = {}
    for name, code, day, tokens in rows:
        if (name, day) not in known:
            known[name, day] = resolve_model(name, day, order.contract.agency_id)
        model = known[name, day]
        # An unknown name is a discrepancy of its own; nothing is guessed.
        if model is not None:
            found[model.pk, code, day] += tokens
    return dict(found)


def report_drifts(agency_id: int, at: datetime) -> Iterator[Finding]:
    """What has shifted between meter and report, of orders that were just reported."""
    orders = TaskOrder.objects.filter(
        contract__agency_id=agency_id,
        state=TaskOrderState.ISSUED,
        usage_reports__received_at__gt=at - _ANEW,
        usage_reports__received_at__lte=at,
    )
    for order in orders.select_related("contract", "requester").distinct():
        shifted: dict[int, list[Counted]] = defaultdict(list)
        for each in counted_by_class(order, at):
            if each.drift is not None:
                shifted[each.model_id].append(each)
        for model_id, classes in shifted.items():
            yield _finding(order, model_id, classes)


def _finding(order: TaskOrder, model_id: int, classes: list[Counted]) -> Finding:
    said, figures = [], {}
    for each in classes:
        drift = each.drift
        if drift is None:
            continue
        said.append(
            f"{drift.recent:.2%} of {each.token_class}, {drift.before:.2%} before"
        )
        figures[each.token_class] = f"{drift.recent:.6f} after {drift.before:.6f}"
    since = max(each.drift.since for each in classes if each.drift)
    name = AiModel.objects.get(pk=model_id).snapshot
    words = (
        f"Since {since} the vendor reports of what is metered of {name} under order "
        f"{order.piid}: {'; '.join(said)}."
    )
    day = since + timedelta(days=6)
    return Finding(
        AlarmKind.REPORT_DRIFT, day, words, figures, order, model_id=model_id
    )
