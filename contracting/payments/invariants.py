"""What must hold of payments at every moment."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from contracting.billing.models import Invoice
from contracting.billing.states import InvoiceState
from contracting.core.invariants import Invariant
from contracting.core.quantities import Dollars, total_dollars
from contracting.ledger.queries import transfers_because
from contracting.ledger.states import COLUMNS
from contracting.payments.models import PaymentCertification
from contracting.reconciliation.queries import accepted_total

_PAID: Final = COLUMNS["paid_dollars"]


def _a_voucher_is_what_was_accepted() -> Iterator[str]:
    for row in PaymentCertification.objects.select_related("invoice").order_by("pk"):
        accepted = accepted_total(row.invoice)
        dollars = Dollars(row.dollars) + Dollars(row.offset_dollars)
        if dollars != accepted:
            yield f"{row}: {dollars} is certified; {accepted} is accepted."


def _a_voucher_is_the_sum_of_its_funds() -> Iterator[str]:
    for row in PaymentCertification.objects.order_by("pk"):
        parts = total_dollars(
            Dollars(Decimal(amount))
            for by_acrn in row.by_acrn.values()
            for amount in by_acrn.values()
        )
        whole = Dollars(row.dollars) + Dollars(row.offset_dollars)
        if parts != whole:
            yield f"{row}: {whole} is certified; its ACRNs sum to {parts}."
        offsets = total_dollars(Dollars(each.dollars) for each in row.offsets.all())
        if offsets != Dollars(row.offset_dollars):
            yield f"{row}: {row.offset_dollars} is taken off; its credits: {offsets}."


def _the_ledger_has_what_was_paid() -> Iterator[str]:
    vouchers = PaymentCertification.objects.select_related(
        "invoice__order", "payment"
    ).order_by("pk")
    for row in vouchers:
        subject = row.subject
        posted = total_dollars(
            Dollars(_PAID.effect(each.debit.kind, each.credit.kind) * each.dollars)
            for each in transfers_because(subject.kind, subject.id)
        )
        paid = Dollars(row.payment.dollars if row.is_paid else 0)
        if posted != paid:
            yield f"{row}: {paid} is paid; the ledger has {posted}."
        if row.is_paid and paid != Dollars(row.dollars):
            yield f"{row}: {row.dollars} is certified and {paid} is paid."


def _an_invoice_is_as_far_as_its_voucher() -> Iterator[str]:
    signed = [InvoiceState.CERTIFIED, InvoiceState.PAID]
    for row in PaymentCertification.objects.select_related("invoice", "payment"):
        wanted = InvoiceState.PAID if row.is_paid else InvoiceState.CERTIFIED
        if row.invoice.state != wanted:
            yield f"{row}: its invoice is {row.invoice.get_state_display()}."
    for invoice in Invoice.objects.filter(
        state__in=signed, certification__isnull=True
    ).order_by("pk"):
        yield f"Invoice {invoice} is {invoice.get_state_display()}, without a voucher."


INVARIANTS: Final = [
    Invariant(
        "PAY-1",
        "What is certified for payment, with the credits that it takes off, is what "
        "was accepted, to the cent.",
        _a_voucher_is_what_was_accepted,
    ),
    Invariant(
        "PAY-2",
        "The parts of a voucher by ACRN, less its credits, sum to it.",
        _a_voucher_is_the_sum_of_its_funds,
    ),
    Invariant(
        "PAY-3",
        "The ledger has paid what was certified and recorded, and nothing else.",
        _the_ledger_has_what_was_paid,
    ),
    Invariant(
        "PAY-4",
        "An invoice is certified when it has a voucher, and paid when that is paid.",
        _an_invoice_is_as_far_as_its_voucher,
    ),
]
