"""Drawing usage on the funds of one line."""

import pytest

from contracting.core.quantities import Tokens
from contracting.ledger.models import Transfer
from contracting.ledger.queries import live_limit
from contracting.ledger.refusals import (
    AcceptanceExceeded,
    AmountNotPositive,
    BalanceNotOpen,
)
from contracting.ledger.states import TransferKind
from tests.cast import nothing_happens
from tests.ledger.conftest import LINE, OTHER_LINE, usd


@pytest.mark.rule("R-FND-08", case="allowed")
def test_usage_within_the_funds_is_funded_exactly(burning):
    (drawn,) = burning.use(("input", "0.15", 700))

    assert drawn.funded_dollars == usd("0.000105")
    assert drawn.funded_tokens == Tokens(700)
    assert drawn.unfunded_tokens == Tokens(0)
    assert burning.row().funds_left == usd("44.999895")


def test_ten_thousand_small_requests_cost_what_one_multiplication_says(burning):
    # Rounded to a hundredth of a cent each they would cost $1.00, to a cent nothing
    burning.use(*[("input", "0.15", 700)] * 10_000)

    assert burning.row().consumed_tokens == 7_000_000
    assert burning.row().consumed_dollars == usd("1.05").amount


@pytest.mark.rule("R-FND-08", case="refused")
def test_usage_beyond_the_funds_is_recorded_in_full_and_never_payable(burning):
    # Given an order with $45 obligated, and usage of $50 that has happened
    (drawn,) = burning.use(("output", "10", 5_000_000))

    assert (drawn.funded_tokens, drawn.unfunded_tokens) == (
        Tokens(4_500_000),
        Tokens(500_000),
    )
    assert drawn.unfunded_dollars == usd(5)
    assert burning.row().unfunded_dollars == 5

    # When somebody tries to accept what was not funded
    with nothing_happens(), pytest.raises(AcceptanceExceeded) as refusal:
        burning.accept("45.000001", "45", 4_500_000)

    assert refusal.value.rule == "R-FND-08"
    assert refusal.value.data["short_by"] == usd("0.000001")


def test_a_split_inside_a_class_funds_the_most_whole_tokens_that_fit(burning):
    # $45 at $7 per million: 6,428,571 tokens cost $44.999997, one more is too dear
    (drawn,) = burning.use(("output", "7", 10_000_000))

    assert drawn.funded_tokens == Tokens(6_428_571)
    assert drawn.funded_dollars == usd("44.999997")
    assert drawn.unfunded_tokens == Tokens(3_571_429)
    assert burning.row().funds_left == usd("0.000003")


def test_a_cheaper_class_still_finds_room_in_what_a_dearer_one_leaves(burning):
    dear, cheap = burning.use(("output", "7", 10_000_000), ("cached", "1", 10))

    assert dear.funded_tokens == Tokens(6_428_571)
    assert cheap.funded_tokens == Tokens(3)
    assert cheap.unfunded_tokens == Tokens(7)


def test_the_token_ceiling_binds_where_it_is_the_tightest(burning):
    burning.open("60", tokens=1_000)

    (drawn,) = burning.use(("input", "0.15", 1_001))

    assert drawn.funded_tokens == Tokens(1_000)
    assert drawn.unfunded_tokens == Tokens(1)
    assert live_limit(LINE).binding == "tokens"


def test_tokens_without_a_price_need_no_funds_and_count_against_the_ceiling(books):
    books.open("60", tokens=1_000)

    (drawn,) = books.use(("free trial", "0", 1_500))

    assert drawn.funded_tokens == Tokens(1_000)
    assert drawn.unfunded_dollars == usd(0)


def test_usage_draws_on_the_acrns_in_their_order_of_payment(books):
    # Given $2 on AA, paid second, and $1 on AB, paid first
    other = books.fund("Reserve", "10")
    books.open("2", acrn="AA", sequence=2)
    books.open("1", acrn="AB", sequence=1, funds=other)
    books.obligate(books.asked("2"), books.asked("1", acrn="AB", funds=other))

    # When usage of $4 comes in
    drawn = books.use(("output", "10", 400_000))

    # Then AB pays first, AA pays the rest, and what nobody funds stands with the last
    assert [(each.acrn, each.funded_dollars) for each in drawn] == [
        ("AB", usd(1)),
        ("AA", usd(2)),
    ]
    assert [each.unfunded_dollars for each in drawn] == [usd(0), usd(1)]


def test_the_token_ceiling_holds_over_the_sum_of_the_acrns(books):
    other = books.fund("Reserve", "10")
    books.open("1", acrn="AA", sequence=1, tokens=150_000)
    books.open("1", acrn="AB", sequence=2, tokens=150_000, funds=other)
    books.obligate(books.asked("1"), books.asked("1", acrn="AB", funds=other))

    first, second = books.use(("output", "10", 200_000))

    assert first.funded_tokens == Tokens(100_000)
    assert second.funded_tokens == Tokens(50_000)
    assert second.unfunded_tokens == Tokens(50_000)


def test_how_usage_is_cut_into_batches_changes_nothing(burning):
    used = [("output", "7", 3_000_000), ("input", "2", 4_000_000)] * 2
    for entry in used:
        burning.use(entry)
    one_by_one = (burning.row().consumed_dollars, burning.row().unfunded_tokens)

    burning.open("60", holder=OTHER_LINE)
    burning.obligate(burning.asked("45", holder=OTHER_LINE))
    burning.use(*used, holder=OTHER_LINE)
    together = burning.row(holder=OTHER_LINE)

    assert (together.consumed_dollars, together.unfunded_tokens) == one_by_one


def test_a_key_is_posted_once_and_named_on_its_transfer(burning):
    before = Transfer.objects.count()

    drawn = burning.use(*[("rate 12", "2", 1_000)] * 50)

    (transfer,) = Transfer.objects.order_by("pk")[before:]
    assert transfer.kind == TransferKind.CONSUME
    assert (transfer.note, transfer.tokens) == ("rate 12", 50_000)
    assert drawn[0].funded_transfer_id == transfer.pk


def test_a_key_without_tokens_is_answered_and_moves_nothing(burning):
    before = Transfer.objects.count()

    (drawn,) = burning.use(("input", "2", 0))

    assert (drawn.funded_tokens, drawn.funded_transfer_id) == (Tokens(0), None)
    assert Transfer.objects.count() == before


def test_usage_of_a_line_without_funds_has_no_place_to_stand(books):
    with nothing_happens(), pytest.raises(BalanceNotOpen):
        books.use(("input", "2", 1))


def test_usage_is_never_negative(burning):
    with nothing_happens(), pytest.raises(AmountNotPositive):
        burning.use(("input", "2", -1))
