"""Pages on which the agency records what came in elsewhere, and allows a number."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contracting.billing import forms, permissions
from contracting.billing.calculations import HEADER, Stated
from contracting.billing.operations.allow_invoice import allow_invoice_number
from contracting.billing.operations.record_invoice import record_invoice
from contracting.billing.views import OrderVerbView
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import Verdict
from contracting.core.quantities import Dollars
from contracting.orders.models import TaskOrder


class RecordInvoice(OrderVerbView):
    """The agency records an invoice that came by post, e-mail or another system."""

    template_name = "billing/record_invoice.html"
    form_class = forms.RecordInvoiceForm
    submit_label = "Record the invoice"
    done_message = "The invoice is recorded with the day on which it was received."

    def verdict(self, thing: TaskOrder) -> Verdict:
        on = accounting_day(clock.now(), thing.contract.time_zone)
        return permissions.can_record_invoice(self.actor, thing, on)

    def perform(
        self, *, thing: TaskOrder, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        stated = Stated(
            number=data["number"],
            invoiced_on=data["invoiced_on"],
            period_start=data["period_start"],
            period_end=data["period_end"],
            header={name: data[name] for name in HEADER},
            lines=tuple(data["stated_lines"]),
            total=Dollars(data["total"]),
        )
        invoice = record_invoice(
            order_id=thing.pk,
            stated=stated,
            content=data["content"],
            media_type=data["media_type"],
            came_by=data["came_by"],
            received_at=data["received_at"],
            corrects=data["corrects"],
            by=by,
            at=at,
        )
        return invoice.path


class AllowInvoiceNumber(OrderVerbView):
    """The contracting officer lets a number be used once more."""

    template_name = "billing/allow_invoice_number.html"
    form_class = forms.AllowInvoiceNumberForm
    submit_label = "Allow it once"
    done_message = "The vendor is told that the number may be used once more."

    def form_options(self, thing: TaskOrder) -> dict[str, Any]:
        return {}

    def verdict(self, thing: TaskOrder) -> Verdict:
        return permissions.can_allow_invoice_number(self.actor, thing)

    def perform(
        self, *, thing: TaskOrder, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        allow_invoice_number(
            order_id=thing.pk,
            number=data["number"],
            reason=data["reason"],
            by=by,
            at=at,
        )
        return thing.path
