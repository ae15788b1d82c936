"""A program manager builds the estimate from calls a day and tokens per call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.periods import is_plausible
from contracting.core.permissions import require
from contracting.reference.models import AiModel
from contracting.requisitions import calculations, events, permissions, queries
from contracting.requisitions.calculations import WorkloadDraft
from contracting.requisitions.models import Requisition, WorkloadRow
from contracting.requisitions.operations.estimate import price_at_list, save_estimate
from contracting.requisitions.refusals import WorkloadInvalid
from contracting.requisitions.states import DayCount

MOST_WORKLOADS: Final = 40
MOST_MONTHS: Final = 60
MOST_TOKENS: Final = 10**15
"""Of one class in a month: beyond it a typing error is certain."""


@transaction.atomic
def build_estimate(
    *,
    requisition_id: int,
    workload: Sequence[WorkloadDraft],
    by: Actor,
    at: datetime,
    seen_version: int,
) -> Requisition:
    """Keep the workloads of a draft and estimate the tokens that follow from them.

    They are expanded per model, class and month, rounded up to whole tokens once, and
    priced at public list like any other estimate.

    :param workload: calls a day at P10, P50 and P90, whole tokens per call, growth
    :raises NotAllowed: if ``by`` is no program manager of the agency, or it is no draft
    :raises Stale: if the requisition has changed since it was read
    :raises WorkloadInvalid: naming the row and the field that cannot be right
    :raises EstimateInvalid: if the whole comes to a trillion dollars
    :raises ListPriceMissing: naming every model and class without a list price
    """
    requisition = Requisition.objects.locked().get(pk=requisition_id)
    require(permissions.can_build_estimate(by, requisition))
    requisition.require_version(seen_version)
    _require_sound(workload)
    rows = calculations.expand(workload, queries.workload_classes())
    at_list = price_at_list(rows, requisition.agency.local_day(at))
    WorkloadRow.objects.bulk_create(
        WorkloadRow(
            requisition=requisition,
            version=requisition.version + 1,
            position=position,
            **asdict(each),
        )
        for position, each in enumerate(workload, start=1)
    )
    estimate = save_estimate(requisition, rows, at_list)
    record_event(
        events.ESTIMATE_BUILT,
        subject=requisition.subject,
        by=by,
        at=at,
        data={
            "version": requisition.version,
            "content_sha256": requisition.content_sha256,
            "workloads": len(workload),
            "rows": len(rows),
            "p50_dollars": estimate.p50_dollars,
            "p90_dollars": estimate.p90_dollars,
        },
    )
    return requisition


def _require_sound(workload: Sequence[WorkloadDraft]) -> None:
    if not 1 <= len(workload) <= MOST_WORKLOADS:
        message = f"Describe 1 to {MOST_WORKLOADS} workloads."
        raise WorkloadInvalid(message)
    known = AiModel.objects.in_bulk([row.model_id for row in workload])
    for number, row in enumerate(workload, start=1):
        flaw = _flaw_of(row)
        if flaw is not None:
            field, why = flaw
            message = f"Row {number}, {calculations.LABELS[field]}: {why}"
            raise WorkloadInvalid(message, row=number, field=field)
        if row.model_id not in known:
            message = f"Row {number}, Model: the dictionary has no such model."
            raise WorkloadInvalid(message, row=number, field="model")


def _flaw_of(row: WorkloadDraft) -> tuple[str, str] | None:
    """The first field of a workload that cannot be right, and why; else ``None``."""
    per_call = {name: getattr(row, name) for name in calculations.CLASS_OF}
    negative = [name for name, count in per_call.items() if count < 0]
    whole_growth = row.growth_percent.is_finite() and -100 <= row.growth_percent <= 1000
    flaws = [
        (not row.name.strip(), "name", "give it a name."),
        (row.calls_p10 < 0, "calls_p10", "a number of calls is zero or more."),
        (row.calls_p50 < row.calls_p10, "calls_p50", "it is below P10."),
        (row.calls_p90 < row.calls_p50, "calls_p90", "it is below P50."),
        (row.calls_p90 < 1, "calls_p90", "a workload has at least one call a day."),
        *((True, name, "a number of tokens is zero or more.") for name in negative),
        (not any(per_call.values()), "output_tokens", "a call has some tokens."),
        (not whole_growth, "growth_percent", "it is from -100 to 1,000 percent."),
        (row.first_month.day != 1, "first_month", "a month is named by its first day."),
        (not 1 <= row.months <= MOST_MONTHS, "months", "it lasts 1 to 60 months."),
        (row.day_count not in DayCount.values, "day_count", "choose which days count."),
    ]
    found = next(((name, why) for wrong, name, why in flaws if wrong), None)
    if found is None and not (
        is_plausible(row.first_month) and is_plausible(row.last_month)
    ):
        found = "first_month", "its months lie in the years 2000 to 2100."
    if found is None and row.growth_percent.as_tuple().exponent < -2:  # type: ignore[operator]
        found = "growth_percent", "it has at most two decimals."
    if found is None:
        most = max(weight for _, weight in row.call_days()) * row.calls_p90
        if most * max(per_call.values()) > MOST_TOKENS:
            found = "calls_p90", "more than 10^15 tokens of one class in a month."
    return found
