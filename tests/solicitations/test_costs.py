"""What a workload costs by the structure of its lines, against an oracle.

The oracle prices token by token from the rate card that an award would make: a token
has the price of the volume at which it stands; the units of a pool are rounded once,
half-up to the millionth, for each class and month.
"""

from decimal import Decimal
from fractions import Fraction
from math import floor

from hypothesis import given
from hypothesis import strategies as st

from contracting.contracts.calculations import card
from contracting.core.quantities import Dollars
from contracting.reference.models import AiModel, TokenClass
from contracting.solicitations.models import SolicitationLine
from contracting.solicitations.publishing.costs import (
    in_the_mix,
    tokens_on,
    workload_prices,
    workload_total,
)
from contracting.submissions.models import OfferedRate

CLASSES = [
    TokenClass(pk=number, code=code, label=code.lower())
    for number, code in enumerate(("IN_UNCACHED", "IN_CACHE_READ", "OUT_TEXT"), start=1)
]
MODEL = AiModel(pk=1, snapshot="a-model")
figures = st.decimals(0, 99, places=6, allow_nan=False)
steps = st.lists(st.integers(1, 30), max_size=3, unique=True)


@st.composite
def tiered(draw):
    """Rows of one CLIN, what is quoted for them, and how many months."""
    months = draw(st.integers(1, 3))
    made = []
    for token_class in CLASSES[: draw(st.integers(1, 3))]:
        tokens = draw(st.integers(0, 60))
        made += [
            (token_class, start, tokens if not start else 0)
            for start in (0, *sorted(draw(steps)))
        ]
    return lines_of(made, structure="TIERS", workload_periods=months), [
        draw(figures) for _row in made
    ]


def lines_of(made, **more):
    return [
        SolicitationLine(
            pk=number,
            clin="0001",
            slin=f"0001A{chr(65 + number)}",
            token_class=token_class,
            from_tokens=start,
            workload_tokens=tokens,
            **more,
        )
        for number, (token_class, start, tokens) in enumerate(made)
    ]


def quoted(lines, found):
    return {line.slin: figure for line, figure in zip(lines, found, strict=True)}


def rate_card(lines, found):
    return card(
        lines,
        {
            line.pk: OfferedRate(
                line=line,
                model=MODEL if line.names_a_model else None,
                usd_per_million_tokens=figure,
            )
            for line, figure in zip(lines, found, strict=True)
        },
    )


def price_of_a_token(price, volume):
    paid = price.usd_per_million_tokens
    for start, dearer_or_cheaper in price.steps:
        if start <= volume:
            paid = dearer_or_cheaper
    return Fraction(paid) / 1_000_000


def equal_months(whole, months):
    return [whole // months + (n < whole % months) for n in range(months)]


@given(tiered())
def test_tiers_cost_what_their_card_makes_of_the_same_usage(case):
    lines, found = case
    prices = rate_card(lines, found)
    months = lines[0].workload_periods
    starts = sorted({line.from_tokens for line in lines})
    expected = Fraction(0)
    for month in range(months):
        counts = [
            equal_months(price.row.workload_tokens, months)[month] for price in prices
        ]
        volume = 0
        for place, tokens in in_the_mix(counts, starts):
            for _token in range(tokens):
                expected += price_of_a_token(prices[place], volume)
                volume += 1

    costs = workload_prices(lines, quoted(lines, found))

    assert Fraction(workload_total(costs.values()).amount) == expected
    # And no token is lost or counted on two steps
    for token_class in {line.token_class for line in lines}:
        own = [c for c in costs.values() if c.line.token_class == token_class]
        assert sum(c.tokens.count for c in own) == sum(
            c.line.workload_tokens for c in own
        )
    assert all(
        price.usd_per_million_tokens >= paid
        for price in prices
        for _start, paid in price.steps
    )


@given(st.lists(st.integers(0, 200), min_size=1, max_size=4), steps)
def test_each_class_has_its_share_on_every_step(counts, edges):
    whole = sum(counts)
    sequence = list(in_the_mix(counts, [0, *sorted(edges)]))

    assert [
        sum(n for place, n in sequence if place == own) for own in range(len(counts))
    ] == counts
    # Where a step ends, each class has been used in proportion, to the token
    for edge in sorted(edges):
        if edge >= whole:
            continue
        reached, used = 0, [0] * len(counts)
        for place, tokens in sequence:
            if reached == edge:
                break
            reached += tokens
            used[place] += tokens
        assert reached == edge
        assert all(
            abs(used[own] - Fraction(counts[own] * edge, whole)) < len(edges) + 1
            for own in range(len(counts))
        )


@given(
    st.lists(st.integers(0, 10**12), min_size=1, max_size=3),
    st.lists(figures, min_size=4, max_size=4),
    st.integers(1, 12),
)
def test_a_pool_costs_its_units_rounded_once_for_class_and_month(tokens, found, months):
    made = [(None, 0, 0), *zip(CLASSES, [0] * 3, tokens, strict=False)]
    lines = lines_of(made, structure="POOL", unit="ACU", workload_periods=months)
    found = found[: len(lines)]
    prices = rate_card(lines, found)
    expected = Fraction(0)
    for price in prices:
        acu, usd = price.burn
        for count in equal_months(price.row.workload_tokens, months):
            micro = floor(Fraction(acu) * count + Fraction(1, 2))
            expected += Fraction(micro, 1_000_000) * Fraction(usd)

    costs = workload_prices(lines, quoted(lines, found))

    assert Fraction(workload_total(costs.values()).amount) == expected
    assert len(prices) == len(tokens)


def test_seats_cost_their_months():
    line = SolicitationLine(
        pk=1,
        clin="0004",
        slin="0004",
        structure="SEATS",
        unit="MO",
        workload_tokens=0,
        workload_quantity=25,
        workload_periods=12,
    )

    cost = workload_prices([line], {"0004": Decimal("30.000001")})["0004"]

    assert cost.amount == Dollars("9000.0003")
    assert (cost.basis_words, cost.figure_words) == ("25 × 12 months", "$30.000001")
    assert card([line], {1: OfferedRate(line=line, model=None)}) == []


def test_an_envelope_is_a_first_step_and_the_card_begins_with_the_dearest():
    lines = lines_of(
        [(CLASSES[0], 0, 10), (CLASSES[0], 4, 0)],
        structure="TIERS",
        workload_periods=2,
    )
    found = [Decimal(0), Decimal(3)]

    (price,) = rate_card(lines, found)

    assert price.usd_per_million_tokens == 3
    assert price.steps == ((0, Decimal(0)), (4, Decimal(3)))
    assert tokens_on(lines) == {"0001AA": (4, 4), "0001AB": (1, 1)}
    total = workload_total(workload_prices(lines, quoted(lines, found)).values())
    assert total == Dollars("0.000006")
