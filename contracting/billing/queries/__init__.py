"""Reads of usage reports and invoices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Count, Max, QuerySet, Sum

from contracting.billing.calculations import (
    PriceInForce,
    PriceKey,
    Stated,
    StatedLine,
    charged,
    in_cents,
    stated_twice,
)
from contracting.billing.models import (
    ChargeLine,
    Invoice,
    InvoiceLine,
    ReportRow,
    UsageReport,
)
from contracting.billing.refusals import (
    AmountExceedsObligation,
    DuplicateInvoice,
    ImproperInvoice,
    NothingToAdjust,
)
from contracting.billing.states import ACCEPTED, ChargeKind, InvoiceState, LineKind
from contracting.contracts.models import Contract
from contracting.contracts.queries.administration import Task
from contracting.contracts.queries.file import Filed
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible, Refusal
from contracting.core.periods import Period, accounting_day, day_bounds
from contracting.core.quantities import Dollars, UnitPrice, total_dollars
from contracting.ledger.queries import balances_of
from contracting.metering.queries.rollups import first_days_of
from contracting.orders.models import OrderLine, OrderRate, TaskOrder
from contracting.orders.states import TaskOrderState


def reports_visible_to(actor: Actor) -> QuerySet[UsageReport]:
    """The agency's and the vendor's own."""
    reports = UsageReport.objects.select_related(
        "order__contract", "vendor", "payload", "supersedes"
    )
    if actor.is_agency and (actor.role or actor.is_key):
        return reports.filter(order__contract__agency_id=actor.organization_id)
    if actor.is_vendor and (actor.role or actor.is_key):
        return reports.filter(vendor_id=actor.organization_id)
    return reports.none()


def get_report_for(actor: Actor, public_id: str) -> UsageReport:
    """One usage report.

    :raises NotVisible: if it is not there for this actor
    """
    report = reports_visible_to(actor).filter(public_id=public_id).first()
    if report is None:
        message = "There is no such usage report."
        raise NotVisible(message, rule="R-ROL-07")
    return report


def invoices_visible_to(actor: Actor) -> QuerySet[Invoice]:
    """The agency's and the vendor's own."""
    invoices = Invoice.objects.select_related("order__contract", "vendor", "payload")
    if actor.is_agency and (actor.role or actor.is_key):
        return invoices.filter(order__contract__agency_id=actor.organization_id)
    if actor.is_vendor and (actor.role or actor.is_key):
        return invoices.filter(vendor_id=actor.organization_id)
    return invoices.none()


def get_invoice_for(actor: Actor, public_id: str) -> Invoice:
    """One invoice.

    :raises NotVisible: if it is not there for this actor
    """
    invoice = invoices_visible_to(actor).filter(public_id=public_id).first()
    if invoice is None:
        message = "There is no such invoice."
        raise NotVisible(message, rule="R-ROL-07")
    return invoice


def locked_invoice(invoice_id: int) -> Invoice:
    """The invoice, with its contract, its order and itself locked, in this order.

    :raises Invoice.DoesNotExist: if there is none
    """
    found = Invoice.objects.values_list("order_id", "order__contract_id")
    order_id, contract_id = found.get(pk=invoice_id)
    Contract.objects.locked().get(pk=contract_id)
    TaskOrder.objects.locked().get(pk=order_id)
    return (
        Invoice.objects.locked()
        .select_related("order__contract__agency", "order__contract__vendor", "vendor")
        .get(pk=invoice_id)
    )


def locked_order(order_id: int) -> TaskOrder:
    """The order, with its contract and itself locked, in this order.

    :raises TaskOrder.DoesNotExist: if there is none
    """
    contract_id = TaskOrder.objects.values_list("contract_id", flat=True).get(
        pk=order_id
    )
    Contract.objects.locked().get(pk=contract_id)
    return (
        TaskOrder.objects.locked()
        .select_related("contract__agency", "contract__vendor")
        .get(pk=order_id)
    )


def live_lines(invoice: Invoice) -> QuerySet[InvoiceLine]:
    """The lines of an invoice that was not returned or withdrawn."""
    return (
        InvoiceLine.objects.filter(invoice=invoice, voided_at__isnull=True)
        .select_related("order_line__contract_line", "model", "token_class")
        .order_by("position")
    )


def lines_of(invoice: Invoice) -> QuerySet[InvoiceLine]:
    """The lines of an invoice as it was received, returned ones included."""
    rows = InvoiceLine.objects.filter(invoice=invoice).order_by("position")
    return rows.select_related(
        "order_line__contract_line", "model", "token_class", "adjusts"
    )


def charge_lines_of(invoice: Invoice) -> QuerySet[ChargeLine]:
    """The lines of units of an invoice as it was received, returned ones included."""
    rows = ChargeLine.objects.filter(invoice=invoice).order_by("position")
    return rows.select_related("order_line__contract_line", "order_line__order")


def live_charge_lines(invoice: Invoice) -> QuerySet[ChargeLine]:
    """The same of an invoice that was not returned or withdrawn."""
    return charge_lines_of(invoice).filter(voided_at__isnull=True)


def accepted_charge(order_line_id: int, start: datetime, end: datetime) -> str:
    """The number of the invoice on which an instant of the period is accepted."""
    found = ChargeLine.objects.filter(
        order_line=order_line_id,
        kind=ChargeKind.CHARGE,
        voided_at__isnull=True,
        invoice__state__in=ACCEPTED,
        period__overlap=DateTimeTZRange(start, end, "[)"),
    )
    return found.values_list("invoice__number", flat=True).first() or ""


def totals_of(report: UsageReport) -> list[dict[str, Any]]:
    """Rows and tokens of a report by model and token class."""
    return [
        dict(row)
        for row in ReportRow.objects.filter(report=report)
        .values("model_name", "token_class_code", "tier")
        .annotate(rows=Count("pk"), tokens=Sum("tokens"))
        .order_by("model_name", "token_class_code", "tier")
    ]


def tokens_of(report: UsageReport) -> int:
    """All tokens of a report."""
    return (
        ReportRow.objects.filter(report=report).aggregate(sum=Sum("tokens"))["sum"] or 0
    )


def report_rows(
    order: TaskOrder, start: datetime, end: datetime
) -> QuerySet[ReportRow]:
    """Every reported row of the order in ``[start, end)``, in order of arrival.

    Rows of a report that was superseded no longer count.
    """
    return (
        ReportRow.objects.filter(
            report__in=reports_that_count(order),
            occurred_at__gte=start,
            occurred_at__lt=end,
        )
        .select_related("report")
        .order_by("report_id", "row_number")
    )


def reports_touching(order: TaskOrder, period: Period) -> QuerySet[UsageReport]:
    """The reports of an order that count and share an instant with this period."""
    return reports_that_count(order).filter(
        period_start__lt=period.end, period_end__gt=period.start
    )


def reports_that_count(order: TaskOrder) -> QuerySet[UsageReport]:
    """The reports of an order that no later one supersedes."""
    return UsageReport.objects.filter(order=order, revisions__isnull=True)


def report_due_at(order: TaskOrder, occurred_at: datetime) -> datetime:
    """When usage of that instant must have been reported, by the contract's days."""
    contract = order.contract
    day = accounting_day(occurred_at, contract.time_zone)
    last = day + timedelta(days=contract.report_due_days)
    return day_bounds(last, contract.time_zone).end


def open_invoices() -> QuerySet[Invoice]:
    """Invoices that wait to be accepted or returned, oldest first."""
    waiting = Invoice.objects.filter(state=InvoiceState.RECEIVED)
    return waiting.select_related("order__contract__agency").order_by("pk")


def prices_of(order: TaskOrder) -> dict[PriceKey, list[PriceInForce]]:
    """The order's prices as known now, with the instants in which they are in force."""
    rows = (
        OrderRate.objects.filter(
            line__order=order,
            line__is_removed=False,
            rate_row__superseded_at__isnull=True,
        )
        .select_related(
            "line__contract_line", "rate_row__model", "rate_row__token_class"
        )
        .order_by("pk")
    )
    found: dict[PriceKey, list[PriceInForce]] = defaultdict(list)
    for each in rows:
        row = each.rate_row
        key = (each.line.clin, row.model.snapshot, row.token_class.code, row.tier)
        price = UnitPrice(each.usd_per_million_tokens)
        found[key].append(
            PriceInForce(row.slin, row.in_force.lower, row.in_force.upper, price)
        )
    return dict(found)


def invoiced_before(
    order: TaskOrder, stated: Stated, lines: Mapping[str, OrderLine]
) -> Iterator[DuplicateInvoice]:
    """A number that was used, and lines whose period is invoiced already (R-INV-03)."""
    same = Invoice.objects.filter(
        vendor_id=order.contract.vendor_id, number=stated.number
    ).exclude(state__in=[InvoiceState.RETURNED, InvoiceState.WITHDRAWN])
    if same.exists():
        message = f"Invoice {stated.number} was received already."
        yield DuplicateInvoice(message, number=stated.number)
    twice = stated_twice(stated)
    for position, line in stated.numbered:
        order_line = lines.get(line.clin)
        if order_line is None or line.period_end <= line.period_start:
            continue
        before = _same_kind(order_line, line).filter(
            kind=line.kind,
            period__overlap=DateTimeTZRange(line.period_start, line.period_end, "[)"),
        )
        if line.is_adjustment:
            before = before.filter(invoice__state=InvoiceState.RECEIVED)
        if position in twice or before.exists():
            message = f"Line {position}: this line and period is invoiced already."
            yield DuplicateInvoice(message, line=position)
    yield from _charged_before(stated, lines)


def _same_kind(order_line: OrderLine, line: StatedLine) -> QuerySet[InvoiceLine]:
    """Live invoice lines of the same order line, model, class and tier."""
    return InvoiceLine.objects.filter(
        order_line=order_line,
        model__snapshot=line.model,
        token_class__code=line.token_class_code,
        tier=line.tier,
        voided_at__isnull=True,
    )


def adjusted_line(order_line: OrderLine, line: StatedLine) -> InvoiceLine | None:
    """The accepted line in whose period an adjustment lies; at most one can be it."""
    period = DateTimeTZRange(line.period_start, line.period_end, "[)")
    return (
        _same_kind(order_line, line)
        .filter(
            kind=LineKind.USAGE,
            period__contains=period,
            invoice__state__in=ACCEPTED,
        )
        .first()
    )


def next_turn(line: InvoiceLine) -> int:
    """The number of the next adjustment of a line; its order is locked."""
    live = line.adjustments.filter(voided_at__isnull=True)
    return int(live.aggregate(last=Max("turn"))["last"] or 0) + 1


def not_to_adjust(
    stated: Stated, lines: Mapping[str, OrderLine]
) -> Iterator[NothingToAdjust]:
    """Adjustments of what is not accepted yet, or is priced by volume (R-MET-05)."""
    for position, line in stated.numbered:
        order_line = lines.get(line.clin)
        if order_line is None or not line.is_adjustment:
            continue
        if order_line.contract_line.is_by_volume:
            message = (
                f"Line {position}: line {line.clin} is priced by volume, where late "
                "usage moves the price of its whole period. Only a line of one price "
                "is adjusted."
            )
            yield NothingToAdjust(message, line=position)
        elif line.period_end > line.period_start and not adjusted_line(
            order_line, line
        ):
            message = (
                f"Line {position}: no line of this kind and period is accepted, so "
                "that there is nothing to adjust. State it as usage."
            )
            yield NothingToAdjust(message, line=position)


def _charged_before(
    stated: Stated, lines: Mapping[str, OrderLine]
) -> Iterator[DuplicateInvoice]:
    twice = charged.stated_twice(stated.charged)
    for position, line in stated.charged:
        order_line = lines.get(line.clin)
        if order_line is None or line.period_end <= line.period_start:
            continue
        before = ChargeLine.objects.filter(
            order_line=order_line,
            kind=line.kind,
            period__overlap=DateTimeTZRange(line.period_start, line.period_end, "[)"),
            voided_at__isnull=True,
        )
        if position in twice or before.exists():
            message = f"Line {position}: this line and period is invoiced already."
            yield DuplicateInvoice(message, line=position)


def of_another_structure(
    stated: Stated, lines: Mapping[str, OrderLine]
) -> Iterator[Refusal]:
    """Tokens on a line that is bought by the unit, and units on one of tokens."""
    by_unit = {clin for clin, line in lines.items() if line.is_by_unit}
    for position, line in stated.numbered:
        if line.clin in by_unit:
            message = (
                f"Line {position}: line {line.clin} is bought by the unit. State units "
                "and their price, no tokens."
            )
            yield ImproperInvoice(message, line=position)
    for position, charge in stated.charged:
        is_wrong = charge.clin in lines and charge.clin not in by_unit
        if is_wrong and charge.kind == ChargeKind.CHARGE:
            message = (
                f"Line {position}: line {charge.clin} is of tokens. State its model, "
                "class and tokens."
            )
            yield ImproperInvoice(message, line=position)


def beyond_the_obligation(
    stated: Stated, lines: Mapping[str, OrderLine]
) -> Iterator[Refusal]:
    """Lines and ACRNs on which more is asked for than is unliquidated (R-INV-05)."""
    asked: dict[tuple[str, str], list[Dollars]] = defaultdict(list)
    for line in stated.lines:
        asked[line.clin, ""].append(line.amount)
        if line.acrn:
            asked[line.clin, line.acrn].append(line.amount)
    for (clin, acrn), amounts in sorted(asked.items()):
        if clin not in lines:
            continue
        rows = [
            row
            for row in balances_of(lines[clin].holder)
            if not acrn or row.acrn == acrn
        ]
        where = f"Line {clin}, ACRN {acrn}" if acrn else f"Line {clin}"
        if acrn and not rows:
            yield ImproperInvoice(f"{where}: the line has no such ACRN.", clin=clin)
            continue
        left = total_dollars(
            Dollars(row.obligated_dollars) - Dollars(row.accepted_dollars)
            for row in rows
        ) - _waiting(lines[clin], acrn)
        total = total_dollars(amounts)
        if total > left:
            message = (
                f"{where}: {in_cents(total)} is invoiced; {in_cents(left)} is "
                "obligated and neither accepted nor on another invoice."
            )
            yield AmountExceedsObligation(message, clin=clin, short_by=total - left)


def _waiting(line: OrderLine, acrn: str) -> Dollars:
    """What other invoices ask for on this line and that is not decided yet."""
    rows = InvoiceLine.objects.filter(
        order_line=line, voided_at__isnull=True, invoice__state=InvoiceState.RECEIVED
    )
    charges = ChargeLine.objects.filter(
        order_line=line, voided_at__isnull=True, invoice__state=InvoiceState.RECEIVED
    )
    if acrn:
        rows, charges = rows.filter(acrn=acrn), charges.filter(acrn=acrn)
    return total_dollars(
        Dollars(found.aggregate(sum=Sum("amount_dollars"))["sum"] or Decimal(0))
        for found in (rows, charges)
    )


def tasks_on(contract: Contract, actor: Actor, at: datetime) -> Iterable[Task]:
    """Usage that the vendor has yet to report, and invoices to accept or return."""
    vendor = contract.vendor.name
    running = (TaskOrderState.ISSUED, TaskOrderState.COMPLETED)
    for order in TaskOrder.objects.filter(
        contract=contract, state__in=running
    ).select_related("contract"):
        first = _unreported_since(order)
        if first is not None:
            yield Task(
                "Reports",
                f"Usage report on {order.piid}",
                f"{order.path}/receive_usage_report"
                if actor.is_vendor
                else "/usage_reports/",
                accounting_day(report_due_at(order, first), contract.time_zone)
                - timedelta(days=1),
                vendor,
            )
    invoices = invoices_visible_to(actor).filter(order__contract=contract)
    for invoice in invoices.filter(state=InvoiceState.RECEIVED).order_by("pk"):
        what = f"Invoice {invoice.number} waits to be accepted or returned"
        yield Task("Invoices", what, invoice.path, None, "Representative")


def _unreported_since(order: TaskOrder) -> datetime | None:
    """The begin of the first day of use after the last reported one, if there is one.

    Periods of reports are whole days of the contract.
    """
    zone = order.contract.time_zone
    last = reports_that_count(order).aggregate(end=Max("period_end"))["end"]
    since = None if last is None else accounting_day(last, zone)
    day = first_days_of([order.pk], since).get(order.pk)
    return None if day is None else day_bounds(day, zone).start


def filed_on(contract: Contract, actor: Actor) -> Iterable[Filed]:
    """The vendor's usage reports and invoices, for the file of the contract."""
    zone = contract.time_zone
    reports = reports_visible_to(actor).filter(order__contract=contract)
    for report in reports.select_related("order").order_by("pk"):
        day = accounting_day(report.received_at, zone)
        what = f"Usage report {report.label} on {report.order.piid}"
        yield Filed("REPORTS", what, report.path, day)
    invoices = invoices_visible_to(actor).filter(order__contract=contract)
    for invoice in invoices.order_by("pk"):
        day = accounting_day(invoice.received_at, zone)
        what = f"Invoice {invoice.number}, {invoice.get_state_display()}"
        yield Filed("INVOICES", what, invoice.path, day)
