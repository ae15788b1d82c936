"""Reads of usage reports and invoices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Count, Max, QuerySet, Sum

from contracting.billing.calculations import PriceInForce, PriceKey
from contracting.billing.models import (
    ChargeLine,
    Invoice,
    InvoiceLine,
    ReportRow,
    SigningKey,
    UsageReport,
)
from contracting.billing.states import ACCEPTED, ChargeKind, InvoiceState
from contracting.contracts.models import Contract
from contracting.contracts.queries.administration import Task
from contracting.contracts.queries.file import Filed
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import Period, accounting_day, day_bounds
from contracting.core.quantities import UnitPrice
from contracting.core.visibility import of_either_side
from contracting.metering.queries.rollups import first_days_of
from contracting.orders.models import OrderRate, TaskOrder
from contracting.orders.states import TaskOrderState


def reports_visible_to(actor: Actor) -> QuerySet[UsageReport]:
    """The agency's and the vendor's own."""
    reports = UsageReport.objects.select_related(
        "order__contract", "vendor", "payload", "supersedes", "signed_with"
    )
    return of_either_side(
        reports, actor, agency="order__contract__agency", vendor="vendor"
    )


def get_report_for(actor: Actor, public_id: str) -> UsageReport:
    """One usage report.

    :raises NotVisible: if it is not there for this actor
    """
    report = reports_visible_to(actor).filter(public_id=public_id).first()
    if report is None:
        message = "There is no such usage report."
        raise NotVisible(message, rule="R-ROL-07")
    return report


def signing_keys_visible_to(actor: Actor) -> QuerySet[SigningKey]:
    """The vendor's own; an agency sees of a key what stands on a signed report."""
    if actor.is_vendor and (actor.role or actor.is_key):
        return SigningKey.objects.filter(vendor_id=actor.organization_id)
    return SigningKey.objects.none()


def get_signing_key_for(actor: Actor, public_id: str) -> SigningKey:
    """One signing key.

    :raises NotVisible: if it is not there for this actor
    """
    key = signing_keys_visible_to(actor).filter(public_id=public_id).first()
    if key is None:
        message = "There is no such signing key."
        raise NotVisible(message, rule="R-ROL-07")
    return key


def invoices_visible_to(actor: Actor) -> QuerySet[Invoice]:
    """The agency's and the vendor's own."""
    invoices = Invoice.objects.select_related("order__contract", "vendor", "payload")
    return of_either_side(
        invoices, actor, agency="order__contract__agency", vendor="vendor"
    )


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


def saved_mapping(order: TaskOrder, name: str) -> dict[str, Any] | None:
    """How the columns of the order's last report in this format were read."""
    mapped = UsageReport.objects.filter(order=order, format=name, mapping__isnull=False)
    found: dict[str, Any] | None = (
        mapped.order_by("-pk").values_list("mapping", flat=True).first()
    )
    return found


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
