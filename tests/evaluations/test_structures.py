"""Offers whose price depends on the volume, compared as their use grows."""

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.urls import reverse

from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.evaluations.calculations import rows
from contracting.evaluations.models import PriceAnalysis, PriceNormalisation
from contracting.evaluations.paperwork import price_memo
from contracting.evaluations.pricing.gaps import Gap
from contracting.evaluations.pricing.plot import plot
from contracting.evaluations.pricing.priced import PricedLine, PricedOffer
from contracting.evaluations.pricing.schedules import normalised_price
from contracting.evaluations.pricing.uses import (
    PARTS,
    Use,
    all_tokens,
    curve_of,
    stretches,
)
from contracting.evaluations.pricing.words import curves_of, record
from contracting.evaluations.refusals import RuleNotApplicable
from contracting.evaluations.states import NormalisationRule
from contracting.reference.models import TokenClass
from contracting.solicitations.models import Solicitation, SolicitationLine
from contracting.solicitations.publishing.costs import WorkloadPrice
from contracting.submissions.models import Submission
from tests.builders_structures import structured_decision
from tests.cast import actor, client_for

MILLION = 1_000_000
USED = [Use("A", (Tokens(MILLION), Tokens(2 * MILLION), Tokens(6 * MILLION)), True)]


def flat(used):
    return Dollars(2 * used["A"])


def stepped(used):
    """Three a token up to two million, then half a dollar."""
    first = min(used["A"], 2 * MILLION)
    return Dollars(3 * first) + Dollars(f"{(used['A'] - first) * 0.5:.1f}")


def curves():
    return [
        curve_of(1, "Flat", flat, USED, is_bent=False),
        curve_of(2, "Stepped", stepped, USED, is_bent=True),
    ]


def test_a_step_bends_the_total_and_ranks_change_where_it_bites():
    found = curves()

    # The cheaper step overtakes where 3 x 2 + (x - 2) / 2 = 2 x, at 3 1/3 million
    (before, after) = stretches(found, all_tokens(USED))
    assert (before.order, after.order) == (((1,), (2,)), ((2,), (1,)))
    assert after.start == 1 + Fraction(1, 3)

    # Three points alone would not see the bend, and would find the change elsewhere
    blind = [
        curve_of(1, "Flat", flat, USED, is_bent=False),
        curve_of(2, "Stepped", lambda used: stepped(used), USED, is_bent=False),
    ]
    assert len(found[1].between) == 2 * PARTS + 1
    assert found[1].at(Fraction(3, 2)) == blind[1].at(Fraction(3, 2))
    assert found[1].totals == blind[1].totals


def test_the_record_keeps_the_bend_and_the_plot_draws_it():
    kept = record(curves(), USED, months=0)

    assert curves_of(kept) == sorted(curves(), key=lambda each: each.totals[1])
    drawn = plot(kept)
    assert drawn is not None
    paths = {slope.vendor: slope.path.count("L") for slope in drawn.slopes}
    assert paths == {"Flat": 2, "Stepped": 2 * PARTS}


def test_what_is_put_in_or_open_of_a_pool_is_said_in_its_unit():
    code = TokenClass(pk=1, code="OUT_TEXT", label="output")
    pooled = {"structure": "POOL", "unit": "ACU", "clin": "0003"}
    burn = SolicitationLine(slin="0003AA", token_class=code, **pooled)
    unit = SolicitationLine(slin="0003", **pooled)

    normalised = PriceNormalisation(line=burn, usd_per_million_tokens=Decimal("1.25"))
    gaps = [Gap(Submission(), each, True, None, None, None) for each in (burn, unit)]

    assert normalised.figure_words == "1.25 ACU"
    assert [gap.words for gap in gaps] == [
        "said to burn 0 ACU, not confirmed",
        "priced at $0, not confirmed",
    ]
    # And a vendor who reads its own offer again is told what each figure is
    assert [burn.numbered, unit.numbered] == [
        "0003AA, ACU burnt per million tokens",
        "0003, US dollars per AI consumption unit (ACU)",
    ]
    assert SolicitationLine(slin="0001AA", token_class=code).numbered == "0001AA"


@pytest.mark.rule("R-EVL-05", case="refused")
@pytest.mark.parametrize("rule", NormalisationRule)
def test_what_others_burn_of_their_pools_is_put_into_no_offer(rule):
    # A hundred times as much of a unit at a hundredth is no price of another's class
    code = TokenClass(pk=1, code="OUT_TEXT", label="output")
    burn = SolicitationLine(slin="0003AA", token_class=code, structure="POOL")

    with pytest.raises(RuleNotApplicable, match="own pool"):
        normalised_price(Solicitation(), 1, burn, rule, date(2026, 3, 2))


def test_a_class_is_above_list_by_what_it_comes_to_and_is_named_once():
    code = TokenClass(pk=1, code="OUT_TEXT", label="output")
    tiered = {"structure": "TIERS", "token_class": code, "clin": "0002"}
    lines = [
        SolicitationLine(slin="0002AA", **tiered),
        SolicitationLine(slin="0002AB", from_tokens=500_000, **tiered),
    ]
    priced = [
        PricedLine(
            *(line.slin, line.asked_for, line.class_code, "a-model"),
            *(Tokens(500_000), UnitPrice("2.0001"), UnitPrice(2), "a list"),
            workload=WorkloadPrice(line, (500_000,), Decimal("2.0001")),
            of_class=Fraction("2.0001"),
        )
        for line in lines
    ]

    first, step = rows([PricedOffer(1, "sub", "Meridian", priced, [])])

    # However little it is above, and not once more for each of its steps
    assert (first["percent_of_list"], first["is_above_list"]) == ("100.0", True)
    assert not step["is_above_list"]


@pytest.mark.django_db
def test_the_page_of_prices_says_each_figure_in_its_unit():
    decision = structured_decision()
    solicitation = decision.solicitation

    page = client_for(actor("contracting_officer")).get(
        reverse("evaluations:price", args=[solicitation.public_id])
    )

    assert page.status_code == 200
    text = " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())
    assert "1.25 ACU (ACU burnt per million tokens)" in text
    assert "25 × 12 months" in text
    assert "$30.00 (US dollars per month)" in text
    assert "Steps by volume bend a total" in text
    # And what is kept: seats make the whole not comparable with list, tokens are not
    analysis = PriceAnalysis.objects.get()
    own = {
        row["slin"]: row for row in analysis.rows if row["vendor"] == "Meridian Models"
    }
    assert own["0004"]["list_amount"] is None
    # 2.083334 + 2.083333 units at $1.60 are 2 dollars a million: 80 % of list
    assert own["0003AA"]["percent_of_list"] == "80.0"
    assert all(total["at_list"] is None for total in analysis.totals)
    assert {"0002AB", "0002AC", "0003"}.isdisjoint(
        analysis.totals[0]["lines_not_judged"]
    )
    assert analysis.usage["totals"][0]["between"]
    # The memorandum says what is bought beside unit prices, and each class once
    sections = price_memo(analysis)["sections"]
    said = {each["heading"]: each.get("text", "") for each in sections}
    assert "per million tokens; CLIN 0002: committed-use" in said["What is bought"]
    assert "CLIN 0004: seats per month; each day" in said["What is bought"]
    above = re.findall(r"Larkspur[^,]*, (000[237]\w*):", said["Beside public list"])
    assert above == ["0003AA", "0003AB"]
