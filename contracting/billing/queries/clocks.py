"""By when an invoice is returned, and in how many days it is paid."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Value

from contracting.billing.calculations import Stated
from contracting.billing.models import Invoice
from contracting.billing.models.numbers import NumberKey
from contracting.billing.queries import charge_lines_of, lines_of
from contracting.billing.states import InvoiceState, ReminderKind
from contracting.core.periods import accounting_day, next_business_day
from contracting.core.quantities import (
    Dollars,
    PricePerUnit,
    Tokens,
    UnitPrice,
    total_dollars,
)
from contracting.reference.queries import threshold

INVOICE_RETURN = "INVOICE_RETURN"
REMINDED_AFTER = {
    ReminderKind.REVIEW: "INVOICE_REVIEW",
    ReminderKind.MATCH: "INVOICE_MATCH",
}
"""After how many days of receipt, by the code of the dated number."""


def received_on(invoice: Invoice) -> date:
    """The day of receipt, which is day 0 of every clock, in the contract's zone."""
    return accounting_day(invoice.received_at, invoice.order.contract.time_zone)


def return_by(invoice: Invoice) -> date:
    """The last day on which an improper invoice is returned without loss (R-INV-02).

    Calendar days: neither a weekend nor a holiday moves it.
    """
    received = received_on(invoice)
    return received + timedelta(days=int(threshold(INVOICE_RETURN, received).value))


def reminders_due(invoice: Invoice) -> list[tuple[ReminderKind, date]]:
    """The days by which a waiting invoice is reviewed and compared, in order.

    Calendar days after its receipt, so that they stay before its last day of return.
    """
    received = received_on(invoice)
    return [
        (kind, received + timedelta(days=int(threshold(code, received).value)))
        for kind, code in REMINDED_AFTER.items()
    ]


def payment_days_of(invoice: Invoice) -> int:
    """In how many days after receipt or acceptance the invoice is due (R-INV-02).

    Those of the contract, less the days by which each invoice that it corrects was
    returned too late (FAR 52.232-25(a)(3)); never below zero.
    """
    late, each = 0, invoice.corrects
    while each is not None:
        late += each.returned_late_by
        each = each.corrects
    return max(0, invoice.order.contract.payment_days - late)


def payable_from(invoice: Invoice) -> date:
    """The earliest day on which it can be due: once accepted, not before (R-PAY-01).

    A due day on a weekend or a federal holiday is the next business day.
    """
    days = timedelta(days=payment_days_of(invoice))
    return next_business_day(received_on(invoice) + days)


def rounding_of(invoice: Invoice) -> Dollars:
    """What the cents of its lines are above the exact amounts, or below (negative)."""
    tokens = (
        Dollars(line.amount_dollars)
        - UnitPrice(line.usd_per_million_tokens).of(Tokens(line.tokens))
        for line in lines_of(invoice)
    )
    units = (
        Dollars(line.amount_dollars) - PricePerUnit(line.usd_per_unit).of(line.units)
        for line in charge_lines_of(invoice)
    )
    return total_dollars([*tokens, *units])


def days_lost(invoice: Invoice) -> int:
    """By how many days its time of payment has shrunk."""
    return invoice.order.contract.payment_days - payment_days_of(invoice)


def corrected_by(order_id: int, stated: Stated, corrects: str) -> Invoice | None:
    """The returned invoice that a stated one corrects, if there is one.

    It is the one that is named, else the one of the same number, else the latest one of
    the same period; each is corrected once.

    :param corrects: the number that the vendor gives, or nothing
    """
    corrected = Invoice.objects.filter(corrects__isnull=False).exclude(
        state=InvoiceState.WITHDRAWN
    )
    returned = (
        Invoice.objects.filter(order=order_id, state=InvoiceState.RETURNED)
        .exclude(pk__in=corrected.values("corrects"))
        .order_by("-returned_at", "-pk")
    )
    if corrects:
        return returned.filter(number_key=NumberKey(Value(corrects))).first()
    same_number = returned.filter(number_key=NumberKey(Value(stated.number))).first()
    if same_number is not None:
        return same_number
    return returned.filter(
        period_start=stated.period_start, period_end=stated.period_end
    ).first()
