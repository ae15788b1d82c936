"""Prices on the workload, as arithmetic alone."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.evaluations.calculations import own_words, totals
from contracting.evaluations.pricing.bars import BAR_WIDTH, bars
from contracting.evaluations.pricing.comparisons import lowest, not_judged, percent
from contracting.evaluations.pricing.priced import PricedLine, PricedOffer
from contracting.submissions.calculations import (
    Offer,
    OfferedFile,
    OfferedPrice,
    content,
    offer_of,
)


def line(slin, price, listed, tokens=1_000_000):
    return PricedLine(
        slin=slin,
        label=slin,
        token_class="IN_UNCACHED",
        model="gpt-4o-2024-08-06",
        tokens=Tokens(tokens),
        price=UnitPrice(price),
        list_price=None if listed is None else UnitPrice(listed),
        list_source="",
    )


def offer(*lines, vendor="Meridian Models", missing=()):
    return PricedOffer(1, "sub_1", vendor, lines, missing)


def test_the_sum_is_exact_to_the_last_digit():
    priced = offer(line("A", "0.000001", "1", 1), line("B", "2.5", "3", 3))

    assert priced.evaluated == Dollars("0.000007500001")
    assert priced.at_list == Dollars("0.00001")


def test_a_line_without_a_list_price_makes_the_whole_not_comparable():
    priced = offer(line("A", "1", "2"), line("B", "1", None))

    assert priced.at_list is None
    assert totals([priced])[0]["percent_of_list"] is None
    assert totals([priced])[0]["lines_without_list"] == ["B"]


@pytest.mark.parametrize(
    ("shares", "flagged"),
    [
        (["0.8", "0.8", "0.8", "0.8"], []),
        (["0.8", "0.8", "0.8", "1.03"], []),
        (["0.8", "0.8", "0.8", "1.05"], ["3"]),
        (["0.8", "0.8", "0.8", "0.1"], ["3"]),
        (["0.8", "8"], ["0", "1"]),
        (["0.8"], []),
        (["0.5", "0.9", "0.7", "1.1"], []),
        (["0", "0", "1"], ["2"]),
    ],
)
def test_a_class_is_flagged_beyond_three_sigma_of_the_others(shares, flagged):
    priced = offer(*(line(str(i), share, "1") for i, share in enumerate(shares)))

    assert [each.slin for each in priced.unbalanced] == flagged


@given(
    st.lists(st.integers(1, 10**9), min_size=2, max_size=6),
    st.integers(1, 1000),
)
def test_prices_in_proportion_to_list_are_never_out_of_balance(listed, share):
    lines = [
        line(
            str(i), Decimal(cents * share).scaleb(-6), Decimal(cents * 1000).scaleb(-6)
        )
        for i, cents in enumerate(listed)
    ]
    if all(each.list_price < UnitPrice(10**9) for each in lines):
        assert offer(*lines).unbalanced == []


def test_a_share_is_printed_with_one_decimal_half_up():
    assert percent(Fraction(1, 3)) == "33.3"
    assert percent(Fraction(1, 2000)) == "0.1"
    assert percent(None) is None


def test_the_longest_bar_is_as_wide_as_the_plot():
    drawn = bars(
        [
            {"vendor": "A", "evaluated": "50", "at_list": "100", "missing_lines": []},
            {"vendor": "B", "evaluated": "25", "at_list": None, "missing_lines": ["B"]},
        ]
    )

    assert [bar.width for bar in drawn] == [f"{BAR_WIDTH / 2}", f"{BAR_WIDTH / 4}"]
    assert [bar.list_width for bar in drawn] == [f"{BAR_WIDTH}.0", "0"]
    assert bars([]) == []


@pytest.mark.parametrize(
    ("rationale", "own"),
    [
        ("The boundary is met.", set()),
        ("the BOUNDARY is met", set()),
        ("The boundary is met. I weigh it.", {"i", "weigh", "it"}),
        ("The boundary is met, the support plan is thin", set()),
        ("The boundary is met: the support plan is thin;", set()),
        ("The boundary is met and the support plan is thin", {"and"}),
        ("Boundary", set()),
        ("Bound", {"bound"}),
        ("", set()),
        ("...", set()),
        ("- 1 2 3 _", set()),
    ],
)
def test_own_words_are_those_that_the_panel_did_not_write(rationale, own):
    texts = ["First: the boundary is met.", "The support plan is thin."]

    assert own_words(rationale, texts) == own


def test_what_could_not_be_judged_for_balance_is_named():
    # A list price of zero, or none, is no measure; neither is a single one
    two = offer(line("A", "1", "2"), line("B", "1", "2"), line("C", "9", None))
    free = offer(line("A", "1", "2"), line("B", "1", "2"), line("C", "9", "0"))
    alone = offer(line("A", "1", "2"), line("C", "9", None))

    assert [each.slin for each in two.unjudged] == ["C"]
    assert [each.slin for each in free.unjudged] == ["C"]
    assert [each.slin for each in alone.unjudged] == ["A", "C"]
    assert not_judged(totals([two])) == [{"vendor": "Meridian Models", "lines": ["C"]}]


def test_an_offer_that_misses_a_line_is_last_and_never_lowest():
    whole = offer(line("A", "5", "5"), vendor="Whole")
    part = offer(line("A", "1", "5"), vendor="Part", missing=["B"])

    kept = totals([part, whole])

    assert [row["vendor"] for row in kept] == ["Whole", "Part"]
    best = lowest(kept)
    assert best is not None
    assert best["vendors"] == ["Whole"]
    assert lowest(totals([part])) is None


def test_equal_offers_are_both_lowest():
    kept = totals(
        [offer(line("A", "5", "5"), vendor=name) for name in ("One", "Another")]
    )

    best = lowest(kept)
    assert best is not None
    assert sorted(best["vendors"]) == ["Another", "One"]
    assert best["percent_of_list"] == "100.0"


def test_a_total_with_options_is_no_share_of_a_list_without_them():
    # Given an offer at half of list, whose one option is a tenth dearer
    one = replace(offer(line("A", "5", "10")), option_percents=[Decimal(10)])

    # Then what is lowest is told with the option, and no share of list beside it
    best = lowest(totals([one]))
    assert best is not None
    assert (best["evaluated"], best["has_options"]) == (Decimal("10.5"), True)
    assert best["percent_of_list"] is None


@given(
    technical=st.text(max_size=200),
    prices=st.lists(st.decimals(0, 999_999, places=6, allow_nan=False), max_size=5),
    body=st.binary(max_size=300),
)
def test_an_offer_comes_out_of_its_content_as_it_went_in(technical, prices, body):
    handed_in = Offer(
        technical=technical,
        prices=tuple(
            OfferedPrice(number, 1, UnitPrice(price))
            for number, price in enumerate(prices)
        ),
        files=(OfferedFile("a.bin", "application/octet-stream", body),),
    )

    assert offer_of(content(handed_in)) == handed_in
