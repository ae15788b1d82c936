"""How usage divides between funds and no funds."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from contracting.core.quantities import Dollars, Tokens, UnitPrice, total_dollars
from contracting.ledger.calculations import (
    dollars,
    fold_usage,
    funds_bar,
    picodollars,
    spread,
)
from contracting.ledger.states import Consumption
from tests.ledger.conftest import usage, usd

PRICES = st.decimals(0, 200, places=6).map(UnitPrice)
FUNDS = st.decimals(0, 100, places=12).map(Dollars)
ENTRIES = st.lists(
    st.builds(
        Consumption,
        st.sampled_from(["input", "cached", "output"]),
        PRICES,
        st.integers(0, 10_000_000).map(Tokens),
    ),
    max_size=12,
)


def test_one_token_more_would_not_have_fitted():
    (share,) = fold_usage(
        usage(("output", "0.000003", 10)), tokens_left=100, funds_left=[usd("1e-11")]
    )

    # 3 picodollars a token: three tokens fit into ten picodollars
    assert (share.funded_tokens, share.funded_picodollars) == (3, 9)
    assert (share.unfunded_tokens, share.unfunded_picodollars) == (7, 21)


@settings(max_examples=200)
@given(ENTRIES, st.integers(0, 20_000_000), st.lists(FUNDS, min_size=1, max_size=3))
def test_every_token_is_funded_or_unfunded_at_its_exact_price(entries, room, funds):
    shares = fold_usage(entries, tokens_left=room, funds_left=funds)

    funded = sum(share.funded_tokens for share in shares)
    unfunded = sum(share.unfunded_tokens for share in shares)
    assert funded + unfunded == sum(entry.tokens.count for entry in entries)
    assert funded <= room
    exact = sum(
        (
            Fraction(entry.unit_price.usd_per_million_tokens) * entry.tokens.count
            for entry in entries
        ),
        Fraction(0),
    )
    total = sum(
        share.funded_picodollars + share.unfunded_picodollars for share in shares
    )
    assert Fraction(total, 10**12) == exact / 10**6
    for place, left in enumerate(funds):
        drawn = sum(s.funded_picodollars for s in shares if s.place == place)
        assert drawn <= picodollars(left)


@settings(max_examples=200)
@given(ENTRIES, st.integers(0, 20_000_000), st.lists(FUNDS, min_size=1, max_size=3))
def test_the_sums_do_not_depend_on_how_usage_is_cut(entries, room, funds):
    whole = fold_usage(entries, tokens_left=room, funds_left=funds)

    pieces = []
    left, tokens = list(funds), room
    for entry in entries:
        for share in fold_usage([entry], tokens_left=tokens, funds_left=left):
            left[share.place] = left[share.place] - dollars(share.funded_picodollars)
            tokens -= share.funded_tokens
            pieces.append(share)

    assert _sums(pieces) == _sums(whole)


@given(st.lists(FUNDS, min_size=1, max_size=4), FUNDS)
def test_an_amount_fills_the_rooms_in_order(rooms, amount):
    parts = spread(amount, rooms)

    assert total_dollars(parts) == min(total_dollars(rooms), amount)
    filled = [part == room for part, room in zip(parts, rooms, strict=True)]
    for place, part in enumerate(parts):
        assert part <= rooms[place]
        assert not part or all(filled[:place])


def _sums(shares):
    sums: dict[tuple[str, int], list[int]] = {}
    for share in shares:
        so_far = sums.setdefault((share.key, share.place), [0, 0, 0, 0])
        for n, value in enumerate(
            (
                share.funded_tokens,
                share.funded_picodollars,
                share.unfunded_tokens,
                share.unfunded_picodollars,
            )
        ):
            so_far[n] += value
    return {key: value for key, value in sums.items() if any(value)}


def test_a_bar_sets_spent_obligated_and_committed_side_by_side():
    segments = funds_bar(
        available=usd(100), committed=usd(5), obligated=usd(45), expended=usd(10)
    )

    assert [(each.name, each.start, each.width) for each in segments] == [
        ("expended", "0.00", "60.00"),
        ("obligated", "60.00", "210.00"),
        ("committed", "270.00", "30.00"),
    ]


def test_a_bar_of_nothing_has_no_width():
    segments = funds_bar(
        available=usd(0), committed=usd(0), obligated=usd(0), expended=usd(0)
    )

    assert {each.width for each in segments} == {"0.00"}
