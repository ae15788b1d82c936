"""Pages of usage reports and invoices."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from contracting.billing import forms, permissions, queries
from contracting.billing.calculations import HEADER
from contracting.billing.calculations.formats import OURS
from contracting.billing.calculations.signing import is_signature_of
from contracting.billing.calculations.ubl import said_of
from contracting.billing.models import Invoice
from contracting.billing.operations.receive_invoice import receive_invoice
from contracting.billing.operations.receive_report import receive_usage_report
from contracting.billing.operations.return_invoice import return_invoice
from contracting.billing.operations.withdraw_invoice import withdraw_invoice
from contracting.billing.queries.clocks import return_by
from contracting.billing.queries.credits import open_credits
from contracting.billing.queries.drafts import drafted
from contracting.billing.queries.written import ubl_of
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import Verdict
from contracting.core.quantities import Dollars
from contracting.core.views import PageView, VerbView
from contracting.documents.queries import download_headers
from contracting.orders.models import TaskOrder
from contracting.orders.queries import get_task_order_for
from contracting.orders.queries import visible_to as orders_visible_to
from contracting.orders.states import SIGNED

PER_PAGE = 50
ROWS_SHOWN = 200


class InvoicesPage(PageView):
    """Which invoices are there, and what is asked for?"""

    template_name = "billing/invoices.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        invoices = queries.invoices_visible_to(self.actor).order_by("-pk")
        page = Paginator(invoices, PER_PAGE).get_page(self.request.GET.get("page"))
        return {
            "page_obj": page,
            "open": invoices.filter(pk__in=queries.open_invoices()).aggregate(
                sum=Sum("total_dollars")
            )["sum"],
            "orders": _orders_to_bill(self.actor),
        }


class UsageReportsPage(PageView):
    """What have vendors reported, and was it on time?"""

    template_name = "billing/usage_reports.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        reports = queries.reports_visible_to(self.actor).order_by("-pk")
        page = Paginator(reports, PER_PAGE).get_page(self.request.GET.get("page"))
        return {"page_obj": page, "orders": _orders_to_bill(self.actor)}


def _orders_to_bill(actor: Actor) -> list[TaskOrder]:
    """The signed orders on which this vendor may report and invoice."""
    if not actor.is_vendor:
        return []
    orders = orders_visible_to(actor).filter(state__in=SIGNED).order_by("-pk")
    return list(orders[:20])


class UsageReportPage(PageView):
    """One report: what it covers, its totals and its first rows."""

    template_name = "billing/usage_report.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        report = queries.get_report_for(self.actor, ids["public_id"])
        totals = queries.totals_of(report)
        return {
            "report": report,
            "order": report.order,
            "zone": report.order.contract.time_zone,
            "totals": totals,
            "tokens": sum(each["tokens"] for each in totals),
            "is_still_signed": report.signed_with is not None
            and is_signature_of(
                report.sent_sha256, report.signature, report.signed_with.public_key
            ),
            "rows": report.rows.order_by("row_number")[:ROWS_SHOWN],
        }


class OrderVerbView(VerbView):
    """A verb of the vendor on one of its orders."""

    def thing(self, *_: Any, **ids: Any) -> TaskOrder:
        return get_task_order_for(self.actor, ids["public_id"])

    def form_options(self, thing: TaskOrder) -> dict[str, Any]:
        return {"zone": thing.contract.time_zone}

    def extra(self, thing: TaskOrder) -> dict[str, Any]:
        return {"order": thing, "cancel_url": thing.path}


class ReceiveUsageReport(OrderVerbView):
    """The vendor sends what it counted."""

    template_name = "billing/receive_usage_report.html"
    form_class = forms.ReceiveUsageReportForm
    submit_label = "Send the report"
    done_message = "The report was received."

    def verdict(self, thing: TaskOrder) -> Verdict:
        return permissions.can_receive_usage_report(self.actor, thing)

    def perform(
        self, *, thing: TaskOrder, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        report = receive_usage_report(
            order_id=thing.pk,
            label=data["label"],
            period_start=data["period_start"],
            period_end=data["period_end"],
            content=data["file"].read(),
            stated_total=data["stated_total"],
            supersedes=data["supersedes"],
            format=data["format"] or OURS,
            mapping=data["mapping"],
            signature=data["signature"],
            by=by,
            at=at,
        )
        return reverse("billing:usage_report", args=[report.public_id])


def header_on_file(order: TaskOrder, contact: str) -> dict[str, Any]:
    """The elements of a proper invoice's header that are known of order and vendor."""
    contract, vendor = order.contract, order.contract.vendor
    return {
        "vendor_name": vendor.name,
        "vendor_address": vendor.address,
        "contract_number": contract.piid,
        "order_number": order.piid,
        "payment_terms": f"Net {contract.payment_days} days",
        "remit_to": vendor.remit_to,
        "defect_contact": contact,
        "tin": f"on file, ends {vendor.tin_last4}" if vendor.tin_last4 else "",
    }


class ReceiveInvoice(OrderVerbView):
    """The vendor sends an invoice and is told every defect at once."""

    template_name = "billing/receive_invoice.html"
    form_class = forms.ReceiveInvoiceForm
    submit_label = "Send the invoice"
    done_message = "The invoice was received. It is compared with the meter tonight."

    def verdict(self, thing: TaskOrder) -> Verdict:
        return permissions.can_receive_invoice(self.actor, thing)

    def extra(self, thing: TaskOrder) -> dict[str, Any]:
        credits = open_credits(thing)
        return {"order": thing, "cancel_url": thing.path, "credits": credits}

    def initial(self, thing: TaskOrder) -> dict[str, Any]:
        return {
            "invoiced_on": accounting_day(clock.now(), thing.contract.time_zone),
            **header_on_file(thing, self.actor.name),
            **drafted(thing, self.request.GET.get("draft", "")),
        }

    def perform(
        self, *, thing: TaskOrder, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        invoice = receive_invoice(
            order_id=thing.pk,
            number=data["number"],
            invoiced_on=data["invoiced_on"],
            period_start=data["period_start"],
            period_end=data["period_end"],
            header={name: data[name] for name in HEADER},
            lines=data["stated_lines"],
            total=Dollars(data["total"]),
            content=data["content"],
            media_type=data["media_type"],
            corrects=data["corrects"],
            draft=data["draft"],
            by=by,
            at=at,
        )
        return invoice.path


class ReceiveInvoiceFile(OrderVerbView):
    """The vendor sends a whole invoice as a file, and is told every defect at once."""

    template_name = "billing/receive_invoice_file.html"
    form_class = forms.ReceiveInvoiceFileForm
    submit_label = "Send the invoice"
    done_message = "The invoice was received. It is compared with the meter tonight."

    def verdict(self, thing: TaskOrder) -> Verdict:
        return permissions.can_receive_invoice(self.actor, thing)

    def perform(
        self, *, thing: TaskOrder, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        invoice = receive_invoice(
            order_id=thing.pk,
            **said_of(data["stated"]),
            content=data["content"],
            media_type="application/xml",
            corrects=data["corrects"],
            by=by,
            at=at,
        )
        return invoice.path


class InvoiceUbl(PageView):
    """An invoice as a file in UBL 2.1, for both sides."""

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        invoice = queries.get_invoice_for(self.actor, ids["public_id"])
        headers = download_headers(f"invoice-{invoice.public_id}.xml")
        return HttpResponse(
            ubl_of(invoice), content_type="application/xml", headers=headers
        )


class InvoiceVerbView(VerbView):
    """A verb on one invoice that the actor may see."""

    def thing(self, *_: Any, **ids: Any) -> Invoice:
        return queries.get_invoice_for(self.actor, ids["public_id"])

    def extra(self, thing: Invoice) -> dict[str, Any]:
        return {"invoice": thing, "order": thing.order, "cancel_url": thing.path}


class ReturnInvoice(InvoiceVerbView):
    """Give an improper invoice back with reasons."""

    template_name = "billing/return_invoice.html"
    form_class = forms.ReturnInvoiceForm
    submit_label = "Return the invoice"
    done_message = "The invoice is returned; the vendor is told why."

    def verdict(self, thing: Invoice) -> Verdict:
        on = accounting_day(clock.now(), thing.order.contract.time_zone)
        return permissions.can_return_invoice(self.actor, thing, on)

    def initial(self, thing: Invoice) -> dict[str, Any]:
        return {"reasons": "\n".join(each["message"] for each in thing.defects)}

    def extra(self, thing: Invoice) -> dict[str, Any]:
        last = return_by(thing)
        on = accounting_day(clock.now(), thing.order.contract.time_zone)
        late = max(0, (on - last).days)
        shown = {"return_by": last, "late_by": late, "cancel_url": thing.path}
        return {"invoice": thing, "order": thing.order, **shown}

    def perform(
        self, *, thing: Invoice, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        reasons = data["reasons"].splitlines()
        return return_invoice(invoice_id=thing.pk, reasons=reasons, by=by, at=at).path


class WithdrawInvoice(InvoiceVerbView):
    """The vendor takes an invoice back."""

    template_name = "billing/withdraw_invoice.html"
    submit_label = "Withdraw the invoice"
    done_message = "The invoice is withdrawn. Its lines can be invoiced again."

    def verdict(self, thing: Invoice) -> Verdict:
        return permissions.can_withdraw_invoice(self.actor, thing)

    def perform(
        self, *, thing: Invoice, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        return withdraw_invoice(invoice_id=thing.pk, by=by, at=at).path
