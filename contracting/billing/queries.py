"""Reads of usage reports and invoices."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from contracting.billing.models import Invoice, InvoiceLine, ReportRow, UsageReport
from contracting.billing.states import InvoiceState
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import accounting_day, day_bounds
from contracting.orders.models import TaskOrder


def reports_visible_to(actor: Actor) -> QuerySet[UsageReport]:
    """The agency's and the vendor's own."""
    reports = UsageReport.objects.select_related("order__contract", "vendor")
    if actor.is_agency and (actor.role or actor.is_key):
        return reports.filter(order__contract__agency_id=actor.organization_id)
    if actor.is_vendor:
        return reports.filter(vendor_id=actor.organization_id)
    return reports.none()


def get_report_for(actor: Actor, public_id: str) -> UsageReport:
    """One usage report.

    :raises NotVisible: if it is not there for this actor
    """
    report = reports_visible_to(actor).filter(public_id=public_id).first()
    if report is None:
        message = "There is no such usage report."
        raise NotVisible(message)
    return report


def invoices_visible_to(actor: Actor) -> QuerySet[Invoice]:
    """The agency's and the vendor's own."""
    invoices = Invoice.objects.select_related("order__contract", "vendor")
    if actor.is_agency and (actor.role or actor.is_key):
        return invoices.filter(order__contract__agency_id=actor.organization_id)
    if actor.is_vendor:
        return invoices.filter(vendor_id=actor.organization_id)
    return invoices.none()


def get_invoice_for(actor: Actor, public_id: str) -> Invoice:
    """One invoice.

    :raises NotVisible: if it is not there for this actor
    """
    invoice = invoices_visible_to(actor).filter(public_id=public_id).first()
    if invoice is None:
        message = "There is no such invoice."
        raise NotVisible(message)
    return invoice


def live_lines(invoice: Invoice) -> QuerySet[InvoiceLine]:
    """The lines of an invoice that was not returned or withdrawn."""
    return (
        InvoiceLine.objects.filter(invoice=invoice, voided_at__isnull=True)
        .select_related("order_line__contract_line", "model", "token_class")
        .order_by("position")
    )


def report_rows(
    order: TaskOrder, start: datetime, end: datetime
) -> QuerySet[ReportRow]:
    """Every reported row of the order in ``[start, end)``, in order of arrival."""
    return (
        ReportRow.objects.filter(
            report__order=order, occurred_at__gte=start, occurred_at__lt=end
        )
        .select_related("report")
        .order_by("report_id", "row_number")
    )


def report_due_at(order: TaskOrder, occurred_at: datetime) -> datetime:
    """When usage of that instant must have been reported, by the contract's days."""
    contract = order.contract
    day = accounting_day(occurred_at, contract.time_zone)
    end = day_bounds(day, contract.time_zone).end
    return end + timedelta(days=contract.report_due_days)


def open_invoices() -> QuerySet[Invoice]:
    """Invoices that wait to be accepted or returned."""
    return Invoice.objects.filter(state=InvoiceState.RECEIVED).select_related(
        "order__contract"
    )
