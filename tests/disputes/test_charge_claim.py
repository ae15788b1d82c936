"""What is allowed on a claim is charged, invoiced and paid, with its own interest."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.urls import reverse

from contracting.billing.states import ChargeKind
from contracting.core.actors import SYSTEM
from contracting.core.errors import NotAllowed
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars
from contracting.disputes.models import Claim
from contracting.disputes.operations.charge_claim import charge_claim
from contracting.disputes.operations.decide_claim import decide_claim
from contracting.disputes.refusals import ClaimNotPayable
from contracting.operate.queries import broken_invariants
from contracting.payments.operations.certify import certify_payment
from contracting.payments.operations.record import record_payment
from contracting.payments.refusals import RateMissing
from contracting.reconciliation.operations.accept import accept_usage
from contracting.reconciliation.operations.reconcile import reconcile_order
from tests.builders_charges import invoiced_charges, stated_charge
from tests.builders_settlement import balances, used_order
from tests.cast import actor, client_for, nothing_happens, submit
from tests.disputes.test_submit_claim import CLAIMED_AT, claimed
from tests.reference.test_propose_rate import confirmed, proposed

pytestmark = pytest.mark.django_db

DECIDED_AT = CLAIMED_AT + timedelta(days=20)
INVOICED_AT = DECIDED_AT + timedelta(days=2)
PAID_AT = datetime(2026, 7, 10, 15, 0, tzinfo=UTC)


def decided(order, allowed="12.00"):
    claim = claimed(order.contract, "20.00")
    decide_claim(
        claim_id=claim.pk,
        allowed=Decimal(allowed),
        text="A part is shown.",
        by=actor("contracting_officer"),
        at=DECIDED_AT,
    )
    return Claim.objects.get(pk=claim.pk)


def charged(claim, line, acrn="AA", by="contracting_officer"):
    return charge_claim(
        claim_id=claim.pk, order_line_id=line.pk, acrn=acrn, by=actor(by), at=DECIDED_AT
    )


def certified(order, charge, amount):
    day = accounting_day(charge.period.lower, order.contract.time_zone)
    line = stated_charge(
        order, day, day, "1", amount, clin="0001", price=amount, kind=ChargeKind.CLAIM
    )
    invoice = invoiced_charges(order, line, number="MM-CLAIM", at=INVOICED_AT)
    reconcile_order(order_id=order.pk, invoice_id=invoice.pk, by=SYSTEM, at=INVOICED_AT)
    accept_usage(invoice_id=invoice.pk, by=actor("cor"), at=INVOICED_AT)
    return certify_payment(
        invoice_id=invoice.pk, by=actor("payment_certifier"), at=INVOICED_AT
    )


def paid(voucher):
    return record_payment(
        certification_id=voucher.pk,
        paid_on=PAID_AT.date(),
        reference="TRACE-9",
        by=actor("payment_certifier"),
        at=PAID_AT,
    )


@pytest.mark.rule("R-PAY-07", case="allowed")
def test_it_is_paid_once_with_interest_of_each_half_year():
    # Given a claim of which twelve dollars are allowed, charged where they are free
    order = used_order()
    claim, line = decided(order), order.lines.get()
    made = charged(claim, line)
    assert Dollars(made.charge.dollars) == Dollars("12.00")
    voucher = certified(order, made.charge, "12.00")

    # When it is paid in the half-year after, whose rate has to be there
    with nothing_happens(), pytest.raises(RateMissing):
        paid(voucher)
    confirmed(proposed())
    payment = paid(voucher)

    # Then the rates of both count, by their days, and no other interest does
    received = accounting_day(claim.received_at, order.contract.time_zone)
    first, second = (
        (date(2026, 6, 30) - received).days,
        (PAID_AT.date() - date(2026, 6, 30)).days,
    )
    exact = 12 * (
        Fraction("4.125") / 100 * first / 365 + Fraction("4.375") / 100 * second / 365
    )
    assert Dollars(payment.interest_dollars) == Dollars(
        Decimal((exact * 100 + Fraction(1, 2)).__floor__()) / 100
    )
    assert [part["claim"] for part in payment.interest_parts] == [claim.public_id] * 2
    assert [part["days"] for part in payment.interest_parts] == [first, second]
    (row,) = balances(order)
    assert Dollars(row.paid_dollars) == Dollars("12.00")
    assert broken_invariants() == {}


@pytest.mark.rule("R-PAY-07", case="refused")
def test_it_is_charged_once_and_only_where_the_funds_are():
    order = used_order()
    line = order.lines.get()
    denied = decided(order, "0.00")
    with nothing_happens(), pytest.raises(ClaimNotPayable, match="Nothing"):
        charged(denied, line)
    claim = decided(order)
    with nothing_happens(), pytest.raises(ClaimNotPayable, match="Choose"):
        charged(claim, line, acrn="ZZ")
    with nothing_happens(), pytest.raises(NotAllowed):
        charged(claim, line, by="cor")
    charged(claim, line)
    with nothing_happens(), pytest.raises(ClaimNotPayable, match="already"):
        charged(Claim.objects.get(pk=claim.pk), line)
    more = decided(order, "19.00")
    with nothing_happens(), pytest.raises(ClaimNotPayable, match="more by a modif"):
        charged(more, line)


def test_its_page_offers_the_funds_and_makes_it_payable():
    order = used_order()
    claim = decided(order)
    page = reverse("disputes:charge_claim", args=[claim.public_id])
    browser = client_for(actor("contracting_officer"))
    assert b"Make it payable" in browser.get(claim.path).content
    with nothing_happens():
        assert client_for(actor("other_agency_officer")).get(page).status_code == 404
        assert client_for(actor("cor")).get(page).status_code == 403

    sent = submit(browser, page, {"place": f"{order.lines.get().pk}:AA"})

    assert sent.status_code == 303
    assert b"invoices it as a line of the kind CLAIM" in browser.get(claim.path).content
