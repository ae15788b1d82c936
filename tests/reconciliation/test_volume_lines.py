"""Invoices of lines priced by volume: paid at the exact amount of steps and pools."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from contracting.billing.calculations.arithmetic import within_an_average
from contracting.billing.refusals import ArithmeticWrong, NothingToAdjust
from contracting.billing.states import LineKind
from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.ledger.queries import balances_of
from contracting.metering.models import TrueUp
from contracting.payments.operations.certify import certify_payment
from contracting.periods.queries.late import late_of
from contracting.reconciliation.models import Finding
from contracting.reconciliation.operations.accept import accept_usage
from contracting.reconciliation.refusals import NotRated
from tests.builders_billing import (
    ACCEPTED_AT,
    HOUR,
    INVOICED_AT,
    Call,
    compared,
    invoiced,
    reported,
    stated,
    used,
)
from tests.builders_metering import assert_the_books_balance, event, ingested
from tests.builders_settlement import CERTIFIED_AT
from tests.builders_volume import order_by_volume, rated
from tests.cast import actor, nothing_happens

pytestmark = pytest.mark.django_db

CALLS = (
    Call("r-1", {"IN_UNCACHED": 1_600_000}),
    Call("r-2", {"OUT_TEXT": 900_000}, minute=20),
    Call("r-3", {"IN_UNCACHED": 1_000_000}, minute=40),
)
"""In: one million at $2.00, 1.1 at $1.50, 0.5 at $1.00; out: 0.9 at $6.00."""

RATED_AT = HOUR[1] + timedelta(hours=14)


def of_line(code, tokens, price, amount, clin="0002"):
    return stated(code, tokens, price, clin=clin, amount=Dollars(amount))


def right_lines():
    return [
        of_line("IN_UNCACHED", 2_600_000, "1.596154", "4.15"),
        of_line("OUT_TEXT", 900_000, "6.00", "5.40"),
    ]


def order_in_use(clin="0002", calls=CALLS, **more):
    order = order_by_volume(clin, **more)
    used(order, calls)
    reported(order, calls)
    return order


def accepted(invoice, order):
    compared(order, invoice)
    return accept_usage(invoice_id=invoice.pk, by=actor("cor"), at=ACCEPTED_AT)


def books(order):
    (row,) = balances_of(order.lines.get().holder)
    return row


def test_a_right_invoice_is_paid_at_the_exact_amount_of_its_steps():
    # Given usage on three steps that was rated the night after
    order = order_in_use()
    rated(at=RATED_AT)

    # When the vendor bills each class at the average of its steps
    invoice = invoiced(order, right_lines())
    acceptance = accepted(invoice, order)

    # Then nothing differs, and what is owed is the exact amount
    assert not Finding.objects.filter(order=order).exists()
    assert (acceptance.exact_dollars, acceptance.accepted_dollars) == (
        Decimal("9.55"),
        Decimal("9.55"),
    )
    assert acceptance.withheld_dollars == 0
    row = books(order)
    assert (row.consumed_dollars, row.accepted_dollars) == (
        Decimal("9.55"),
        Decimal("9.55"),
    )
    certify_payment(
        invoice_id=invoice.pk, by=actor("payment_certifier"), at=CERTIFIED_AT
    )
    assert_the_books_balance()


@pytest.mark.rule("R-REC-03", case="refused")
def test_nothing_is_accepted_before_the_period_is_rated():
    order = order_in_use()
    invoice = invoiced(order, right_lines())
    compared(order, invoice)

    with nothing_happens(), pytest.raises(NotRated) as refused:
        accept_usage(invoice_id=invoice.pk, by=actor("cor"), at=ACCEPTED_AT)

    assert "0002" in refused.value.message
    assert refused.value.status == 409


def test_usage_that_comes_after_the_run_is_rated_before_it_is_paid():
    order = order_in_use()
    rated(at=RATED_AT)
    late = event(
        "late", order=order, tokens={"input": 5}, at=HOUR[0] + timedelta(minutes=50)
    )
    ingested(late, at=INVOICED_AT)
    invoice = invoiced(order, right_lines())
    compared(order, invoice)

    with nothing_happens(), pytest.raises(NotRated):
        accept_usage(invoice_id=invoice.pk, by=actor("cor"), at=ACCEPTED_AT)


def test_the_provisional_price_is_never_paid():
    # Given a vendor that bills all input at the first step
    order = order_in_use()
    rated(at=RATED_AT)
    dear = [of_line("IN_UNCACHED", 2_600_000, "2.00", "5.20"), right_lines()[1]]

    # When it is accepted
    acceptance = accepted(invoiced(order, dear), order)

    # Then the steps are paid, and the difference is a finding of its price
    assert acceptance.accepted_dollars == Decimal("9.55")
    assert acceptance.withheld_dollars == Decimal("1.05")
    (finding,) = Finding.objects.filter(order=order)
    assert (finding.code, finding.amount_dollars) == (
        "RATE",
        Decimal("5.20") - Decimal("2.6") * Decimal("1.596154"),
    )
    assert_the_books_balance()


def test_more_tokens_than_were_used_are_not_paid():
    order = order_in_use()
    rated(at=RATED_AT)
    more = [right_lines()[0], of_line("OUT_TEXT", 1_000_000, "6.00", "6.00")]

    acceptance = accepted(invoiced(order, more), order)

    assert acceptance.accepted_dollars == Decimal("9.55")
    assert acceptance.withheld_dollars == Decimal("0.60")
    assert_the_books_balance()


def test_a_pool_is_paid_by_its_units():
    # Given 1.25 units for a million in and 5.333333 for a million out, at $1.60
    order = order_in_use("0003")
    rated("0003", at=RATED_AT)

    # When each class is billed at its average, in whole cents
    lines = [
        of_line("IN_UNCACHED", 2_600_000, "2.00", "5.20", clin="0003"),
        of_line("OUT_TEXT", 900_000, "8.533333", "7.68", clin="0003"),
    ]
    acceptance = accepted(invoiced(order, lines), order)

    # Then 3.25 and 4.8 units are owed
    assert acceptance.exact_dollars == Decimal("5.20") + Decimal("7.68")
    assert acceptance.withheld_dollars == 0
    assert {row.micro_acu for row in TrueUp.objects.all()} == {3_250_000, 4_800_000}
    assert not Finding.objects.filter(order=order).exists()
    assert_the_books_balance()


def test_what_ran_beyond_the_funds_is_not_paid():
    # Given five dollars of funds: output fits in part, the last input not at all
    order = order_in_use(dollars="5.00")
    rated(at=RATED_AT)
    lines = [
        of_line("IN_UNCACHED", 2_600_000, "1.596154", "4.15"),
        of_line("OUT_TEXT", 140_000, "6.00", "0.84"),
    ]

    acceptance = accepted(invoiced(order, lines), order)

    assert acceptance.accepted_dollars <= Decimal("5.00")
    row = books(order)
    assert row.accepted_dollars <= row.obligated_dollars
    assert row.unfunded_dollars > 0
    assert_the_books_balance()


def test_an_amount_that_is_no_average_is_not_taken():
    order = order_in_use()
    rated(at=RATED_AT)
    wrong = [of_line("IN_UNCACHED", 2_600_000, "1.596154", "4.16"), right_lines()[1]]

    with nothing_happens(), pytest.raises(ArithmeticWrong):
        invoiced(order, wrong)


@pytest.mark.parametrize(
    ("amount", "ties"),
    [("1234.57", True), ("1234.56", True), ("1234.58", False), ("1234.55", False)],
)
def test_an_average_ties_to_half_of_its_last_digit(amount, ties):
    # 12,345,678,901 tokens: the average is right to six tenths of a cent
    tokens, average = Tokens(12_345_678_901), UnitPrice("0.100000")

    found = within_an_average(Dollars(amount), average, tokens)

    assert found is ties


def test_usage_that_comes_after_the_acceptance_stands_behind_what_is_accepted():
    # Given an accepted invoice over 3.5 million tokens
    order = order_in_use()
    rated(at=RATED_AT)
    accepted(invoiced(order, right_lines()), order)

    # When a call arrives that was made before all of them
    early = HOUR[0] + timedelta(minutes=1)
    ingested(
        event("late", order=order, tokens={"output": 100_000}, at=early),
        at=ACCEPTED_AT + timedelta(hours=1),
    )
    rated(at=ACCEPTED_AT + timedelta(hours=2))

    # Then it has the price of the volume that was reached, and nothing else moves
    row = books(order)
    assert row.accepted_dollars == Decimal("9.55")
    assert row.consumed_dollars == Decimal("9.55") + Decimal("0.40")
    assert_the_books_balance()


@pytest.mark.rule("R-MET-05", case="allowed")
def test_late_usage_is_invoiced_at_the_steps_that_it_has_reached():
    # Given an accepted hour, and a call of it that both sides learn of later
    order = order_in_use()
    rated(at=RATED_AT)
    accepted(invoiced(order, right_lines()), order)
    late_at = ACCEPTED_AT + timedelta(hours=1)
    call = Call("r-late", {"OUT_TEXT": 100_000}, minute=1)
    used(order, [call], at=late_at)
    reported(order, [call], label="R-2", at=late_at)
    rated(at=late_at + timedelta(hours=1))

    # When the vendor reads what is left of it, and asks for just that
    (late,) = late_of(order)
    assert (late.left, late.price, late.dollars) == (
        100_000,
        UnitPrice("4.000000"),
        Dollars("0.40"),
    )
    invoice = asked_late(order, of_line("OUT_TEXT", 100_000, "4.00", "0.40"))
    acceptance = accepted_late(invoice, order)

    # Then it is paid exactly, and nothing is left
    assert not Finding.objects.filter(order=order).exists()
    assert acceptance.accepted_dollars == Decimal("0.40")
    row = books(order)
    assert row.accepted_dollars == row.consumed_dollars == Decimal("9.95")
    assert row.accepted_tokens == row.consumed_tokens
    assert [each.left for each in late_of(order)] == [0]
    assert_the_books_balance()


def test_late_usage_at_another_price_than_its_steps_is_paid_at_theirs():
    order = order_in_use()
    rated(at=RATED_AT)
    accepted(invoiced(order, right_lines()), order)
    late_at = ACCEPTED_AT + timedelta(hours=1)
    call = Call("r-late", {"OUT_TEXT": 100_000}, minute=1)
    used(order, [call], at=late_at)
    reported(order, [call], label="R-2", at=late_at)
    rated(at=late_at + timedelta(hours=1))

    dear = asked_late(order, of_line("OUT_TEXT", 100_000, "6.00", "0.60"))
    acceptance = accepted_late(dear, order)

    (finding,) = Finding.objects.filter(invoice=dear)
    assert (finding.code, Dollars(finding.amount_dollars)) == ("RATE", Dollars("0.20"))
    assert acceptance.accepted_dollars == Decimal("0.40")
    assert_the_books_balance()


@pytest.mark.rule("R-MET-05", case="refused")
def test_an_adjustment_of_a_part_of_a_period_has_no_price_by_volume():
    order = order_in_use()
    rated(at=RATED_AT)
    accepted(invoiced(order, right_lines()), order)

    part = of_line("OUT_TEXT", 1, "6.00", "0.00")
    half = replace(part, period_end=HOUR[0] + timedelta(minutes=30))
    with nothing_happens(), pytest.raises(NothingToAdjust, match="the whole period"):
        asked_late(order, half)


def asked_late(order, line):
    """A later invoice that asks for what came late."""
    return invoiced(
        order,
        [replace(line, kind=LineKind.ADJUSTMENT)],
        number="MM-2604-002",
        at=ACCEPTED_AT + timedelta(days=3),
        period_start=HOUR[1] + timedelta(days=7),
        period_end=ACCEPTED_AT + timedelta(days=3) - timedelta(hours=1),
    )


def accepted_late(invoice, order):
    at = ACCEPTED_AT + timedelta(days=3)
    compared(order, invoice, at=at + timedelta(hours=1))
    return accept_usage(
        invoice_id=invoice.pk, by=actor("cor"), at=at + timedelta(hours=2)
    )
