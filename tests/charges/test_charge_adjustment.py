"""What accepted usage costs more is charged in the open period, invoiced and paid."""

from datetime import timedelta
from typing import Any

import pytest

from contracting.billing.calculations import read_lines
from contracting.billing.refusals import DuplicateInvoice
from contracting.charges.operations.charge_adjustment import charge_adjustment
from contracting.charges.queries import charged_units
from contracting.core.errors import NotAllowed
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars, total_dollars
from contracting.core.subjects import Subject
from contracting.ledger.queries import balances_of
from contracting.reconciliation.models import Finding
from contracting.reconciliation.operations.accept import accept_usage
from tests.builders_billing import ACCEPTED_AT, compared, invoiced, used
from tests.builders_metering import assert_the_books_balance
from tests.builders_orders import issued_order
from tests.builders_periods import accepted_hour
from tests.cast import actor, nothing_happens

CHARGED_AT = ACCEPTED_AT + timedelta(days=10)
ASKED_AT = CHARGED_AT + timedelta(days=3)


@pytest.fixture
def line(db):
    """The line of an order whose hour is accepted to the last token."""
    order = issued_order()
    used(order)
    return accepted_hour(order).lines.get()


def charged(line, by="contracting_officer", dollars="0.33"):
    return charge_adjustment(
        line=line,
        dollars=Dollars(dollars),
        because=Subject("reconciliation.finding", 1, line.order.stream),
        by=actor(by),
        at=CHARGED_AT,
    )


def asked(line, charge, amount, number="MM-2605-001"):
    """An invoice of an adjustment on the day of its charge, compared."""
    lines: list[Any] = list(
        read_lines(
            [
                {
                    "clin": line.clin,
                    "kind": "ADJUSTMENT",
                    "units": "1",
                    "unit_price": amount,
                    "amount": amount,
                    "period_start": charge.period.lower.isoformat(),
                    "period_end": charge.period.upper.isoformat(),
                }
            ]
        )
    )
    invoice = invoiced(
        line.order,
        lines,
        number=number,
        at=ASKED_AT,
        period_start=charge.period.lower,
        period_end=charge.period.upper,
        total=total_dollars(each.amount for each in lines),
    )
    compared(line.order, invoice, at=ASKED_AT)
    return invoice


def test_it_is_charged_on_its_day_invoiced_and_accepted(line):
    charge = charged(line)

    zone = line.order.contract.time_zone
    assert accounting_day(charge.period.lower, zone) == accounting_day(CHARGED_AT, zone)
    assert charged_units(line) == 0, "it is none of the units that are ordered"
    invoice = asked(line, charge, "0.33")
    acceptance = accept_usage(invoice_id=invoice.pk, by=actor("cor"), at=ASKED_AT)

    assert Dollars(acceptance.accepted_dollars) == Dollars("0.33")
    assert not Finding.objects.filter(invoice=invoice).exists()
    (balance,) = balances_of(line.holder)
    assert not balance.unaccepted
    assert_the_books_balance()

    # And it is invoiced once
    with nothing_happens(), pytest.raises(DuplicateInvoice):
        asked(line, charge, "0.33", number="MM-2605-002")


def test_what_is_asked_beyond_it_is_found_and_not_paid(line):
    invoice = asked(line, charged(line), "0.50")

    acceptance = accept_usage(invoice_id=invoice.pk, by=actor("cor"), at=ASKED_AT)

    assert Dollars(acceptance.accepted_dollars) == Dollars("0.33")
    assert Finding.objects.get(invoice=invoice).amount_dollars == Dollars("0.17").amount
    assert_the_books_balance()


def test_others_charge_nothing(line):
    for by in ("payment_certifier", "auditor", "vendor_a_signer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            charged(line, by=by)
