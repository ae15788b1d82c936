"""Every price structure goes through the competition into the contract, unchanged."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from contracting.contracts.models import Contract, RateRow
from contracting.contracts.paperwork import contract_sheet
from contracting.core.quantities import Dollars, total_dollars
from contracting.evaluations.models import PriceAnalysis
from contracting.metering.queries.periods import true_ups_in_force
from contracting.options.calculations.market import market_check
from contracting.solicitations.publishing.costs import in_the_mix
from tests.builders_metering import CALLED_AT, event, ingested
from tests.builders_options import PERIOD, added_options
from tests.builders_orders import awarded_contract, issued_order
from tests.builders_structures import structured_decision
from tests.builders_volume import ordered, rated
from tests.cast import actor, client_for
from tests.remembered import remembered

pytestmark = pytest.mark.django_db
SHORT = {"IN_UNCACHED": "input", "OUT_TEXT": "output"}


@remembered
def competed_contract() -> Contract:
    """The award on the offer of Meridian."""
    return awarded_contract(on=structured_decision())


def evaluated(clin: str) -> Dollars:
    """What the analysis of record makes of Meridian's figures for a CLIN."""
    rows = PriceAnalysis.objects.get().rows
    return total_dollars(
        Dollars(row["amount"])
        for row in rows
        if row["slin"][:4] == clin and row["vendor"] == "Meridian Models"
    )


def test_what_was_competed_stands_in_the_contract():
    contract = competed_contract()

    # Each line is priced and counted as the schedule asked
    assert [
        (line.clin, line.structure, line.unit, str(line.estimated_units))
        for line in contract.lines.order_by("clin")
    ] == [
        ("0001", "UNIT_PRICE", "MTOK", "0.000000"),
        ("0002", "TIERS", "MTOK", "0.000000"),
        ("0003", "POOL", "ACU", "0.000000"),
        ("0004", "SEATS", "MO", "300.000000"),
        ("0005", "RESERVED", "HR", "200.000000"),
        ("0006", "BUNDLE", "MO", "12.000000"),
        ("0007", "TIERS", "MTOK", "0.000000"),
    ]
    terms = contract.lines.get(clin="0002").volume_terms
    assert (terms.counted_over, terms.counted_per, terms.source) == (
        *("ORDER", "MONTH"),
        "award",
    )

    # The card has the whole table of each class, and what each class burns
    card = {
        row.slin: (
            str(row.usd_per_million_tokens),
            [(s.from_tokens, str(s.usd_per_million_tokens)) for s in row.steps.all()],
        )
        for row in RateRow.objects.filter(line__clin__in=["0002", "0007"])
    }
    assert card == {
        "0002AA": ("2.000000", [(1_000_000, "1.500000"), (3_000_000, "1.000000")]),
        "0002AD": ("8.000000", [(3_000_000, "4.000000")]),
        "0007AA": ("3.000000", [(0, "0.100000"), (4_000_000, "3.000000")]),
    }
    pool = RateRow.objects.get(slin="0003AB")
    assert (pool.burn.acu_per_million_tokens, pool.burn.usd_per_acu) == (
        Decimal("5.333333"),
        Decimal("1.60"),
    )
    assert pool.usd_per_million_tokens == Decimal("8.533333")
    assert {
        line.clin: str(line.unit_rates.get().usd_per_unit)
        for line in contract.lines.filter(unit_rates__isnull=False)
    } == {"0004": "30.000000", "0005": "12.500000", "0006": "500.000000"}

    # What is bought by the unit costs what was evaluated, by the unit's own price
    for line in contract.lines.filter(unit_rates__isnull=False):
        price = line.unit_rates.get().usd_per_unit
        assert evaluated(line.clin).amount == price * line.estimated_units

    # And the paper and the page of the contract say so
    sheet = contract_sheet(contract, signer=actor("contracting_officer"))
    assert "5.333333 ACU per million tokens, at $1.60 per ACU" in str(sheet)
    rising = "from 0 tokens on $0.10 per million tokens; from 4,000,000 tokens on $3.00"
    assert f"0007AA Input, not cached: {rising}." in str(sheet)
    page = client_for(actor("contract_specialist")).get(contract.path)
    assert page.status_code == 200
    assert "from 1,000,000 tokens on $1.50" in page.content.decode()


MONTHS = {
    "0002": {"IN_UNCACHED": (3_500_001, 3_500_000), "OUT_TEXT": (1_000_002, 1_000_001)},
    "0003": {"IN_UNCACHED": (1_666_667, 1_666_666), "OUT_TEXT": (617_284, 617_283)},
    "0007": {"IN_UNCACHED": (4_500_000, 4_500_000)},
}
"""The published workload in two equal months; the odd token falls on the first."""

EDGES = {"0002": [0, 1_000_000, 3_000_000], "0003": [0], "0007": [0, 4_000_000]}


@pytest.mark.parametrize("clin", ["0002", "0003", "0007"])
def test_the_same_usage_costs_under_the_contract_what_was_evaluated(clin):
    contract = competed_contract()
    acu = "30" if clin == "0003" else None
    line = ordered(clin, dollars="60.00", acu=acu)
    order = issued_order(on=contract, lines=[line])
    codes = list(MONTHS[clin])

    # When the published workload is used in April and in May, in its own mix
    for month in (0, 1):
        first = CALLED_AT + timedelta(days=14 * month)
        counts = [MONTHS[clin][code][month] for code in codes]
        events = [
            event(
                f"{month}-{number}",
                order=order,
                tokens={SHORT[codes[place]]: tokens},
                at=first + timedelta(minutes=number),
            )
            for number, (place, tokens) in enumerate(in_the_mix(counts, EDGES[clin]))
        ]
        ingested(*events, at=first + timedelta(hours=2))
    rated(clin, at=CALLED_AT + timedelta(days=60))

    # Then its rating comes to the evaluated price, to the last digit
    totals = true_ups_in_force(contract.lines.get(clin=clin))
    assert sum(each.tokens for each in totals) == sum(map(sum, MONTHS[clin].values()))
    assert total_dollars(each.exact for each in totals) == evaluated(clin)


def test_an_option_is_compared_by_its_workload_on_the_steps():
    # Given an option that buys the same for another year, 10 % dearer
    dearer = {**PERIOD, "price_percent": Decimal(10)}
    (option,) = added_options(dearer, on=competed_contract())

    market = market_check(option, date(2027, 4, 1), date(2027, 2, 1))

    # Then no token is taken for dearer than the step on which it stands
    for clin in ("0002", "0007"):
        own = [line for line in market.lines if line.slin[:4] == clin]
        cost = total_dollars(line.amount for line in own)
        assert Fraction(cost.amount) == Fraction(evaluated(clin).amount) * 11 / 10
    assert [(line.label, line.tokens.count) for line in own] == [
        ("Input, not cached, from the first token on", 8_000_000),
        ("Input, not cached, from 4,000,000 tokens on", 1_000_000),
    ]
    assert market.not_comparable == sorted(set(market.not_comparable))
