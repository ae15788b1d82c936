"""Joint recounts: what a sample is drawn from, and what both sides found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet

from contracting.billing.models import ReportRow
from contracting.billing.queries import reports_that_count
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import Period, accounting_day, days_bounds
from contracting.disputes.calculations import (
    CallKey,
    Estimate,
    share_estimate,
    total_estimate,
)
from contracting.disputes.models import (
    DisputeCase,
    JointRecount,
    RecountedCall,
    SampledCall,
)
from contracting.disputes.queries.cases import cases_visible_to
from contracting.disputes.queries.evidence import scope_of
from contracting.disputes.refusals import RecountImpossible
from contracting.disputes.states import RECOUNT_MARGIN, Side
from contracting.orders.models import TaskOrder
from contracting.reconciliation.matching.inputs import calls_of
from contracting.reconciliation.models import Finding
from contracting.reconciliation.states import Metered, Reported
from contracting.reference.queries import threshold

Counts = dict[CallKey, tuple[int, int]]
"""By call: tokens of our meter, tokens that the vendor reports."""


def recounts_visible_to(actor: Actor) -> QuerySet[JointRecount]:
    """Those of the disputes that the actor may see."""
    cases = cases_visible_to(actor).values("pk")
    return JointRecount.objects.filter(case__in=cases).select_related(
        "case__order__contract__agency",
        "case__order__contract__vendor",
        "finding",
        "draw",
        "started_by__user",
    )


def get_recount_for(actor: Actor, public_id: str) -> JointRecount:
    """One joint recount.

    :raises NotVisible: if it is not there for this actor
    """
    found = recounts_visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such recount."
        raise NotVisible(message)
    return found


def calls_behind(finding: Finding, token_class: str) -> Counts:
    """Every call of a difference's day or period in one class, as each side has it.

    All calls, not only those that differ: what is counted anew is the whole day.

    :raises RecountImpossible: if the vendor reports sums, of which no call is known
    """
    scope = scope_of(finding, whole=True)
    if scope is None:
        return {}
    return _by_call(finding.order, scope.span, token_class, scope.holds)


def population_of(recount: JointRecount) -> Counts:
    """What a recount draws from: the calls of its difference's day, or of its days.

    :raises RecountImpossible: if the vendor reports sums, of which no call is known
    """
    code = recount.token_class_code
    if recount.finding is not None:
        return calls_behind(recount.finding, code)
    if recount.first_day is None or recount.last_day is None:
        return {}
    order = recount.case.order
    span = days_bounds(recount.first_day, recount.last_day, order.contract.time_zone)
    return _by_call(order, span, code, lambda row: span.contains(row.occurred_at))


def _by_call(
    order: TaskOrder,
    span: Period,
    token_class: str,
    holds: Callable[[Metered | Reported], bool],
) -> Counts:
    sums = ReportRow.objects.filter(
        report__in=reports_that_count(order),
        token_class_code=token_class,
        occurred_at__lt=span.end,
        bucket_end__gt=span.start,
    )
    if sums.exists():
        message = (
            "The vendor reports sums of this period and names no call. Ask for a "
            "report by call first."
        )
        raise RecountImpossible(message)
    found: dict[CallKey, tuple[int, int]] = {}
    for row, is_ours in calls_of(order, (span.start, span.end)):
        if row.token_class == token_class and holds(row):
            key = row.request_id, row.attempt
            ours, theirs = found.get(key, (0, 0))
            if is_ours:
                found[key] = ours + row.tokens, theirs
            else:
                found[key] = ours, theirs + row.tokens
    return found


def margin_on(case: DisputeCase, at: datetime) -> Decimal:
    """Half the width of the interval that a recount shall reach, in percent."""
    on = accounting_day(at, case.order.contract.time_zone)
    return threshold(RECOUNT_MARGIN, on).value


@dataclass(frozen=True, slots=True)
class Counted:
    """A call of the sample with what either side counted anew."""

    call: SampledCall
    agency: int
    vendor: int

    @property
    def is_agreed(self) -> bool:
        """Whether both count the same."""
        return self.agency == self.vendor


@dataclass(frozen=True, slots=True)
class Result:
    """What a joint recount has shown, each figure with its interval of 95 percent."""

    rows: list[Counted]
    population: int
    agreed: Estimate
    """Percent of the calls on which both recounts agree."""
    meter_right: Estimate
    """Percent of the calls in which both confirm our meter."""
    report_right: Estimate
    """Percent of the calls in which both confirm the vendor's report."""
    agency_total: Estimate
    vendor_total: Estimate
    metered_total: Estimate
    reported_total: Estimate


def entered(recount: JointRecount) -> set[str]:
    """The sides that have entered their counts."""
    return set(recount.entries.values_list("side", flat=True))


def result_of(recount: JointRecount) -> Result | None:
    """The result, once both sides have counted; until then nobody sees any count."""
    if entered(recount) != set(Side.values):
        return None
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    found = RecountedCall.objects.filter(entry__recount=recount)
    for call, side, tokens in found.values_list("call_id", "entry__side", "tokens"):
        counts[call][side] = tokens
    rows = [
        Counted(call, counts[call.pk][Side.AGENCY], counts[call.pk][Side.VENDOR])
        for call in recount.calls.order_by("position")
    ]
    n, whole = len(rows), recount.population
    agreed = [row for row in rows if row.is_agreed]
    ours = sum(row.agency == row.call.metered_tokens for row in agreed)
    theirs = sum(row.agency == row.call.reported_tokens for row in agreed)
    return Result(
        rows,
        whole,
        share_estimate(len(agreed), n, whole),
        share_estimate(ours, n, whole),
        share_estimate(theirs, n, whole),
        total_estimate([row.agency for row in rows], whole),
        total_estimate([row.vendor for row in rows], whole),
        total_estimate([row.call.metered_tokens for row in rows], whole),
        total_estimate([row.call.reported_tokens for row in rows], whole),
    )
