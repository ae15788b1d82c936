"""Totals between little and much use, and where offers change places."""

import random
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest

from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.evaluations.pricing.comparisons import (
    comparable,
    compared,
)
from contracting.evaluations.pricing.plot import LABEL_STEP, plot
from contracting.evaluations.pricing.uses import (
    Curve,
    Spread,
    Use,
    all_tokens,
    changes,
    curve,
    order_at,
    ranks_at,
    stretches,
    tokens_at,
    uses,
)
from contracting.evaluations.pricing.words import changes_of, record, short, volume

SHEETS = 200
STEPS = 60


def used(**classes):
    return [
        Use(slin, (Tokens(low), Tokens(published), Tokens(high)), is_ranged=True)
        for slin, (low, published, high) in classes.items()
    ]


def offer(number, workload, vendor=None, **prices):
    return curve(
        number,
        vendor or f"Vendor {number}",
        {slin: UnitPrice(price) for slin, price in prices.items()},
        workload,
    )


BILLION = 10**9
MIXED = used(A=(BILLION, BILLION, BILLION), B=(0, BILLION, 2 * BILLION))
"""A thousand dollars a dollar of price; only class B grows."""


def test_use_follows_the_estimate_in_whole_tokens():
    estimate = {"IN": Spread(1, 3, 10), "NEW": Spread(0, 0, 7), "OUT": Spread(5, 5, 5)}

    found = uses(
        [("1", "IN", 3), ("2", "OUT", 10), ("3", "NEW", 0), ("4", "IMAGE", 9)], estimate
    )

    assert [[count.count for count in use.tokens] for use in found] == [
        [1, 3, 10],
        [10, 10, 10],
        [0, 0, 7],
        [9, 9, 9],
    ]
    assert [use.is_ranged for use in found] == [True, True, True, False]


def test_a_line_that_is_not_the_estimate_keeps_its_proportion_half_up():
    found = uses([("1", "IN", 5), ("2", "IN", 7)], {"IN": Spread(1, 2, 3)})

    assert [[count.count for count in use.tokens] for use in found] == [
        [3, 5, 8],
        [4, 7, 11],
    ]


def test_a_class_expected_only_at_most_use_is_given_to_no_line_twice():
    found = uses([("1", "IN", 0), ("2", "IN", 0)], {"IN": Spread(0, 0, 8)})

    assert all_tokens(found) == (0, 0, 0)


def test_the_totals_are_exact_to_the_last_digit():
    workload = used(A=(1, 3, 5))

    assert offer(1, workload, A="0.000001").totals == (
        Dollars("0.000000000001"),
        Dollars("0.000000000003"),
        Dollars("0.000000000005"),
    )


def test_an_offer_that_leaves_a_line_unpriced_has_no_total():
    with pytest.raises(KeyError):
        offer(1, MIXED, A="1")


def test_who_is_cheapest_up_to_which_use_is_said_in_words():
    # Given Meridian dear in A and cheap in B, whose share grows with the use
    larkspur = offer(1, MIXED, vendor="Larkspur AI", A="1", B="3")
    meridian = offer(2, MIXED, vendor="Meridian Models", A="1.8", B="1")

    kept = record([larkspur, meridian], MIXED, months=1)

    # Then 1 + 3b = 1.8 + b at 0.4 billion of B, which is 1.4 billion in all
    assert kept["sentence"] == (
        "Larkspur AI is cheapest up to 1.4 billion tokens a month, "
        "then Meridian Models."
    )
    assert kept["changes"] == [
        {
            "tokens": "1400000000",
            "is_of_the_lead": True,
            "before": [[1], [2]],
            "after": [[2], [1]],
        }
    ]
    assert [row["vendor"] for row in kept["totals"]] == [
        "Meridian Models",
        "Larkspur AI",
    ]
    assert kept["totals"][0]["ranks"] == [2, 1, 1]


def test_a_change_of_places_at_a_fraction_is_kept_as_a_fraction():
    first = offer(1, MIXED, A="1", B="4")
    second = offer(2, MIXED, A="2", B="1")

    kept = record([first, second], MIXED, months=2)

    assert kept["changes"][0]["tokens"] == "4000000000/3"
    assert "about 667 million tokens a month" in kept["sentence"]
    assert changes_of(kept)[0]["tokens"] == 666_666_666


def test_classes_that_grow_alike_change_no_rank():
    workload = used(A=(1000, 2000, 4000), B=(500, 1000, 2000))
    first, second = (
        offer(1, workload, A="1", B="9"),
        offer(2, workload, A="9", B="1"),
    )

    kept = record([first, second], workload, months=1)

    assert kept["changes"] == []
    assert kept["sentence"] == (
        "Vendor 1 is cheapest at every volume between P10 and P90."
    )


def test_equal_offers_are_shown_as_equal():
    both = [offer(number, MIXED, A="1", B="1") for number in (1, 2)]

    kept = record(both, MIXED, months=1)

    assert kept["sentence"] == (
        "Vendor 1 and Vendor 2 are equal, and cheapest, "
        "at every volume between P10 and P90."
    )
    assert [row["ranks"] for row in kept["totals"]] == [[1, 1, 1], [1, 1, 1]]
    assert kept["totals"][0]["is_equal"] == [True, True, True]


def test_offers_that_are_equal_for_a_part_of_the_axis_say_so():
    workload = used(A=(1000, 2000, 2000), B=(0, 0, 1000))
    first, second = (
        offer(1, workload, A="1", B="1"),
        offer(2, workload, A="1", B="2"),
    )

    assert record([first, second], workload, months=1)["sentence"] == (
        "Vendor 1 and Vendor 2 are equal, and cheapest, "
        "up to 2,000 tokens a month, then Vendor 1."
    )


def test_offers_that_only_touch_do_not_change_places():
    workload = used(A=(1000, 1000, 1000), B=(1000, 2000, 2000), C=(1000, 1000, 2000))
    first = offer(1, workload, A="1", B="1", C="1")
    second = offer(2, workload, A="2", B="0", C="2")

    kept = record([first, second], workload, months=1)

    assert kept["changes"] == []
    assert [row["is_equal"] for row in kept["totals"]] == [[False, True, False]] * 2


def test_a_change_behind_the_cheapest_is_told_too():
    kept = record(
        [
            offer(1, MIXED, A="0.1", B="0.1"),
            offer(2, MIXED, A="1", B="3"),
            offer(3, MIXED, A="1.8", B="1"),
        ],
        MIXED,
        months=1,
    )

    assert kept["sentence"] == (
        "Vendor 1 is cheapest at every volume between P10 and P90. Behind the "
        "cheapest, offers change places at 1.4 billion tokens a month "
        "(Vendor 2 and Vendor 3)."
    )


@pytest.mark.parametrize(
    ("workload", "curves", "said"),
    [
        (MIXED, [], "No offer prices every line, so none is ranked."),
        (
            MIXED,
            [offer(1, MIXED, A="1", B="1")],
            "Vendor 1 is the only offer that prices every line.",
        ),
        (
            used(A=(5, 5, 5)),
            [
                offer(1, used(A=(5, 5, 5)), A="2"),
                offer(2, used(A=(5, 5, 5)), A="1"),
            ],
            "Vendor 2 is cheapest at every volume: no range of use is estimated.",
        ),
    ],
)
def test_what_cannot_be_compared_is_said(workload, curves, said):
    assert record(curves, workload, months=0)["sentence"] == said


def test_an_unpriced_offer_is_kept_as_not_ranked():
    kept = record(
        [],
        MIXED,
        months=1,
        not_ranked=[{"vendor": "Part", "missing_lines": ["0001AB"]}],
    )

    assert kept["not_ranked"] == [{"vendor": "Part", "missing_lines": ["0001AB"]}]
    assert plot(kept) is None


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (Fraction(0), "0"),
        (Fraction(1, 3), "about 0"),
        (Fraction(999_999), "999,999"),
        (Fraction(1_400_000_000), "1.4 billion"),
        (Fraction(1_234_000_000), "about 1.23 billion"),
        (Fraction(12_350_000), "about 12.4 million"),
        (Fraction(250 * 10**12), "250 trillion"),
        (Fraction(1_000_000), "1 million"),
    ],
)
def test_volumes_are_said_to_three_digits(number, said):
    assert short(number) == said


def test_without_months_a_volume_is_of_the_whole_workload():
    assert volume(Fraction(2_000_000), 0) == "2 million tokens"


# The oracle: a search over the volume axis that knows nothing of crossings --------


def sheet(seed):
    """A random workload with random offers, coarse enough to tie now and then."""
    dice = random.Random(seed)
    slins = "ABCD"[: dice.randint(1, 4)]
    workload = []
    for slin in slins:
        counts = sorted(dice.randrange(0, 5) * 1_000_000 for _ in range(3))
        workload += used(**{slin: counts})
    prices = [
        {slin: Decimal(dice.randrange(0, 9)) / 4 for slin in slins}
        for _ in range(dice.randint(1, 5))
    ]
    return workload, prices


def searched(workload, prices, point):
    """The order of the offers at a point, from the prices alone."""
    start = min(int(point), 1)
    part = point - start
    totals: dict[Fraction, list[int]] = {}
    for number, own in enumerate(prices):
        total = Fraction(0)
        for use in workload:
            low, high = (use.tokens[place].count for place in (start, start + 1))
            total += (low + part * (high - low)) * Fraction(own[use.slin]) / 10**6
        totals.setdefault(total, []).append(number)
    return tuple(tuple(totals[total]) for total in sorted(totals))


def narrowed(workload, prices, low, high):
    """Halve a part of the axis with two orders until its change is enclosed."""
    before = searched(workload, prices, low)
    for _ in range(50):
        middle = (low + high) / 2
        if searched(workload, prices, middle) == before:
            low = middle
        else:
            high = middle
    return low, high


@pytest.mark.parametrize("seed", range(SHEETS))
def test_ranks_and_crossings_equal_a_search_over_the_axis(seed):
    workload, prices = sheet(seed)
    curves = [
        offer(number, workload, **{slin: str(each) for slin, each in own.items()})
        for number, own in enumerate(prices)
    ]
    tokens = all_tokens(workload)
    found = stretches(curves, tokens)

    # Ranks at the three points, and the order on a fine grid
    for place in range(3):
        order = searched(workload, prices, Fraction(place))
        expected: dict[int, tuple[int, bool]] = {}
        for group in order:
            expected.update(dict.fromkeys(group, (len(expected) + 1, len(group) > 1)))
        assert ranks_at(curves, place) == expected
    grid = [Fraction(2 * step, STEPS) + Fraction(1, 9_973) for step in range(STEPS)]
    for point in grid:
        assert order_at(curves, point) == searched(workload, prices, point)
        within = [each for each in found if each.start < point < each.end]
        if within:
            assert within[0].order == searched(workload, prices, point)

    # Every stretch has one order; each crossing is where halving the axis leads
    for each in found:
        for part in (Fraction(1, 97), Fraction(1, 2), Fraction(96, 97)):
            inside = each.start + part * (each.end - each.start)
            if inside not in (Fraction(1),):
                assert searched(workload, prices, inside) == each.order
    for before, after in pairwise(found):
        assert before.end <= after.start
        if before.end != after.start or before.end == 1:
            continue
        low, high = narrowed(
            workload,
            prices,
            max(before.start, Fraction(int(before.end))) / 2 + before.end / 2,
            after.start / 2 + min(after.end, Fraction(int(before.end) + 1)) / 2,
        )
        assert low <= before.end <= high
        assert high - low < Fraction(1, 10**12)


def test_the_random_sheets_hold_crossings_and_ties():
    moves, ties = 0, 0
    for seed in range(SHEETS):
        workload, prices = sheet(seed)
        curves = [
            offer(number, workload, **{slin: str(each) for slin, each in own.items()})
            for number, own in enumerate(prices)
        ]
        tokens = all_tokens(workload)
        moves += len(changes(stretches(curves, tokens), tokens))
        ties += any(equal for _rank, equal in ranks_at(curves, 1).values())

    assert moves > 100
    assert ties > 20


def test_tokens_move_in_a_straight_line_between_the_points():
    assert tokens_at((0, 10, 30), Fraction(3, 2)) == 20


# Beside other prices ------------------------------------------------------------


def row(vendor, slin, price, listed="2", tokens=10**6, past=None):
    return {
        "submission": vendor,
        "vendor": vendor,
        "slin": slin,
        "usd_per_million_tokens": price,
        "amount": price,
        "list_amount": listed,
        "list_usd_per_million_tokens": listed,
        "workload_tokens": tokens,
        **({"past_usd_per_million_tokens": past} if past else {}),
    }


def test_each_price_stands_beside_the_lowest_other_offer_and_the_last_award():
    rows = compared(
        [
            row("One", "A", "1", past="4"),
            row("Two", "A", "2"),
            row("Three", "A", "2"),
            row("One", "B", "5"),
        ]
    )

    assert rows[0]["lowest_other"] == "2"
    assert rows[0]["lowest_other_of"] == ["Two", "Three"]
    assert rows[0]["percent_of_other"] == "50.0"
    assert rows[0]["percent_of_past"] == "25.0"
    assert rows[1]["percent_of_other"] == "200.0"
    assert rows[1]["percent_of_past"] is None
    assert rows[3]["lowest_other"] is None


def test_no_share_of_a_price_of_zero_is_taken():
    rows = compared([row("One", "A", "1"), row("Two", "A", "0")])

    assert rows[0]["lowest_other"] == "0"
    assert rows[0]["percent_of_other"] is None


def test_a_missing_list_price_is_left_out_and_counted_never_zero():
    rows = [row("One", "A", "1"), row("One", "B", "9", listed=None)]

    assert comparable(rows) == [
        {"vendor": "One", "lines": 2, "not_comparable": 1, "percent_of_list": "50.0"}
    ]
    assert comparable(rows[1:])[0]["percent_of_list"] is None


# The plot ------------------------------------------------------------------------


def test_the_plot_marks_each_change_of_places_and_spreads_its_labels():
    kept = record(
        [
            offer(1, MIXED, A="1", B="3"),
            offer(2, MIXED, A="1.8", B="1"),
            offer(3, MIXED, A="1.8", B="1"),
        ],
        MIXED,
        months=1,
    )

    drawn = plot(kept)

    assert drawn is not None
    assert [crossing.number for crossing in drawn.crossings] == [1]
    # At 0.4 of the way from P10 to P50, at 1 + 3 × 0.4 of 1 to 7 thousand dollars
    assert drawn.crossings[0].x == "178"
    places = sorted(Decimal(slope.label_y) for slope in drawn.slopes)
    assert all(below - above >= LABEL_STEP for above, below in pairwise(places))
    assert all(0 < place < drawn.height for place in places)
    assert len({(slope.dash, slope.marker) for slope in drawn.slopes}) == 3


def test_many_offers_have_room_for_their_labels():
    many = [
        Curve(number, f"Vendor {number}", (Dollars(1), Dollars(1), Dollars(1)))
        for number in range(30)
    ]

    drawn = plot(record(many, MIXED, months=1))

    assert drawn is not None
    places = sorted(Decimal(slope.label_y) for slope in drawn.slopes)
    assert all(below - above >= LABEL_STEP for above, below in pairwise(places))
    assert 0 < places[0] < places[-1] < drawn.height
    assert drawn.slopes[26].letter == "A2"


def test_an_analysis_without_uses_has_no_plot():
    assert plot({}) is None
    assert changes_of({}) == []
