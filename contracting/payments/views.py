"""Pages of payments: what is owed and when, the voucher, and its two signatures."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Sum
from django.urls import reverse

from contracting.audit.queries import events_of
from contracting.billing.models import Invoice
from contracting.billing.queries import get_invoice_for
from contracting.billing.queries.credits import open_credits
from contracting.contracts.models import Contract
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import Verdict
from contracting.core.quantities import Dollars, total_dollars
from contracting.core.views import PageView, VerbView
from contracting.payments import forms, permissions, queries
from contracting.payments.models import PaymentCertification
from contracting.payments.operations.certify import certify_payment
from contracting.payments.operations.record import record_payment
from contracting.reconciliation.queries import accepted_total, open_findings

PER_PAGE = 50


def today_of(contract: Contract) -> date:
    """The day that it is now where the contract counts its days."""
    return accounting_day(clock.now(), contract.time_zone)


class PaymentsPage(PageView):
    """What is owed, and which payment is due next?"""

    template_name = "payments/payments.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        by = self.actor
        owed = queries.owed_to_or_by(by, clock.now())
        paid = queries.payments_visible_to(by)
        page = Paginator(paid, PER_PAGE).get_page(self.request.GET.get("page"))
        return {
            "owed": [(each, self._verdict(each)) for each in owed],
            "owed_dollars": total_dollars(each.dollars for each in owed),
            "next_due_on": owed[0].due_on if owed else None,
            "overdue": sum(each.is_overdue for each in owed),
            "page_obj": page,
            "paid_dollars": paid.aggregate(sum=Sum("dollars"))["sum"] or 0,
        }

    def _verdict(self, owed: queries.Owed) -> Verdict:
        if owed.certification is None:
            return permissions.can_certify_payment(self.actor, owed.invoice)
        return permissions.can_record_payment(self.actor, owed.certification)


class PaymentPage(PageView):
    """One voucher: what is paid for, to whom, from which funds, and when?"""

    template_name = "payments/payment.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        found = queries.get_certification_for(self.actor, ids["public_id"])
        invoice = found.invoice
        lines = queries.voucher_lines(invoice)
        return {
            "certification": found,
            "invoice": invoice,
            "order": invoice.order,
            "contract": invoice.order.contract,
            "payment": found.payment if found.is_paid else None,
            "lines": lines,
            "charges": queries.voucher_charges(invoice),
            "tokens": queries.tokens_of(lines),
            "withheld": invoice.asked
            - Dollars(found.dollars)
            - Dollars(found.offset_dollars),
            "gross": Dollars(found.dollars) + Dollars(found.offset_dollars),
            "offsets": found.offsets.select_related("credit").order_by("pk"),
            "acceptances": queries.acceptances_of(invoice),
            "classification": queries.classification_of(found),
            "is_overdue": not found.is_paid
            and found.due_on < today_of(invoice.order.contract),
            "may_record": permissions.can_record_payment(self.actor, found),
            "events": events_of(found.subject),
        }


def _payable(invoice: Invoice, accepted: Dollars) -> dict[str, Any]:
    """What is to be paid once credits are taken off."""
    parts = queries.accepted_by_acrn(invoice)
    offsets = queries.offsets_for(invoice, parts, set_off=True)
    taken_off = total_dollars(each.dollars for each in offsets)
    return {
        "offsets": offsets,
        "stated": any(each.line for each in offsets),
        "taken_off": taken_off,
        "payable": accepted - taken_off,
    }


class CertifyPayment(VerbView):
    """The certifying officer's signature on what is accepted."""

    template_name = "payments/certify_payment.html"
    form_class = forms.CertifyPaymentForm
    submit_label = "Certify for payment"
    done_message = "The payment is certified. The vendor knows its due date."

    def thing(self, *_: Any, **ids: Any) -> Invoice:
        return get_invoice_for(self.actor, ids["public_id"])

    def verdict(self, thing: Invoice) -> Verdict:
        return permissions.can_certify_payment(self.actor, thing)

    def form_options(self, thing: Invoice) -> dict[str, Any]:
        return {"has_credits": open_credits(thing.order).exists()}

    def extra(self, thing: Invoice) -> dict[str, Any]:
        accepted = accepted_total(thing)
        lines = queries.voucher_lines(thing)
        return {
            "invoice": thing,
            "order": thing.order,
            "contract": thing.order.contract,
            "accepted": accepted,
            "withheld": thing.asked - accepted,
            **_payable(thing, accepted),
            "due_on": queries.payment_due_on(thing),
            "acceptances": queries.acceptances_of(thing),
            "lines": lines,
            "charges": queries.voucher_charges(thing),
            "tokens": queries.tokens_of(lines),
            "open_findings": open_findings(thing.order).filter(invoice=thing).count(),
            "cancel_url": reverse("payments:payments"),
        }

    def perform(
        self, *, thing: Invoice, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        return certify_payment(
            invoice_id=thing.pk, set_off=data.get("set_off", True), by=by, at=at
        ).path


class RecordPayment(VerbView):
    """What the finance system has paid."""

    template_name = "payments/record_payment.html"
    form_class = forms.RecordPaymentForm
    submit_label = "Record the payment"
    done_message = "The payment is recorded. The vendor is told its trace number."

    def thing(self, *_: Any, **ids: Any) -> PaymentCertification:
        return queries.get_certification_for(self.actor, ids["public_id"])

    def verdict(self, thing: PaymentCertification) -> Verdict:
        return permissions.can_record_payment(self.actor, thing)

    def initial(self, thing: PaymentCertification) -> dict[str, Any]:
        return {"paid_on": today_of(thing.invoice.order.contract)}

    def extra(self, thing: PaymentCertification) -> dict[str, Any]:
        return {
            "certification": thing,
            "invoice": thing.invoice,
            "classification": queries.classification_of(thing),
            "cancel_url": thing.path,
        }

    def perform(
        self,
        *,
        thing: PaymentCertification,
        data: dict[str, Any],
        by: Actor,
        at: datetime,
    ) -> str:
        record_payment(
            certification_id=thing.pk,
            paid_on=data["paid_on"],
            reference=data["reference"],
            by=by,
            at=at,
        )
        return thing.path
