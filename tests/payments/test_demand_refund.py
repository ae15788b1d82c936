"""What is owed back is demanded with its days to pay, and blocks close-out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from contracting.billing.invariants import INVARIANTS
from contracting.billing.queries.credits import credits_due
from contracting.closeout.queries import blockers_of_order
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.payments.operations.certify import certify_payment
from contracting.payments.operations.demand_refund import demand_refund
from contracting.payments.operations.record_refund import record_refund
from contracting.payments.queries.offsets import owed_on
from contracting.payments.refusals import (
    ReasonMissing,
)
from tests.builders_billing import invoiced, stated
from tests.builders_metering import assert_the_books_balance
from tests.builders_settlement import (
    PAID_AT,
    accepted_invoice,
    paid_invoice,
)
from tests.cast import actor, client_for, nothing_happens, submit

LATER = PAID_AT + timedelta(days=3)
OFFICER = "contracting_officer"


def refunded(credit, dollars):
    return record_refund(
        credit_id=credit.pk,
        dollars=Dollars(dollars),
        received_on=LATER.date(),
        reference="DEPOSIT-77",
        by=actor("payment_certifier"),
        at=LATER,
    )


def demanded(credit, **more):
    given: dict[str, Any] = {
        "basis": "April was down for hours.",
        "by": actor(OFFICER),
        "at": LATER,
    }
    return demand_refund(credit_id=credit.pk, **(given | more))


def words(order):
    return [each.what for each in blockers_of_order(order)]


def assert_the_credits_add_up():
    assert [each.code for each in INVARIANTS if each.exceptions()] == []
    assert_the_books_balance()


@pytest.mark.rule("R-CLO-03", case="refused", held_by="verdict")
def test_what_no_voucher_takes_off_blocks_close_out(stuck):
    assert any("still owes $2.77 back" in each for each in words(stuck.order))


def test_once_the_last_invoice_is_paid_what_it_did_not_take_is_open(settled):
    assert settled.open == owed_on(settled) == Dollars("2.77")
    (due,) = credits_due(settled.order, LATER)
    assert due.open == Dollars("2.77")
    assert credits_due(settled.order, PAID_AT - timedelta(hours=1)) == []
    assert any("still owes $2.77 back" in each for each in words(settled.order))
    assert_the_credits_add_up()


@pytest.mark.rule("R-PAY-06", case="allowed")
def test_it_is_demanded_with_thirty_days_and_paid_back(order, settled):
    asked = [stated("IN_UNCACHED", 2_345_678)]
    other = accepted_invoice(invoice=invoiced(order, asked, number="MM-OTHER"))
    paid_invoice(
        certification=certify_payment(
            invoice_id=other.pk,
            set_off=False,
            by=actor("payment_certifier"),
            at=PAID_AT,
        )
    )
    demand = demanded(settled)
    assert (demand.dollars, demand.pay_by) == (
        Dollars("2.77").amount,
        LATER.date() + timedelta(days=30),
    )

    refunded(settled, "2.77")

    settled.refresh_from_db()
    assert owed_on(settled) == Dollars()
    assert not any("still owes" in each for each in words(order))
    assert_the_credits_add_up()


def test_nobody_else_demands_it(settled):
    with nothing_happens(), pytest.raises(NotAllowed):
        demanded(settled, by=actor("vendor_a_member"))
    with nothing_happens(), pytest.raises(ReasonMissing):
        demanded(settled, basis="  ")


def test_its_page_does_it_and_says_so(settled, told_the_time):
    told_the_time(LATER)
    page = reverse("payments:demand_refund", args=[settled.public_id])
    assert b"$2.77" in client_for(actor(OFFICER)).get(page).content
    for outsider in ("other_agency_officer", "vendor_b_member"):
        assert client_for(actor(outsider)).get(page).status_code == 404
    with nothing_happens():
        assert client_for(actor("cor")).get(page).status_code == 403
    browser = client_for(actor(OFFICER))

    assert submit(browser, page, {"basis": "As agreed."}).status_code == 303

    assert b"$2.77 of the credit is open" in browser.get(page).content
