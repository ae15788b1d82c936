"""What must hold of payments at every moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from contracting.billing.models import Invoice
from contracting.billing.states import InvoiceState
from contracting.core.invariants import Invariant
from contracting.core.quantities import Dollars, total_dollars
from contracting.ledger.queries import transfers_because
from contracting.ledger.states import COLUMNS
from contracting.payments.calculations.interest import penalty
from contracting.payments.models import Payment, PaymentCertification
from contracting.payments.queries.clocks import standing, state_by_vouchers
from contracting.reconciliation.queries import accepted_total

_PAID: Final = COLUMNS["paid_dollars"]
_INTEREST: Final = COLUMNS["interest_dollars"]


def _a_voucher_is_what_was_accepted() -> Iterator[str]:
    for row in PaymentCertification.objects.order_by("pk"):
        accepted = total_dollars(
            Dollars(each.acceptance.accepted_dollars)
            for each in row.acceptances.select_related("acceptance")
        )
        if row.gross != accepted:
            yield f"{row}: {row.gross} is certified; {accepted} is accepted."
        released = row.acceptances.filter(released_at__isnull=False).exists()
        if released != row.is_returned:
            yield f"{row}: what it pays is free to be certified while it stands."


def _no_more_is_paid_than_was_accepted() -> Iterator[str]:
    """Per invoice, over all vouchers that stand (I18)."""
    for invoice in Invoice.objects.filter(certifications__isnull=False).distinct():
        certified = total_dollars(each.gross for each in standing(invoice))
        accepted = accepted_total(invoice)
        if certified > accepted:
            yield f"Invoice {invoice}: {certified} of {accepted} is certified."


def _interest_is_what_the_rates_say() -> Iterator[str]:
    """The interest of a payment, computed again from its own parts."""
    for row in Payment.objects.exclude(interest_dollars=0).order_by("pk"):
        again = total_dollars(
            penalty(
                Dollars(Decimal(part["principal"])),
                days=part["days"],
                percent=Decimal(part["percent"]),
            )
            for part in row.interest_parts
            if "claim" not in part
        ) + _claims_again(row.interest_parts)
        if again != Dollars(row.interest_dollars):
            yield f"{row}: {row.interest_dollars} of interest; {again} is right."


def _claims_again(parts: list[dict[str, Any]]) -> Dollars:
    """Simple interest of each claim over its half-years, rounded once for each."""
    sums: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for part in parts:
        if "claim" in part:
            first = date.fromisoformat(part["due_on"]) + timedelta(days=1)
            year = (date(first.year, 12, 31) - date(first.year - 1, 12, 31)).days
            share = Fraction(part["percent"]) / 100 * part["days"] / year
            key = part["claim"], part["principal"]
            sums[key] += Fraction(part["principal"]) * share
    return total_dollars(
        Dollars(Decimal((each * 100 + Fraction(1, 2)).__floor__()) / 100)
        for each in sums.values()
    )


def _a_voucher_is_the_sum_of_its_funds() -> Iterator[str]:
    for row in PaymentCertification.objects.order_by("pk"):
        parts = total_dollars(
            Dollars(Decimal(amount))
            for by_acrn in row.by_acrn.values()
            for amount in by_acrn.values()
        )
        if parts != row.gross:
            yield f"{row}: {row.gross} is certified; its ACRNs sum to {parts}."
        offsets = total_dollars(Dollars(each.dollars) for each in row.offsets.all())
        if offsets != Dollars(row.offset_dollars):
            yield f"{row}: {row.offset_dollars} is taken off; its credits: {offsets}."


def _the_ledger_has_what_was_paid() -> Iterator[str]:
    vouchers = PaymentCertification.objects.select_related(
        "invoice__order", "payment", "payment_return"
    ).order_by("pk")
    for row in vouchers:
        subject = row.subject
        transfers = list(transfers_because(subject.kind, subject.id))
        for column, paid in (
            (_PAID, Dollars(row.payment.dollars if row.is_paid else 0)),
            (_INTEREST, Dollars(row.payment.interest_dollars if row.is_paid else 0)),
        ):
            posted = total_dollars(
                Dollars(column.effect(each.debit.kind, each.credit.kind) * each.dollars)
                for each in transfers
            )
            if posted != paid:
                yield f"{row}: {paid} is {column.label}; the ledger has {posted}."
        if row.is_paid and row.payment.dollars != row.dollars:
            yield f"{row}: {row.dollars} is certified, {row.payment.dollars} is paid."


def _an_invoice_is_as_far_as_its_vouchers() -> Iterator[str]:
    decided = [InvoiceState.ACCEPTED, InvoiceState.CERTIFIED, InvoiceState.PAID]
    for invoice in Invoice.objects.filter(state__in=decided).order_by("pk"):
        wanted = InvoiceState(state_by_vouchers(invoice))
        if invoice.state != wanted:
            state = invoice.get_state_display()
            yield f"Invoice {invoice} is {state}; by its vouchers: {wanted.label}."


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
        "An invoice is certified when all that is accepted is on vouchers that stand, "
        "and paid when those are paid.",
        _an_invoice_is_as_far_as_its_vouchers,
    ),
    Invariant(
        "PAY-5",
        "No more of an invoice is certified than is accepted, over all its vouchers.",
        _no_more_is_paid_than_was_accepted,
    ),
    Invariant(
        "PAY-6",
        "The interest of a payment is what its principal, days and rate make, to the "
        "cent.",
        _interest_is_what_the_rates_say,
    ),
]
