"""Accepting funded usage."""

import pytest

from contracting.core.quantities import Tokens, UnitPrice
from contracting.ledger.refusals import (
    AcceptanceExceeded,
    AmountNotPositive,
    ObligationExceeded,
)
from contracting.ledger.states import TransferKind
from tests.cast import nothing_happens
from tests.ledger.conftest import usd


def test_the_exact_amount_is_accepted_and_rounded_by_a_second_transfer(burning):
    burning.use(("output", "10", 1_234_567))

    accepted, rounded = burning.accept("12.34567", "12.35", 1_234_567)

    assert (accepted.kind, accepted.dollars) == (
        TransferKind.ACCEPT,
        usd("12.34567").amount,
    )
    assert (rounded.kind, rounded.dollars) == (
        TransferKind.ROUND,
        usd("0.00433").amount,
    )
    row = burning.row()
    assert row.unpaid == usd("12.35")
    assert row.unaccepted == usd(0)
    assert row.funds_left == usd("32.65")


def test_rounding_down_frees_what_it_leaves(burning):
    burning.use(("output", "10", 1_234_400))

    burning.accept("12.344", "12.34", 1_234_400)

    row = burning.row()
    assert row.rounding_dollars == usd("-0.004").amount
    assert row.funds_left == usd("32.66")


def test_an_amount_in_whole_cents_is_not_rounded(burning):
    burning.use(("output", "10", 1_000_000))

    assert len(burning.accept("10", "10", 1_000_000)) == 1


def test_tokens_without_a_price_are_accepted_too(burning):
    burning.use(("free trial", "0", 500))

    burning.accept("0", "0", 500)

    assert burning.row().accepted_tokens == 500


def test_acceptance_over_several_acrns_follows_the_order_of_payment(books):
    other = books.fund("Reserve", "10")
    books.open("1", acrn="AA", sequence=1)
    books.open("5", acrn="AB", sequence=2, funds=other)
    books.obligate(books.asked("1"), books.asked("5", acrn="AB", funds=other))
    books.use(("output", "10", 300_001))

    books.accept("3.00001", "3", 300_001)

    assert books.row("AA").unpaid == usd(1)
    assert books.row("AB").unpaid == usd(2)
    assert books.row("AB").unaccepted == usd(0)


def test_rounding_down_never_leaves_an_acrn_below_nothing(books):
    # Given usage of which only a tenth of a cent goes over to the next ACRN
    other = books.fund("Reserve", "10")
    books.open("1.003", acrn="AA", sequence=1)
    books.open("5", acrn="AB", sequence=2, funds=other)
    books.obligate(books.asked("1.003"), books.asked("5", acrn="AB", funds=other))
    books.use(("output", "10", 100_400))

    # When it is accepted and rounded down by four tenths
    books.accept("1.004", "1", 100_400)

    # Then each bears its own rounding, in whole cents
    assert books.row("AA").unpaid == usd("1")
    assert books.row("AB").unpaid == usd("0")


@pytest.mark.parametrize("price", ["7", "3.333333", "0.07", "11.1"])
@pytest.mark.parametrize("obligated", ["0.45", "1.01", "4.5"])
def test_each_acrn_owes_whole_cents_whatever_the_price(books, price, obligated):
    # Given usage that goes over from one ACRN to the next at an odd price
    other = books.fund("Reserve", "2000")
    books.open(obligated, acrn="AA", sequence=1)
    books.open("1000", acrn="AB", sequence=2, funds=other)
    books.obligate(books.asked(obligated), books.asked("1000", acrn="AB", funds=other))
    tokens = int(usd(obligated).amount / usd(price).amount * 1_000_000) + 777_777
    books.use(("output", price, tokens))
    exact = UnitPrice(price).of(Tokens(tokens))

    # When all of it is accepted
    books.accept(str(exact.amount), str(exact.to_cents().amount), tokens)

    # Then both owe whole cents, neither more than its funds, together the line's cents
    parts = [books.row(acrn).unpaid for acrn in ("AA", "AB")]
    assert parts == [each.to_cents() for each in parts]
    assert sum(each.amount for each in parts) == exact.to_cents().amount
    assert parts[0] <= usd(obligated)


def test_a_cent_without_funds_is_borne_by_an_acrn_that_has_it(books):
    # Given a last ACRN whose two tenths of a cent are used up
    other = books.fund("Reserve", "10")
    books.open("0.997", acrn="AA", sequence=1)
    books.open("0.01", acrn="AB", sequence=2, funds=other)
    books.obligate(books.asked("0.997"), books.asked("0.01", acrn="AB", funds=other))
    books.use(("output", "10", 100_200))

    # When what goes over is accepted with it and rounded
    books.accept("1.002", "1", 100_200)

    # Then the first has no funds for a whole dollar, and the next bears the cent
    assert books.row("AA").unpaid == usd("0.99")
    assert books.row("AB").unpaid == usd("0.01")


def test_one_acrn_may_be_named(books):
    other = books.fund("Reserve", "10")
    books.open("1", acrn="AA", sequence=1)
    books.open("5", acrn="AB", sequence=2, funds=other)
    books.obligate(books.asked("1"), books.asked("5", acrn="AB", funds=other))
    books.use(("output", "10", 300_000))

    books.accept("2", "2", 200_000, acrn="AB")

    assert books.row("AA").unaccepted == usd(1)
    with nothing_happens(), pytest.raises(AcceptanceExceeded):
        books.accept("0.01", "0.01", acrn="AB")


def test_no_more_tokens_are_accepted_than_were_used_and_funded(burning):
    burning.use(("output", "10", 1_000))

    with nothing_happens(), pytest.raises(AcceptanceExceeded) as refusal:
        burning.accept("0.01", "0.01", 1_001)

    assert refusal.value.rule == "R-FND-08"


def test_nothing_is_accepted_twice(burning):
    burning.use(("output", "10", 1_000_000))
    burning.accept("10", "10", 1_000_000)

    with nothing_happens(), pytest.raises(AcceptanceExceeded):
        burning.accept("10", "10", 0)


def test_rounding_up_does_not_pass_the_obligation(books):
    # Given 45 cents obligated and used in two classes, to the last tenth of a cent
    books.open("1")
    books.obligate(books.asked("0.45"))
    books.use(("output", "10", 44_400), ("input", "10", 600))

    # When the second class rounds up to a cent that is not obligated
    books.accept("0.444", "0.44", 44_400)
    books.accept("0.004", "0.00", 400)
    with nothing_happens(), pytest.raises(ObligationExceeded) as refusal:
        books.accept("0.002", "0.02", 200)

    assert refusal.value.rule == "R-INV-05"
    assert refusal.value.data["short_by"] == usd("0.01")


@pytest.mark.parametrize(
    ("exact", "rounded", "tokens"), [("-1", "-1", 0), ("0", "0", 0), ("1", "1", -1)]
)
def test_an_acceptance_is_more_than_nothing(burning, exact, rounded, tokens):
    burning.use(("output", "10", 1_000_000))

    with nothing_happens(), pytest.raises(AmountNotPositive):
        burning.accept(exact, rounded, tokens)
