"""One accepted invoice for all stories of a file; each story takes its own back."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import transaction

from contracting.billing.models import CreditDue, Invoice
from contracting.core import clock
from contracting.core.quantities import Dollars
from contracting.orders.models import TaskOrder
from contracting.payments.models import PaymentCertification
from tests.builders_billing import invoiced, stated
from tests.builders_credits import credited, taken_off
from tests.builders_settlement import (
    CERTIFIED_AT,
    accepted_invoice,
    certified_payment,
    paid_invoice,
    reported,
    used_order,
)


@pytest.fixture(scope="module")
def used(django_db_setup, django_db_blocker) -> Iterator[int]:
    """Usage is metered and reported once, in a transaction around all tests."""
    with django_db_blocker.unblock(), transaction.atomic():
        order = used_order()
        reported(order)
        yield order.pk
        transaction.set_rollback(True)


@pytest.fixture
def order(used: int, db: None) -> TaskOrder:
    """A used order whose usage was reported and not invoiced yet."""
    return TaskOrder.objects.select_related("contract__vendor").get(pk=used)


@pytest.fixture
def accepted(order: TaskOrder) -> Invoice:
    """Its invoice, accepted in full."""
    return accepted_invoice(order=order)


@pytest.fixture
def certified(accepted: Invoice) -> PaymentCertification:
    """Its invoice, certified for payment."""
    return certified_payment(invoice=accepted)


@pytest.fixture
def stuck(order: TaskOrder) -> CreditDue:
    """The last invoice takes eight dollars off, and $5.23 of it is accepted and paid.

    Its voucher takes off all that it pays, so that $2.77 are left on no voucher.
    """
    credit = credited(order, "8.00")
    asked, line = stated("OUT_TEXT", 1_100_000), taken_off(credit, "8.00")
    total = asked.amount - line.amount
    invoice = invoiced(order, [asked, line], number="MM-LAST", total=total)
    voucher = certified_payment(invoice=accepted_invoice(invoice=invoice))
    assert (voucher.dollars, voucher.offset_dollars) == (
        Dollars().amount,
        Dollars("5.23").amount,
    )
    credit.refresh_from_db()
    assert credit.open == Dollars()
    return credit


@pytest.fixture
def settled(stuck: CreditDue) -> CreditDue:
    """The same, with its voucher recorded by finance."""
    paid_invoice(certification=stuck.lines.get().invoice.certifications.get())
    stuck.refresh_from_db()
    return stuck


@pytest.fixture
def told_the_time(monkeypatch: pytest.MonkeyPatch):
    """The doors read the clock of the story; ``told_the_time(at)`` moves it."""

    def tell(at: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: at)

    tell(CERTIFIED_AT)
    return tell
