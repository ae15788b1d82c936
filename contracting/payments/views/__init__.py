"""Pages of payments: what is owed and when, the voucher, and its two signatures."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from contracting.audit.queries import events_of
from contracting.billing.models import Invoice
from contracting.billing.queries import get_invoice_for
from contracting.billing.queries.clocks import payment_days_of
from contracting.billing.queries.credits import open_credits
from contracting.contracts.models import Contract
from contracting.contracts.queries import get_contract_for
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import accounting_day
from contracting.core.permissions import Verdict
from contracting.core.quantities import Dollars, total_dollars
from contracting.core.views import PageView, VerbView
from contracting.documents.queries import (
    documents_of,
    download_headers,
    read_blob,
)
from contracting.payments import forms, permissions, queries
from contracting.payments.models import PaymentCertification
from contracting.payments.operations.authorize_early_payment import (
    authorize_early_payment,
)
from contracting.payments.operations.certify import certify_payment
from contracting.payments.operations.export_payments import export_payments
from contracting.payments.operations.import_payment_status import (
    import_payment_status,
)
from contracting.payments.operations.record import record_payment
from contracting.payments.operations.return_payment import return_payment
from contracting.payments.operations.state_acceptance_period import (
    state_acceptance_period,
)
from contracting.payments.queries.batches import (
    exports_visible_to,
    get_export_for,
    waiting_for_export,
)
from contracting.payments.queries.clocks import (
    acceptance_days,
    clocks_of,
    discount_for,
    standing,
    sum_of,
    uncertified,
)
from contracting.payments.queries.corrected import (
    interest_corrected,
    payments_corrected,
)
from contracting.payments.queries.offsets import offsets_for
from contracting.payments.queries.remaining import earlier_invoices, funds_behind
from contracting.payments.queries.seen import seen_of
from contracting.reconciliation.queries import latest_run, open_findings
from contracting.reference.queries import threshold

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
            "corrected": payments_corrected(by),
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
        accepted = queries.acceptances_of(found)
        lines = queries.voucher_lines(accepted)
        paid = getattr(found, "payment", None)
        return {
            "certification": found,
            "invoice": invoice,
            "order": invoice.order,
            "contract": invoice.order.contract,
            "payment": paid,
            "corrected": interest_corrected(paid) if paid else None,
            "lines": lines,
            "charges": queries.voucher_charges(accepted),
            "tokens": queries.tokens_of(lines),
            "withheld": queries.withheld_of(invoice),
            "payment_days": payment_days_of(invoice),
            "clocks": found.acceptances.select_related("acceptance").order_by(
                "due_on", "pk"
            ),
            "others": standing(invoice).exclude(pk=found.pk),
            "offsets": found.offsets.select_related("credit", "credit_line").order_by(
                "pk"
            ),
            "acceptances": accepted,
            "classification": queries.classification_of(found),
            "is_overdue": found.state == "CERTIFIED"
            and found.due_on < today_of(invoice.order.contract),
            "may_record": permissions.can_record_payment(self.actor, found),
            "may_authorize": permissions.can_authorize_early_payment(self.actor, found),
            "documents": documents_of(found.subject).visible_to(self.actor),
            "events": events_of(found.subject),
        }


def _payable(invoice: Invoice, accepted: Dollars) -> dict[str, Any]:
    """What is to be paid once credits are taken off."""
    contract = invoice.order.contract
    parts = queries.accepted_by_acrn(uncertified(invoice))
    offsets = offsets_for(invoice, parts, set_off=True)
    taken_off = total_dollars(each.dollars for each in offsets)
    return {
        "offsets": offsets,
        "stated": any(each.line for each in offsets),
        "taken_off": taken_off,
        "discount": discount_for(invoice, accepted - taken_off, today_of(contract)),
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

    def initial(self, thing: Invoice) -> dict[str, Any]:
        return {"seen_sha256": seen_of(thing, today_of(thing.order.contract))}

    def extra(self, thing: Invoice) -> dict[str, Any]:
        waiting = uncertified(thing)
        accepted = sum_of(waiting)
        lines = queries.voucher_lines(waiting)
        return {
            "invoice": thing,
            "order": thing.order,
            "contract": thing.order.contract,
            "accepted": accepted,
            "withheld": queries.withheld_of(thing),
            **_payable(thing, accepted),
            "due_on": min((clocks_of(each).due_on for each in waiting), default=None),
            "acceptances": waiting,
            "before": standing(thing),
            "funds": funds_behind(queries.accepted_by_acrn(waiting)),
            "earlier": earlier_invoices(thing),
            "run": latest_run(thing),
            "lines": lines,
            "charges": queries.voucher_charges(waiting),
            "tokens": queries.tokens_of(lines),
            "open_findings": open_findings(thing.order).filter(invoice=thing).count(),
            "cancel_url": reverse("payments:payments"),
        }

    def perform(
        self, *, thing: Invoice, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        return certify_payment(
            invoice_id=thing.pk,
            set_off=data.get("set_off", True),
            seen_sha256=data["seen_sha256"],
            by=by,
            at=at,
        ).path


class VoucherVerbView(VerbView):
    """A verb on one voucher that the actor may see."""

    def thing(self, *_: Any, **ids: Any) -> PaymentCertification:
        return queries.get_certification_for(self.actor, ids["public_id"])

    def extra(self, thing: PaymentCertification) -> dict[str, Any]:
        return {
            "certification": thing,
            "invoice": thing.invoice,
            "cancel_url": thing.path,
        }


class RecordPayment(VoucherVerbView):
    """What the finance system has paid."""

    template_name = "payments/record_payment.html"
    form_class = forms.RecordPaymentForm
    submit_label = "Record the payment"
    done_message = "The payment is recorded. The vendor is told its trace number."

    def verdict(self, thing: PaymentCertification) -> Verdict:
        return permissions.can_record_payment(self.actor, thing)

    def initial(self, thing: PaymentCertification) -> dict[str, Any]:
        return {"paid_on": today_of(thing.invoice.order.contract)}

    def extra(self, thing: PaymentCertification) -> dict[str, Any]:
        about = super().extra(thing)  # noqa: S610 (ours, not a queryset)
        return {**about, "classification": queries.classification_of(thing)}

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


class ReturnPayment(VoucherVerbView):
    """Finance gave the voucher back."""

    template_name = "payments/return_payment.html"
    form_class = forms.ReasonForm
    submit_label = "Record the return"
    done_message = "The voucher is returned. What it pays can be certified anew."

    def verdict(self, thing: PaymentCertification) -> Verdict:
        return permissions.can_record_payment(self.actor, thing)

    def perform(
        self,
        *,
        thing: PaymentCertification,
        data: dict[str, Any],
        by: Actor,
        at: datetime,
    ) -> str:
        return_payment(certification_id=thing.pk, reason=data["reason"], by=by, at=at)
        return thing.path


class AuthorizeEarlyPayment(VoucherVerbView):
    """Finance lets a voucher be paid early."""

    template_name = "payments/authorize_early_payment.html"
    form_class = forms.ReasonForm
    submit_label = "Authorize the early payment"
    done_message = "The voucher may be paid from now on."

    def verdict(self, thing: PaymentCertification) -> Verdict:
        return permissions.can_authorize_early_payment(self.actor, thing)

    def extra(self, thing: PaymentCertification) -> dict[str, Any]:
        days = threshold("EARLY_PAYMENT", thing.due_on).plain
        about = super().extra(thing)  # noqa: S610 (ours, not a queryset)
        return {**about, "days": days}

    def perform(
        self,
        *,
        thing: PaymentCertification,
        data: dict[str, Any],
        by: Actor,
        at: datetime,
    ) -> str:
        authorize_early_payment(
            certification_id=thing.pk, reason=data["reason"], by=by, at=at
        )
        return thing.path


class StateAcceptancePeriod(VerbView):
    """The contracting officer states how long acceptance may take."""

    template_name = "payments/state_acceptance_period.html"
    form_class = forms.StateAcceptancePeriodForm
    submit_label = "State the time"
    done_message = "The longer time holds from its day on."

    def thing(self, *_: Any, **ids: Any) -> Contract:
        return get_contract_for(self.actor, ids["public_id"])

    def verdict(self, thing: Contract) -> Verdict:
        return permissions.can_state_acceptance_period(self.actor, thing)

    def extra(self, thing: Contract) -> dict[str, Any]:
        url = reverse("contracts:contract", args=[thing.public_id])
        days = acceptance_days(thing, today_of(thing))
        return {"contract": thing, "days": days, "cancel_url": url}

    def perform(
        self, *, thing: Contract, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        state_acceptance_period(contract_id=thing.pk, by=by, at=at, **data)
        return reverse("contracts:contract", args=[thing.public_id])


class PaymentExportsPage(PageView):
    """Which payments wait for finance, and what was handed over?"""

    template_name = "payments/payment_exports.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        by = self.actor
        agency_id = _agency_of(by)
        found = exports_visible_to(by)
        return {
            "page_obj": Paginator(found, PER_PAGE).get_page(
                self.request.GET.get("page")
            ),
            "waiting": waiting_for_export(agency_id),
            "may_export": permissions.can_export_payments(by, agency_id),
        }


def _agency_of(by: Actor) -> int:
    """The actor's agency; a vendor has no such page."""
    if not by.is_agency or by.organization_id is None:
        message = "There is no such page."
        raise NotVisible(message)
    return by.organization_id


class PaymentExportFile(PageView):
    """A file of a batch, as it was kept."""

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        export = get_export_for(self.actor, ids["public_id"])
        blob = export.csv if ids["form"] == "csv" else export.json
        name = f"payments-{export.number:04d}.{ids['form']}"
        return HttpResponse(
            read_blob(blob),
            content_type=blob.media_type,
            headers=download_headers(name),
        )


class _BatchVerb(VerbView):
    """A verb on what goes to finance and comes back."""

    def thing(self, *_: Any, **ids: Any) -> int:
        return _agency_of(self.actor)

    def verdict(self, thing: int) -> Verdict:
        return permissions.can_export_payments(self.actor, thing)

    def extra(self, thing: int) -> dict[str, Any]:
        return {"cancel_url": reverse("payments:payment_exports")}


class ExportPayments(_BatchVerb):
    """Hand what is certified to finance."""

    template_name = "payments/export_payments.html"
    submit_label = "Write the batch"
    done_message = "The batch is written. Fetch its files below."

    def extra(self, thing: int) -> dict[str, Any]:
        waiting = waiting_for_export(thing)
        return {
            "waiting": waiting,
            "dollars": total_dollars(Dollars(each.dollars) for each in waiting),
            "cancel_url": reverse("payments:payment_exports"),
        }

    def perform(
        self, *, thing: int, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        export_payments(agency_id=thing, by=by, at=at)
        return reverse("payments:payment_exports")


class ImportPaymentStatus(_BatchVerb):
    """What finance answers to a batch."""

    template_name = "payments/import_payment_status.html"
    form_class = forms.ImportPaymentStatusForm
    submit_label = "Take it in"
    done_message = "Every row is recorded; vendors are told."

    def perform(
        self, *, thing: int, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        content = data["file"].read()
        import_payment_status(agency_id=thing, content=content, by=by, at=at)
        return reverse("payments:payments")
