"""Reads of reconciliation: the three views as values, findings, what is payable."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Max, Q, QuerySet, Sum

from contracting.audit.models import AuditEvent
from contracting.audit.queries import events_of_stream, milestones
from contracting.billing.models import (
    Invoice,
    InvoiceLine,
    UsageReport,
)
from contracting.billing.queries import live_lines
from contracting.charges.queries import orders_charged
from contracting.contracts.models import Contract
from contracting.contracts.queries.administration import Task
from contracting.contracts.queries.file import Filed
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.errors import NotVisible
from contracting.core.periods import (
    Period,
    accounting_day,
    day_bounds,
)
from contracting.core.quantities import Dollars
from contracting.core.visibility import of_either_side
from contracting.documents.states import OperationState
from contracting.metering.queries import is_rated
from contracting.metering.queries.rollups import orders_used
from contracting.orders.models import TaskOrder
from contracting.orders.states import TaskOrderState
from contracting.reconciliation import calculations
from contracting.reconciliation.calculations import cells
from contracting.reconciliation.matching import inputs
from contracting.reconciliation.models import (
    Acceptance,
    AcceptedCharge,
    AcceptedLine,
    Finding,
    LongComparison,
    ReconciliationRun,
)
from contracting.reconciliation.refusals import NotRated
from contracting.reconciliation.states import (
    Cell,
    Difference,
    FindingState,
    Match,
)
from contracting.reference.models import AiModel

MICROSECOND = timedelta(microseconds=1)
MOST_TASKS = 50
"""More open discrepancies than this are read on their own page."""


def findings_visible_to(actor: Actor) -> QuerySet[Finding]:
    """The agency's own; to the vendor, those of its orders."""
    findings = Finding.objects.select_related(
        "order__contract__agency",
        "order__contract__vendor",
        "order_line__contract_line",
        "invoice",
        "resolution__reassigned_to__order",
        "dispute",
        "owner__user",
    )
    return of_either_side(
        findings,
        actor,
        agency="order__contract__agency",
        vendor="order__contract__vendor",
    )


def get_finding_for(actor: Actor, public_id: str) -> Finding:
    """One discrepancy.

    :raises NotVisible: if it is not there for this actor
    """
    finding = findings_visible_to(actor).filter(public_id=public_id).first()
    if finding is None:
        message = "There is no such discrepancy."
        raise NotVisible(message)
    return finding


def runs_visible_to(actor: Actor) -> QuerySet[ReconciliationRun]:
    """The agency's own; to the vendor, those of its orders."""
    runs = ReconciliationRun.objects.select_related("order__contract", "invoice")
    return of_either_side(
        runs, actor, agency="order__contract__agency", vendor="order__contract__vendor"
    )


def under_way(actor: Actor) -> QuerySet[LongComparison]:
    """Comparisons of the agency's orders that go on in steps, the newest first."""
    found = LongComparison.objects.filter(
        order__contract__agency_id=actor.organization_id,
        operation__state__in=(OperationState.QUEUED, OperationState.RUNNING),
    ).select_related("order", "operation")
    return found.order_by("-pk") if actor.is_agency and actor.role else found.none()


def get_run_for(actor: Actor, public_id: str) -> ReconciliationRun:
    """One comparison.

    :raises NotVisible: if it is not there for this actor
    """
    run = runs_visible_to(actor).filter(public_id=public_id).first()
    if run is None:
        message = "There is no such reconciliation."
        raise NotVisible(message)
    return run


def open_findings(order: TaskOrder) -> QuerySet[Finding]:
    """Discrepancies of an order without a resolution, oldest first."""
    return Finding.objects.filter(order=order, resolution__isnull=True).order_by("pk")


def findings_of_invoice(invoice: Invoice) -> QuerySet[Finding]:
    """Discrepancies of an invoice, and of single calls on the days of its period."""
    days = [each.isoformat() for each in days_of(invoice)]
    return (
        Finding.objects.filter(
            Q(invoice=invoice) | Q(invoice__isnull=True, evidence__day__in=days),
            order=invoice.order_id,
        )
        .select_related("order_line__contract_line", "resolution", "dispute", "owner")
        .order_by("pk")
    )


def findings_of_run(run: ReconciliationRun) -> QuerySet[Finding]:
    """Discrepancies of the same order that this comparison looked at."""
    if run.invoice is not None:
        return findings_of_invoice(run.invoice).filter(found_at__lte=run.ran_at)
    return (
        Finding.objects.filter(order=run.order_id, found_at__lte=run.ran_at)
        .select_related("order_line__contract_line", "resolution", "dispute", "owner")
        .order_by("pk")
    )


def narrowed(
    found: QuerySet[Finding], *, state: str, code: str, order: str
) -> QuerySet[Finding]:
    """The discrepancies of a state, of a kind, of an order's number."""
    by_state = {
        FindingState.OPEN: Q(resolution__isnull=True, dispute__isnull=True),
        FindingState.DISPUTED: Q(resolution__isnull=True, dispute__isnull=False),
        FindingState.RESOLVED: Q(resolution__isnull=False),
    }
    if state:
        found = found.filter(by_state[FindingState(state)])
    if code:
        found = found.filter(code=code)
    return found.filter(order__piid__iexact=order.strip()) if order.strip() else found


def model_of(finding: Finding) -> AiModel | None:
    """The model whose tokens differ, where a discrepancy is of one."""
    return AiModel.objects.filter(pk=finding.evidence.get("model")).first()


def days_of(invoice: Invoice) -> list[date]:
    """The accounting days that an invoice's period touches."""
    period = Period(invoice.period_start, invoice.period_end)
    return period.days(invoice.order.contract.time_zone)


def history_of(invoice: Invoice) -> QuerySet[AuditEvent]:
    """What happened to an invoice, its comparisons and acceptances, oldest first."""
    acceptances = Acceptance.objects.filter(invoice=invoice).values("pk")
    runs = ReconciliationRun.objects.filter(invoice=invoice).values("pk")
    return milestones(events_of_stream(invoice.subject.stream)).filter(
        Q(subject_kind="billing.invoice", subject_id=invoice.pk)
        | Q(subject_kind="reconciliation.acceptance", subject_id__in=acceptances)
        | Q(subject_kind="reconciliation.run", subject_id__in=runs)
    )


def latest_run(invoice: Invoice) -> ReconciliationRun | None:
    """The last comparison of this invoice."""
    return ReconciliationRun.objects.filter(invoice=invoice).order_by("-pk").first()


def acceptances_of(invoice: Invoice) -> QuerySet[Acceptance]:
    """What is accepted on an invoice: first what agrees, then what was freed."""
    rows = Acceptance.objects.filter(invoice=invoice).order_by("pk")
    return rows.select_related("accepted_by__user", "finding", "run")


def accepted_through(order_ids: Collection[int]) -> datetime | None:
    """The end of the last period of these orders of which usage is accepted."""
    accepted = Acceptance.objects.filter(invoice__order__in=order_ids)
    end: datetime | None = accepted.aggregate(end=Max("invoice__period_end"))["end"]
    return end


def accepted_total(invoice: Invoice) -> Dollars:
    """What is accepted on an invoice so far, in cents."""
    found = Acceptance.objects.filter(invoice=invoice).aggregate(
        sum=Sum("accepted_dollars")
    )["sum"]
    return Dollars(found or Decimal(0))


def accepted_by_holder(invoice: Invoice) -> dict[int, Dollars]:
    """Accepted cents by order line."""
    rows = (
        AcceptedLine.objects.filter(acceptance__invoice=invoice)
        .values("invoice_line__order_line")
        .annotate(sum=Sum("payable_dollars"))
    )
    return {row["invoice_line__order_line"]: Dollars(row["sum"]) for row in rows}


def invoices_of_finding(finding: Finding, states: Iterable[str]) -> QuerySet[Invoice]:
    """The invoices in these states that ask for the tokens of a discrepancy.

    That is its own invoice; for single calls, those with a line of the same order line
    and model on the day of the calls.
    """
    found = Invoice.objects.filter(state__in=states).order_by("pk")
    if finding.invoice_id is not None:
        return found.filter(pk=finding.invoice_id)
    day = finding.evidence.get("day")
    if day is None:
        return found.none()
    zone = finding.order.contract.time_zone
    bounds = day_bounds(date.fromisoformat(day), zone)
    return found.filter(
        pk__in=InvoiceLine.objects.filter(
            order_line=finding.order_line_id,
            model=finding.evidence.get("model"),
            voided_at__isnull=True,
            period__overlap=DateTimeTZRange(bounds.start, bounds.end, "[)"),
        ).values("invoice")
    )


def accepted_by_line(invoice: Invoice) -> dict[int, Dollars]:
    """Accepted cents by invoice line."""
    rows = (
        AcceptedLine.objects.filter(acceptance__invoice=invoice)
        .values("invoice_line")
        .annotate(sum=Sum("payable_dollars"))
    )
    return {row["invoice_line"]: Dollars(row["sum"]) for row in rows}


def accepted_by_charge_line(invoice: Invoice) -> dict[int, Dollars]:
    """Accepted cents by invoice line of units."""
    rows = (
        AcceptedCharge.objects.filter(acceptance__invoice=invoice)
        .values("charge_line")
        .annotate(sum=Sum("payable_dollars"))
    )
    return {row["charge_line"]: Dollars(row["sum"]) for row in rows}


def orders_to_reconcile() -> QuerySet[TaskOrder]:
    """Signed orders with usage, a report or a charge that are not closed out."""
    reported = UsageReport.objects.values("order")
    return TaskOrder.objects.filter(
        Q(pk__in=reported) | Q(pk__in=orders_used()) | Q(pk__in=orders_charged()),
        state__in=[TaskOrderState.ISSUED, TaskOrderState.COMPLETED],
    ).order_by("pk")


def cells_of(order: TaskOrder, match: Match) -> list[Cell]:
    """The table behind the findings; days are those of the contract's time zone."""
    zone = order.contract.time_zone
    days = {row.day for row in (*match.metered, *match.reported)}
    bounds = {day: day_bounds(day, zone) for day in days}
    return cells(match, {day: (each.start, each.end) for day, each in bounds.items()})


def result_sha256(
    match: Match, made: Iterable[Cell], differences: Iterable[Difference]
) -> str:
    """SHA-256 of what was found, and by which versions of contract and rules.

    Of each difference there is its own hash. Ids and times of the run, people and the
    order of rows are left out.
    """
    return content_sha256(
        {
            "versions": sorted(map(list, match.versions)),
            "differences": sorted(each.content_sha256 for each in differences),
            "cells": [
                [each.order_line_id, each.model_id, each.token_class, each.tier]
                + [each.start, each.end, each.a_tokens, each.b_tokens, each.c_tokens]
                + [each.a_dollars, each.c_dollars, each.rate, each.invoiced_price]
                + [each.agrees]
                for each in made
            ],
        }
    )


def tasks_on(contract: Contract, actor: Actor, at: datetime) -> Iterable[Task]:
    """Discrepancies that nobody has resolved, each by its day (R-REC-04)."""
    rows = findings_visible_to(actor).filter(
        order__contract=contract, resolution__isnull=True
    )
    for finding in rows.order_by("due_on", "pk")[:MOST_TASKS]:
        yield Task(
            "Discrepancies",
            f"{finding.get_code_display()} on {finding.order.piid}",
            finding.path,
            finding.due_on,
            finding.owner.user.name if finding.owner else "",
            "R-REC-04",
        )


def require_rated(invoice: Invoice) -> None:
    """Insist that every line priced by volume stands at its exact amount.

    :raises NotRated: naming the lines of which usage came since their last run
    """
    lines = {
        line.order_line.contract_line_id: line.order_line.contract_line
        for line in live_lines(invoice)
    }
    open_lines = sorted(
        line.clin for line in lines.values() if line.is_by_volume and not is_rated(line)
    )
    if open_lines:
        message = (
            f"Usage of line {', '.join(open_lines)} is not on its steps or in its pool "
            "yet: it stands at the dearest price. It is rated tonight; a "
            "representative can rate it now on the usage page. Then reconcile again."
        )
        raise NotRated(message, lines=open_lines)


def filed_on(contract: Contract, actor: Actor) -> Iterable[Filed]:
    """What was accepted of each invoice, for the file of the contract."""
    accepted = Acceptance.objects.filter(invoice__order__contract=contract)
    for each in accepted.select_related("invoice").order_by("pk"):
        day = accounting_day(each.accepted_at, contract.time_zone)
        what = f"Acceptance on invoice {each.invoice.number}"
        yield Filed("ACCEPTANCE", what, each.invoice.path, day)


def compared_again(run: ReconciliationRun) -> tuple[str, str]:
    """The hashes of the inputs and of the result, when the run is made once more."""
    span = run.period_start, run.period_end
    match = inputs.match_of(run.order, span, invoice=run.invoice, at=run.ran_at)
    differences = calculations.compare(match)
    result = result_sha256(match, cells_of(run.order, match), differences)
    return calculations.inputs_sha256(match), result


def seen_of(invoice: Invoice) -> str:
    """SHA-256 of what is read before an invoice is accepted.

    Its latest comparison, and each of its differences with what is decided of it.
    """
    run = latest_run(invoice)
    rows = findings_of_invoice(invoice).order_by("pk")
    return content_sha256(
        {
            "invoice": invoice.public_id,
            "run": run.public_id if run else "",
            "result": run.result_sha256 if run else "",
            "findings": [
                [public_id, code or ""]
                for public_id, code in rows.values_list("public_id", "resolution__code")
            ],
        }
    )
