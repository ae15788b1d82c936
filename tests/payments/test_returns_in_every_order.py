"""Several vouchers of one invoice come back in every order: none is ever stuck."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from django.db import transaction

from contracting.core.quantities import Dollars, total_dollars
from contracting.orders.states import FundsDraft
from contracting.payments.invariants import INVARIANTS
from contracting.payments.models import PaymentCertification
from contracting.payments.operations.certify import certify_payment
from contracting.payments.operations.return_payment import return_payment
from contracting.payments.refusals import PaymentBuiltOn
from contracting.reconciliation.operations.resolve import resolve_finding
from contracting.reconciliation.queries import open_findings
from tests.builders_billing import Call, invoiced, reported, stated, used
from tests.builders_credits import credited
from tests.builders_metering import assert_the_books_balance
from tests.builders_orders import issued_order, line, line_of_accounting
from tests.builders_settlement import (
    ACCEPTED_AT,
    PAID_AT,
    accepted_invoice,
    balances,
    certified_payment,
    paid_invoice,
)
from tests.cast import actor, nothing_happens

CALLS = (
    Call("r-1", {"OUT_TEXT": 654_321}),
    Call("r-2", {"IN_CACHE_READ": 800_000}, minute=10),
    Call("r-3", {"IN_UNCACHED": 1_900_000}, minute=20),
)
"""$5.234568, $0.80 and $3.80; six dollars of them are of ACRN AA."""

OWED = Dollars("9.83") - Dollars("3.50")
LATER = PAID_AT + timedelta(hours=1)


@pytest.fixture
def vouchers(db):
    """One invoice, three vouchers; the last pays from AB and takes $3.50 off AA."""
    funds = [
        FundsDraft("AA", line_of_accounting().pk, Dollars("6.00"), Dollars("6.00")),
        FundsDraft("AB", line_of_accounting("Second pot").pk, Dollars("34.00")),
    ]
    order = issued_order(lines=[line(funds=funds)])
    used(order, CALLS)
    reported(order, [CALLS[0], replace(CALLS[1], tokens={"IN_CACHE_READ": 400_000})])
    asked = [stated(code, each.tokens[code]) for each in CALLS for code in each.tokens]
    invoice = accepted_invoice(invoice=invoiced(order, asked, number="MM-1"))
    made = [certified_payment(invoice=invoice)]
    paid_invoice(certification=made[0])
    for finding in open_findings(order).order_by("-code", "pk"):
        if finding.code == "MISSING_B":
            credited(order, "3.50", acrn="AA", at=ACCEPTED_AT)
        resolve_finding(
            finding_id=finding.pk,
            code="accept-A",
            reason="Our count is right.",
            by=actor("contracting_officer"),
            at=ACCEPTED_AT + timedelta(hours=1),
        )
        invoice.refresh_from_db()
        if invoice.state == "ACCEPTED":
            made.append(certified_payment(invoice=invoice, at=PAID_AT))
    assert len(made) == 3
    assert Dollars(made[2].offset_dollars) == Dollars("3.50")
    return made


def returned(voucher):
    return return_payment(
        certification_id=voucher.pk,
        reason="The bank sent it back.",
        by=actor("payment_certifier"),
        at=LATER,
    )


def recorded(voucher):
    return paid_invoice(certification=voucher, at=LATER)


def standing():
    rows = PaymentCertification.objects.filter(payment_return__isnull=True)
    return list(rows.order_by("pk"))


def assert_each_can_be_paid():
    for voucher in standing():
        if not voucher.is_paid:
            with transaction.atomic():
                recorded(voucher)
                transaction.set_rollback(True)


def in_what_order_they_come_back(order):
    """Each is asked for in turn; one that others are built on waits for them."""
    waiting, done = list(order), []
    while waiting:
        for voucher in list(waiting):
            fresh = PaymentCertification.objects.get(pk=voucher.pk)
            try:
                with transaction.atomic():
                    returned(fresh)
            except PaymentBuiltOn:
                continue
            waiting.remove(voucher)
            done.append(voucher)
            assert_each_can_be_paid()
            break
        else:
            pytest.fail(f"{waiting} can never come back")
    return done


@pytest.mark.rule("R-PAY-06", case="refused")
def test_what_others_are_built_on_comes_back_after_them(vouchers):
    first, _, last = vouchers
    with (
        nothing_happens(),
        pytest.raises(PaymentBuiltOn, match=last.voucher_number),
    ):
        returned(first)

    returned(last)
    returned(PaymentCertification.objects.get(pk=first.pk))
    assert_the_books_balance()


@pytest.mark.parametrize("is_paid", [True, False])
def test_whatever_comes_back_first_all_of_it_is_paid_in_the_end(vouchers, is_paid):
    invoice = vouchers[0].invoice
    if is_paid:
        for voucher in vouchers[1:]:
            recorded(voucher)
    orders = list(permutations(vouchers))
    for order in orders if is_paid else orders[::5]:
        with transaction.atomic():
            in_what_order_they_come_back(order)
            assert (
                total_dollars(
                    Dollars(row.paid_dollars) for row in balances(invoice.order)
                )
                == Dollars()
            )
            again = certify_payment(
                invoice_id=invoice.pk, by=actor("payment_certifier"), at=LATER
            )
            recorded(again)
            assert (
                total_dollars(
                    Dollars(row.paid_dollars) for row in balances(invoice.order)
                )
                == OWED
            )
            assert_the_books_balance()
            assert [each.code for each in INVARIANTS if each.exceptions()] == []
            transaction.set_rollback(True)
