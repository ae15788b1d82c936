"""What the last paper of a file names: final modification, order, invoice, voucher."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from contracting.billing.models import Invoice
from contracting.billing.states import ACCEPTED
from contracting.contracts.models import Contract
from contracting.core.periods import accounting_day
from contracting.documents.calculations import day_words
from contracting.orders.models import TaskOrder
from contracting.orders.states import ModificationState
from contracting.payments.models import PaymentCertification
from contracting.terminations.models import Settlement, Termination


@dataclass(frozen=True, slots=True)
class Final:
    """The last of each, with its day; empty where there is none."""

    modification: str
    order: str
    invoice: str
    voucher: str
    paid_on: date | None


def final_numbers(contract: Contract, order: TaskOrder | None) -> Final:
    """The numbers that FAR 4.804-5(b) asks for, of an order or of a whole contract."""
    orders = [order] if order else list(contract.orders.filter(piid__isnull=False))
    changes = order.modifications if order else contract.modifications
    change = (
        changes.filter(state=ModificationState.ISSUED)
        .exclude(number="")
        .order_by("pk")
        .last()
    )
    invoice = (
        Invoice.objects.filter(order__in=orders, state__in=ACCEPTED)
        .order_by("received_at", "pk")
        .last()
    )
    vouchers = PaymentCertification.objects.filter(invoice__order__in=orders)
    voucher = (
        vouchers.filter(payment__isnull=False, payment_return__isnull=True)
        .select_related("payment")
        .order_by("certified_at", "pk")
        .last()
    )
    return Final(
        modification=change.number if change else "",
        order=_last_order(orders),
        invoice=f"{invoice.number}, {day_words(invoice.invoiced_on)}"
        if invoice
        else "",
        voucher=f"{voucher.voucher_number}, "
        f"{day_words(accounting_day(voucher.certified_at, contract.time_zone))}"
        if voucher
        else "",
        paid_on=voucher.payment.paid_on if voucher else None,
    )


def _last_order(orders: list[TaskOrder]) -> str:
    """The order that was signed last, and its day."""
    signed = [(each.issued_at, each.piid) for each in orders if each.issued_at]
    return max(signed)[1] or "" if signed else ""


def termination_words(contract: Contract, order: TaskOrder | None) -> str:
    """What became of the terminations of an order, or of a contract and its orders."""
    rows = Settlement.objects.filter(termination__contract=contract)
    if order is not None:
        rows = rows.filter(termination__order=order) | rows.filter(
            termination__order__isnull=True
        )
    settled = [
        f"{_about(each.termination)} settled on "
        f"{day_words(accounting_day(each.decided_at, contract.time_zone))}"
        for each in rows.select_related(
            "termination__order", "termination__contract"
        ).order_by("pk")
    ]
    return "; ".join(settled) or "Nothing was terminated"


def _about(termination: Termination) -> str:
    return f"Termination of {termination.about}"
