"""Who sees which payment, what is owed, and when it is due."""

from datetime import timedelta

import pytest

from contracting.core.errors import NotVisible
from contracting.core.quantities import Dollars
from contracting.payments import queries
from contracting.payments.invariants import INVARIANTS
from tests.builders_settlement import (
    CERTIFIED_AT,
    DUE_ON,
    PAID_AT,
    PAYABLE,
    USED,
    accepted_invoice,
    certified_payment,
    paid_invoice,
    received_invoice,
)
from tests.cast import actor

OUTSIDERS = ("other_agency_officer", "other_vendor_signer", "vendor_b_signer")


def test_what_is_accepted_is_owed_until_it_is_paid(order):
    # Given two invoices, one of them accepted a month later
    late = accepted_invoice(
        order=order,
        billed={"OUT_TEXT": USED["OUT_TEXT"]},
        number="MM-2604-002",
        at=CERTIFIED_AT + timedelta(days=30),
    )
    first = accepted_invoice(order=order, billed={"IN_UNCACHED": USED["IN_UNCACHED"]})
    officer = actor("payment_certifier")

    # Then the next due stands first
    owed = queries.owed_to_or_by(officer, CERTIFIED_AT)
    assert [each.invoice for each in owed] == [first, late]
    assert owed[0].due_on == DUE_ON
    assert [each.dollars for each in owed] == [Dollars("4.69"), Dollars("5.23")]
    assert not any(each.is_overdue for each in owed)

    # And it stays owed when it is certified, overdue after its day, gone when paid
    certification = certified_payment(invoice=first)
    owed = queries.owed_to_or_by(officer, PAID_AT + timedelta(days=2))
    assert owed[0].certification == certification
    assert [each.is_overdue for each in owed] == [True, False]
    paid_invoice(certification=certification)
    (left,) = queries.owed_to_or_by(officer, PAID_AT)
    assert left.invoice == late
    assert queries.payments_visible_to(officer).get().certification == certification


def test_a_vendor_sees_its_own_and_a_stranger_sees_nothing(certified):
    vendor = actor("vendor_a_member")
    assert queries.get_certification_for(vendor, certified.public_id) == certified
    assert queries.owed_to_or_by(vendor, CERTIFIED_AT)[0].dollars == Dollars(PAYABLE)

    for part in OUTSIDERS:
        stranger = actor(part)
        assert not queries.owed_to_or_by(stranger, CERTIFIED_AT)
        assert not queries.certifications_visible_to(stranger).exists()
        assert not queries.payments_visible_to(stranger).exists()
        with pytest.raises(NotVisible):
            queries.get_certification_for(stranger, certified.public_id)


def test_an_invoice_has_no_due_date_before_it_is_accepted(order):
    invoice = received_invoice(order=order)
    assert queries.payment_due_on(invoice) is None

    assert queries.payment_due_on(accepted_invoice(invoice=invoice)) == DUE_ON


def test_a_voucher_has_a_line_for_each_class(certified):
    lines = queries.voucher_lines(queries.acceptances_of(certified))

    assert [
        (line.token_class, line.tokens.count, line.dollars.plain()) for line in lines
    ] == [
        ("IN_UNCACHED", USED["IN_UNCACHED"], "4.69"),
        ("OUT_TEXT", USED["OUT_TEXT"], "5.23"),
    ]
    assert queries.tokens_of(lines).count == sum(USED.values())


@pytest.mark.parametrize("invariant", INVARIANTS, ids=lambda each: each.code)
def test_what_must_hold_holds_before_and_after_payment(certified, invariant):
    assert invariant.exceptions() == []

    paid_invoice(certification=certified)
    assert invariant.exceptions() == []


def test_an_invoice_that_runs_ahead_of_its_voucher_is_found(accepted):
    accepted.move_to("CERTIFIED")

    (found,) = [each for each in INVARIANTS if each.code == "PAY-4"]
    (exception,) = found.exceptions()
    assert "by its vouchers: accepted" in exception
