"""What is disputed bears no interest on the days of the dispute."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from contracting.core.actors import SYSTEM
from contracting.core.quantities import Dollars
from contracting.disputes.queries.cases import disputed_of
from contracting.payments.calculations.interest import penalty
from contracting.payments.queries.clocks import interest_of
from contracting.reconciliation.operations.reconcile import reconcile_order
from contracting.reconciliation.queries import open_findings
from tests.builders_disputes import decided, opened
from tests.builders_settlement import (
    ACCEPTED_AT,
    CERTIFIED_AT,
    accepted_invoice,
    certified_payment,
    received_invoice,
    reported,
    used_order,
)

METERED = {"IN_UNCACHED": 9_000_000, "OUT_TEXT": 2_500_000}
"""US$ 18.00 and US$ 20.00."""

BILLED = {**METERED, "OUT_TEXT": 2_700_000}
"""US$ 1.60 more than was metered."""

RESTATED = {"IN_UNCACHED": 250_000, "OUT_TEXT": 187_500}
"""US$ 0.50 and US$ 1.50."""

A_YEAR_LATER = date(2027, 5, 27)
RATE = Decimal("4.125")


@pytest.fixture
def in_part(db):
    """An invoice over US$ 39.60: US$ 1.60 are disputed, the rest is accepted."""
    order = used_order(tokens=METERED)
    reported(order, BILLED)
    received = received_invoice(order=order, billed=BILLED)
    invoice = accepted_invoice(invoice=received)
    case = opened(*open_findings(order), at=ACCEPTED_AT + timedelta(hours=1))
    return invoice, case


@pytest.mark.rule("R-PAY-03", case="allowed")
def test_interest_runs_on_the_undisputed_part_alone(in_part):
    invoice, _case = in_part
    voucher = certified_payment(invoice=invoice)
    (withheld,) = disputed_of(invoice)
    assert withheld.cents == Dollars("1.60")

    (found,) = interest_of(voucher, A_YEAR_LATER)

    assert (found.dollars, found.due, found.days) == (
        Dollars("38.00"),
        date(2026, 5, 27),
        365,
    )


def test_what_a_decision_freed_is_due_thirty_days_after_it(in_part):
    invoice, case = in_part
    certified_payment(invoice=invoice)
    decision = ACCEPTED_AT + timedelta(days=40)
    decided(case, "accept-B", at=decision)
    invoice.refresh_from_db()

    voucher = certified_payment(invoice=invoice, at=decision + timedelta(days=1))

    # Then acceptance is assumed on no earlier day than that of the decision
    (clock,) = voucher.acceptances.all()
    assert Dollars(voucher.dollars) == Dollars("1.60")
    assert clock.interest_after == clock.due_on == date(2026, 7, 8)


@pytest.fixture
def certified_in_full(db):
    """A voucher over US$ 38.00 on which nothing is disputed."""
    order = used_order(tokens=METERED)
    reported(order, METERED)
    received = received_invoice(order=order, billed=METERED)
    return certified_payment(invoice=accepted_invoice(invoice=received))


def disputed_later(voucher, at, *, label="April again", supersedes="April"):
    """The vendor's report comes anew; what differs by it is put to the vendor."""
    invoice = voucher.invoice
    order = invoice.order
    reported(order, RESTATED, label=label, supersedes=supersedes, at=at)
    reconcile_order(order_id=order.pk, by=SYSTEM, at=at)
    reconcile_order(order_id=order.pk, invoice_id=invoice.pk, by=SYSTEM, at=at)
    too_much = [each for each in open_findings(order) if each.amount_dollars > 0]
    return opened(*too_much, at=at)


def test_what_is_disputed_after_its_acceptance_bears_none_meanwhile(certified_in_full):
    (before,) = interest_of(certified_in_full, A_YEAR_LATER)
    assert before.dollars == Dollars("38.00")

    # When the vendor restates its report lower, and that is disputed before it is due
    case = disputed_later(certified_in_full, CERTIFIED_AT + timedelta(hours=3))
    withheld = disputed_of(certified_in_full.invoice)
    assert {each.cents for each in withheld} == {Dollars("18.50"), Dollars("17.50")}

    # Then these cents bear no interest as long as they are disputed
    assert interest_of(certified_in_full, A_YEAR_LATER) == []  # $2.00 earn no dollar

    # And from the day after the decision on they do again
    decided(case, "accept-A", at=CERTIFIED_AT + timedelta(days=31))
    found = interest_of(certified_in_full, A_YEAR_LATER)
    assert [(each.dollars, each.days) for each in found] == [
        (Dollars("36.00"), 365 - 5),
        (Dollars("2.00"), 365),
    ]
    for each in found:
        assert each.interest == penalty(each.dollars, days=each.days, percent=RATE)


def test_two_reports_that_differ_are_no_dispute_of_the_invoice(certified_in_full):
    # Given a report that has calls once more, which are put to the vendor
    at = CERTIFIED_AT + timedelta(hours=3)
    disputed_later(certified_in_full, at, supersedes="")
    assert disputed_of(certified_in_full.invoice)

    # Then what was accepted bears interest: the invoice asks for these calls once
    (found,) = interest_of(certified_in_full, A_YEAR_LATER)
    assert (found.dollars, found.days) == (Dollars("38.00"), 365)


def test_days_before_a_dispute_was_recorded_count(certified_in_full):
    # Given a dispute of what is late for 300 days
    since = CERTIFIED_AT + timedelta(days=26 + 300)
    disputed_later(certified_in_full, since)

    found = interest_of(certified_in_full, A_YEAR_LATER)

    assert [(each.dollars, each.days) for each in found] == [
        (Dollars("36.00"), 299),
        (Dollars("2.00"), 365),
    ]
