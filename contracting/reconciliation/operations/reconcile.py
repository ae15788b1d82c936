"""Compare meter, report and invoice, and file every difference under its code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Q

from accounts.models import Membership
from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.billing.models import Invoice
from contracting.billing.queries import locked_order
from contracting.billing.states import InvoiceState
from contracting.contracts.queries import representatives
from contracting.core.actors import Actor
from contracting.core.canonical import plain
from contracting.core.identifiers import next_below
from contracting.core.periods import accounting_day, add_business_days
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, Tokens, total_dollars
from contracting.orders.models import TaskOrder
from contracting.reconciliation import (
    calculations,
    events,
    permissions,
    queries,
    states,
)
from contracting.reconciliation.matching import inputs, kept, told
from contracting.reconciliation.matching.allowances import judge_of
from contracting.reconciliation.matching.between import between_counts
from contracting.reconciliation.matching.tolerance import WITHIN, Judge, size
from contracting.reconciliation.matching.volume import is_by_volume
from contracting.reconciliation.matching.waterfall import waterfall
from contracting.reconciliation.models import (
    Cell,
    Finding,
    ReconciliationRun,
    Resolution,
)
from contracting.reconciliation.refusals import NothingToReconcile
from contracting.reconciliation.states import (
    BY_THE_JOB,
    PLACE,
    Difference,
    FindingCode,
    Match,
    Metered,
    ResolutionCode,
    Span,
)

_Row = TypeVar("_Row", bound=Metered)

DAYS_TO_ANSWER = 5
_NOTHING = Dollars()
GONE = (InvoiceState.RETURNED, InvoiceState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class _Comparison:
    """What is being compared, by whom and when."""

    order: TaskOrder
    invoice: Invoice | None
    span: Span
    match: Match
    by: Actor
    at: datetime


@transaction.atomic
def reconcile_order(
    *,
    order_id: int,
    invoice_id: int | None = None,
    changed_only: bool = False,
    by: Actor,
    at: datetime,
) -> ReconciliationRun:
    """Compare the whole order, or the period of one invoice, and keep what was found.

    The same inputs give the same result hash (R-REC-05). A difference that was found
    before is the same finding; one that is new gets its code, owner, due date and
    evidence (R-REC-04); one that is there no longer closes and stays listed. What is
    within the tolerance of the contract is accepted by it, with the rule named, counts
    against its cap (R-REC-02), and is listed all the same.

    :param changed_only: of a whole order, read only the days that have changed since
        the last comparison; the result is the same
    :raises NotAllowed: if ``by`` is neither the job nor COR nor CO of the agency
    :raises NothingToReconcile: if neither side has any usage
    """
    order = locked_order(order_id)
    require(permissions.can_reconcile_order(by, order))
    invoice = None
    if invoice_id is not None:
        invoice = Invoice.objects.locked().get(pk=invoice_id, order=order)
    span, match, between = _views(order, invoice, at, changed_only=changed_only)
    made = _Comparison(order, invoice, span, match, by, at)
    differences = calculations.compare(match, between)
    run = _keep_run(made, differences, between)
    differences = _with_known_drifts(made, differences)
    used = max(run.a_tokens, run.b_tokens, 1)
    judge = judge_of(order, match, differences, used=used, at=at)
    last = _last_of(order, differences)
    for difference in differences:
        finding = last.get(difference.fingerprint)
        last[difference.fingerprint] = _file(made, run, judge, difference, finding)
    _close_what_is_gone(made, differences)
    record_event(
        events.ORDER_RECONCILED,
        subject=run.subject,
        by=by,
        at=at,
        data={
            "run": run.public_id,
            "invoice": invoice.number if invoice else None,
            "inputs_sha256": run.inputs_sha256,
            "result_sha256": run.result_sha256,
            "differences": len(differences),
        },
    )
    return run


def _with_known_drifts(
    made: _Comparison, differences: Sequence[Difference]
) -> list[Difference]:
    """Quantities of an invoice's days that the whole order has shown to be a drift.

    An invoice of a few days does not show it by itself; it is the same finding, also
    once people have settled it.
    """
    if made.invoice is None:
        return list(differences)
    drifts = set(
        Finding.objects.filter(order=made.order, code=FindingCode.SYSTEMATIC)
        .exclude(resolution__code__in=BY_THE_JOB)
        .values_list("fingerprint", flat=True)
    )
    found = []
    for each in differences:
        drift = replace(each, code=FindingCode.SYSTEMATIC)
        is_known = each.code == FindingCode.QTY and drift.fingerprint in drifts
        found.append(drift if is_known else each)
    return found


def _views(
    order: TaskOrder, invoice: Invoice | None, at: datetime, *, changed_only: bool
) -> tuple[Span, Match, list[Difference]]:
    """What is compared of an invoice, or of the whole order, and of which time.

    Of a whole order whose vendor names the calls, days are told one by one, and only
    those again that have changed.

    :returns: the time, the views, and what differs between meter and report
    """
    if invoice is not None:
        span = invoice.period_start, invoice.period_end
        match = inputs.match_of(order, span, invoice=invoice, at=at)
        return span, match, between_counts(match)
    rates, whole, parts = kept.bring_up_to_date(order, at=at, anew=not changed_only)
    if whole is None:
        message = "Neither our meter nor the vendor has any usage of this order yet."
        raise NothingToReconcile(message)
    if parts is None and not is_by_volume(order):
        return whole, *told.compared(order, whole, rates, at=at)
    parts = parts or kept.kept_parts(order)
    match = inputs.match_of_parts(order, whole, parts, rates, invoice=None, at=at)
    return whole, match, between_counts(match)


def _keep_run(
    made: _Comparison,
    differences: Sequence[Difference],
    between: Sequence[Difference],
) -> ReconciliationRun:
    match, (start, end) = made.match, made.span
    cells = queries.cells_of(made.order, match)
    metered = list(_within(match.metered, made))
    earlier = ReconciliationRun.objects.filter(order=made.order)
    run = ReconciliationRun.objects.create(
        number=next_below(made.order.piid, "REC", earlier),
        order=made.order,
        invoice=made.invoice,
        period_start=start,
        period_end=end,
        inputs_sha256=calculations.inputs_sha256(match),
        result_sha256=queries.result_sha256(match, cells, differences),
        a_tokens=sum(row.tokens for row in metered),
        b_tokens=sum(row.tokens for row in _within(match.reported, made)),
        c_tokens=sum(line.tokens for line in (*match.invoiced, *match.late)),
        a_dollars=total_dollars(
            row.price.of(Tokens(row.tokens)) for row in metered
        ).amount
        + total_dollars(line.posted for line in match.charged).amount,
        c_dollars=total_dollars(
            cell.c_dollars for cell in cells if cell.c_dollars is not None
        ).amount
        + total_dollars(line.amount for line in match.charged).amount,
        lines_covered=len(match.invoiced) + len(match.charged) + len(match.late),
        waterfall=waterfall(match, asked=_asked(made.invoice), between=between).plain(),
        ran_at=made.at,
        ran_by=made.by.name,
    )
    Cell.objects.bulk_create(_cell_row(run, cell) for cell in cells)
    return run


def _asked(invoice: Invoice | None) -> Dollars | None:
    return None if invoice is None else Dollars(invoice.total_dollars)


def _within(rows: Iterable[_Row], made: _Comparison) -> Iterable[_Row]:
    """The rows in the period of the invoice; of a whole order all of them."""
    if made.invoice is None:
        return rows
    start, end = made.span
    return (row for row in rows if start <= row.occurred_at < end)


def _cell_row(run: ReconciliationRun, cell: states.Cell) -> Cell:
    rate, price = cell.rate, cell.invoiced_price
    return Cell(
        run=run,
        order_line_id=cell.order_line_id,
        model_id=cell.model_id,
        token_class_code=cell.token_class,
        tier=cell.tier,
        period_start=cell.start,
        period_end=cell.end,
        a_tokens=cell.a_tokens,
        b_tokens=cell.b_tokens,
        c_tokens=cell.c_tokens,
        a_dollars=cell.a_dollars.amount,
        c_dollars=None if cell.c_dollars is None else cell.c_dollars.amount,
        rate_usd=rate.usd_per_million_tokens if rate else None,
        invoiced_usd=price.usd_per_million_tokens if price else None,
        agrees=cell.agrees,
    )


def _file(
    made: _Comparison,
    run: ReconciliationRun,
    judge: Judge,
    found: Difference,
    finding: Finding | None,
) -> Finding:
    """File a difference, unless the last finding of it is the same still."""
    order, at = made.order, made.at
    if finding is None or _recurs(finding, found):
        today = accounting_day(at, order.contract.time_zone)
        judged = judge.of(found, today)
        finding = Finding.objects.create(
            order=order,
            run=run,
            invoice_id=found.invoice_id,
            fingerprint=found.fingerprint,
            occurrence=finding.occurrence + 1 if finding else 1,
            code=found.code,
            order_line_id=found.order_line_id,
            token_classes=list(found.token_classes),
            tokens=found.tokens,
            amount_dollars=found.amount.amount,
            level=found.level,
            tolerance_tier=judged.tier,
            owner=_owner(order, at),
            due_on=add_business_days(today, DAYS_TO_ANSWER),
            evidence=plain({**found.evidence, **judged.limit}),
            found_at=at,
        )
        if judged.tier == WITHIN and not found.arrived:
            counted = size(found.amount)
            _close(made, finding, ResolutionCode.TOLERATED, judged.why, counted)
    if found.arrived and not hasattr(finding, "resolution"):
        _close(
            made,
            finding,
            ResolutionCode.ARRIVED,
            "The rows were reported after the due day.",
        )
    return finding


def _last_of(order: TaskOrder, differences: Iterable[Difference]) -> dict[str, Finding]:
    """By fingerprint, the last finding of each difference that was found before."""
    rows = Finding.objects.filter(
        order=order, fingerprint__in=[each.fingerprint for each in differences]
    ).order_by("occurrence")
    rows = rows.select_related("resolution").defer("evidence", "token_classes")
    return {finding.fingerprint: finding for finding in rows}


def _recurs(finding: Finding, found: Difference) -> bool:
    """Whether a difference is there again that a comparison had closed by itself.

    What people settled stays settled as long as it is the very same difference.
    """
    resolution = getattr(finding, "resolution", None)
    by_the_job = resolution is not None and resolution.code in BY_THE_JOB
    return by_the_job and not found.arrived


def _close_what_is_gone(made: _Comparison, differences: Sequence[Difference]) -> None:
    """What this comparison would have found again and has not: closed, still listed."""
    still = {each.fingerprint for each in differences}
    places = [plain(list(each.place)) for each in differences]
    for finding in _in_reach(made).exclude(fingerprint__in=still):
        if finding.invoice is not None and finding.invoice.state in GONE:
            code, why = ResolutionCode.WITHDRAWN, "The invoice is no longer there."
        elif _place_of(finding) in places:
            code, why = ResolutionCode.SUPERSEDED, "Found anew with other figures."
        elif finding.code == FindingCode.LATE_REPORT:
            code, why = ResolutionCode.ARRIVED, "The rows have been reported."
        else:
            code, why = ResolutionCode.EXPLAINED, "Later rows account for it."
        _close(made, finding, code, why)


def _in_reach(made: _Comparison) -> Any:
    """Open findings that this comparison looks at: of its invoice, and of its days."""
    of_calls = Q(invoice__isnull=True)
    if made.invoice is not None:
        days = sorted({row.day for row in (*made.match.metered, *made.match.reported)})
        of_calls &= Q(evidence__day__in=[day.isoformat() for day in days])
    reached = of_calls | Q(invoice__state__in=GONE)
    if made.invoice is not None:
        reached |= Q(invoice=made.invoice)
    return queries.open_findings(made.order).filter(reached).select_related("invoice")


def _place_of(finding: Finding) -> list[Any]:
    return [
        finding.code,
        finding.order_line_id,
        finding.invoice_id,
        *(finding.evidence.get(name) for name in PLACE),
    ]


def _close(
    made: _Comparison,
    finding: Finding,
    code: str,
    why: str,
    counted: Dollars = _NOTHING,
) -> None:
    Resolution.objects.create(
        finding=finding,
        code=code,
        reason=why,
        capped_dollars=counted.amount,
        resolved_by_name=made.by.name,
        resolved_by_id=made.by.membership_id,
        resolved_at=made.at,
    )
    record_event(
        events.FINDING_RESOLVED,
        subject=finding.subject,
        by=made.by,
        at=made.at,
        data={"code": finding.code, "resolution": code, "reason": why},
    )


def _owner(order: TaskOrder, at: datetime) -> Membership | None:
    """The representative designated on that day, else a contracting officer."""
    on = accounting_day(at, order.contract.time_zone)
    designated = representatives(order.contract, on).order_by("pk").first()
    if designated is not None:
        return designated.membership
    officers = Membership.objects.filter(
        organization_id=order.contract.agency_id,
        role=Role.CONTRACTING_OFFICER,
        is_active=True,
    )
    return officers.order_by("pk").first()
