"""Lines priced by volume come into a contract by a bilateral modification."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from contracting.contracts.models import BurnRate, PriceStep, RateRow, VolumeTerms
from contracting.core.errors import Refusal
from contracting.core.quantities import UnitPrice
from contracting.modifications import queries
from contracting.modifications.calculations import figures
from contracting.modifications.models import ContractModification
from contracting.modifications.refusals import (
    NoAuthority,
    PriceRise,
    TermInvalid,
    UsageAccepted,
)
from contracting.reference.states import CountedOver
from tests.builders_instruments import definitive_contract
from tests.builders_modifications import (
    drafted_contract_modification,
    issued_contract_modification,
)
from tests.builders_orders import MODIFIED_AT, awarded_contract
from tests.builders_volume import (
    contract_by_volume,
    pool_line,
    rate,
    steps,
    tiered_line,
    tiered_rates,
)
from tests.cast import actor, client_for, nothing_happens, submit

pytestmark = pytest.mark.django_db


def words(response):
    return " ".join(response.content.decode().split())


def drafted(lines, rates, **other):
    usual = {
        "terms": {},
        "price_memo": "Below the public list at every volume.",
        "new_lines": lines,
        "rates": rates,
    }
    return drafted_contract_modification(**(usual | other))


def test_both_sign_a_line_with_steps_and_a_pool():
    contract = contract_by_volume()

    # The steps and multipliers are rows of the contract, and so is what is counted
    row = RateRow.objects.get(slin="0002AA")
    assert [
        (step.from_tokens, step.usd_per_million_tokens) for step in row.steps.all()
    ] == [(1_000_000, Decimal("1.50")), (3_000_000, 1)]
    assert row.source == "P00001"
    terms = VolumeTerms.objects.get(line__clin="0002")
    assert (terms.counted_over, terms.counted_per) == ("ORDER", "MONTH")
    burn = BurnRate.objects.get(rate_row__slin="0003AB")
    assert burn.acu_per_million_tokens == Decimal("5.333333")
    # 5.333333 x 1.60 = 8.5333328, rounded up: no event costs less than it should
    assert burn.rate_row.usd_per_million_tokens == Decimal("8.533333")

    # The signed paper, the conformed text and the contract say the same
    modification = contract.modifications.get()
    said = {each["term"]: each["new"] for each in modification.changes}
    table = next(text for term, text in said.items() if "0002AA" in term)
    assert table == (
        "$2.00 per million tokens; from 1,000,000 tokens on $1.50; "
        "from 3,000,000 tokens on $1.00"
    )
    assert any("5.333333 ACU per million tokens" in text for text in said.values())
    counted = "each order by itself, per calendar month"
    assert said["Line 0002, volume counted over"] == counted
    copy = words(
        client_for(actor("contract_specialist")).get(
            f"{contract.path}/conformed?on=2026-05-01"
        )
    )
    assert "from 1,000,000 tokens on $1.50" in copy
    assert "5.333333 ACU per million tokens, at $1.60 per ACU" in copy
    assert f"Volume is counted over {counted}" in copy


def test_the_contract_reads_as_the_modification_said():
    from contracting.contracts.calculations import content
    from contracting.modifications.calculations import content_after

    contract = contract_by_volume()

    assert content(contract) == content_after(contract.modifications.get())


@pytest.mark.parametrize(
    "rates",
    [
        [rate("0002AA", "IN_UNCACHED", "2.00")],
        [
            rate(
                "0002AA",
                "IN_UNCACHED",
                "2.00",
                steps=steps((5, "1.00")),
                acu_per_million_tokens=Decimal(1),
                usd_per_acu=Decimal(1),
            )
        ],
        [rate("0002AA", "IN_UNCACHED", "2.00", steps=steps((5, "2.50")))],
        [rate("0002AA", "IN_UNCACHED", "2.00", steps=steps((5, "1"), (5, "0.5")))],
        [rate("0001AZ", "IN_UNCACHED", "2.00", steps=steps((5, "1.00")))],
        [
            rate(
                "0002AA",
                "IN_UNCACHED",
                "2.00",
                steps=steps((5, "1.00")),
                acu_per_million_tokens=Decimal(1),
            )
        ],
        [rate("0003AA", "IN_UNCACHED", "2.00")],
        [
            rate(
                "0003AA",
                "IN_UNCACHED",
                acu_per_million_tokens=Decimal("1.1234567"),
                usd_per_acu=Decimal(1),
            )
        ],
        [
            rate(
                "0003AA",
                "IN_UNCACHED",
                acu_per_million_tokens=Decimal("-1"),
                usd_per_acu=Decimal(1),
            )
        ],
    ],
)
def test_a_table_that_cannot_be_rated_is_refused(rates):
    contract = awarded_contract()

    with nothing_happens(), pytest.raises(TermInvalid):
        drafted([tiered_line(), pool_line()], rates, on=contract)


@pytest.mark.parametrize(
    "line",
    [
        tiered_line(unit="ACU"),
        pool_line(unit="MTOK"),
        tiered_line(structure="NONE"),
        tiered_line(counted_over="ALL"),
        tiered_line(counted_per="DAY"),
    ],
)
def test_a_line_says_how_it_is_measured_and_counted(line):
    contract = awarded_contract()

    with nothing_happens(), pytest.raises(TermInvalid):
        drafted([line], [], on=contract)


def test_the_government_adds_no_line_alone():
    contract = awarded_contract()

    with nothing_happens(), pytest.raises(NoAuthority):
        drafted([tiered_line()], tiered_rates(), authority="D", on=contract)


@pytest.mark.parametrize(
    ("table", "is_dearer"),
    [
        (steps((1_000_000, "1.50"), (3_000_000, "1.00")), False),
        (steps((1_000_000, "1.60"), (3_000_000, "1.00")), True),
        (steps((2_000_000, "1.50"), (3_000_000, "1.00")), True),
        (steps((500_000, "1.50"), (3_000_000, "0.90")), False),
        (steps((500_000, "1.50")), True),
    ],
)
def test_a_table_that_is_dearer_at_any_volume_is_a_rise(table, is_dearer):
    contract = contract_by_volume()
    dearer = rate(
        "0002AA", "IN_UNCACHED", "2.00", first_day=date(2026, 6, 1), steps=table
    )

    def proposed(**more):
        return drafted([], [dearer], on=contract, **more)

    if is_dearer:
        with nothing_happens(), pytest.raises(PriceRise):
            proposed()
        assert proposed(consideration="Priority capacity.").pk
        return
    assert proposed().pk


@pytest.mark.rule("R-MOD-07", case="refused")
def test_accepted_usage_keeps_its_steps_though_the_first_price_stays(monkeypatch):
    # Given that usage up to the end of June is accepted
    contract = contract_by_volume()
    accepted = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)
    monkeypatch.setattr(queries, "_ACCEPTED", [lambda orders: accepted])

    def proposed(table):
        again = rate(
            "0002AA", "IN_UNCACHED", "2.00", first_day=date(2026, 6, 1), steps=table
        )
        return drafted(
            [],
            [again],
            on=contract,
            consideration="Longer context.",
            credit_memo="Credited.",
        )

    # Then a dearer step does not reach back, and a cheaper one does by its credit
    with nothing_happens(), pytest.raises(UsageAccepted):
        proposed(steps((1_000_000, "1.60"), (3_000_000, "1.00")))
    assert proposed(steps((1_000_000, "1.40"), (3_000_000, "1.00"))).pk


def test_a_later_table_takes_over_and_the_old_one_keeps_its_steps():
    contract = contract_by_volume()
    issued_contract_modification(
        on=contract,
        at=MODIFIED_AT,
        description="A cheaper last step.",
        terms={},
        price_memo="Lower.",
        rates=[
            rate(
                "0002AA",
                "IN_UNCACHED",
                "2.00",
                first_day=date(2026, 6, 1),
                steps=steps((1_000_000, "1.50"), (3_000_000, "0.50")),
            )
        ],
    )

    rows = RateRow.objects.filter(slin="0002AA").order_by("pk")
    assert [
        (
            row.superseded_at is None,
            [step.usd_per_million_tokens for step in row.steps.all()],
        )
        for row in rows
    ] == [
        (False, [Decimal("1.50"), 1]),
        (True, [Decimal("1.50"), 1]),
        (True, [Decimal("1.50"), Decimal("0.50")]),
    ]


def form_of(**changed):
    return {
        "structure": "TIERS",
        "clin": "0002",
        "line_description": "Tokens at tiers",
        "estimated_tokens": "50000000",
        "ceiling": "10000",
        "counted_over": "LINE",
        "counted_per": "WHOLE",
        "usd_per_acu": "",
        "boundary": "FEDRAMP_MOD",
        "first_day": "2026-05-01",
        "citation": "FAR 43.103(a)",
        "description": "Tiers are added.",
        "scope": "The same tokens for the same assistant.",
        "price_memo": "Below the public list.",
        "rows-TOTAL_FORMS": "1",
        "rows-INITIAL_FORMS": "0",
        "rows-0-slin": "0002AA",
        "rows-0-snapshot": "gpt-4o-2024-08-06",
        "rows-0-token_class": "IN_UNCACHED",
        "rows-0-price": "2.00",
        "rows-0-steps": "1,000,000 = 1.50; 3000000 = $1.00",
        **changed,
    }


@pytest.mark.usefixtures("now")
def test_an_officer_adds_a_line_in_the_browser(contract, contract_specialist):
    office = client_for(contract_specialist)
    page = f"{contract.path}/volume_line/draft_contract_modification"
    assert "Add a line priced by volume" in words(office.get(page))
    assert page in words(office.get(f"{contract.path}/modifications"))

    drafted = submit(office, page, form_of())

    assert drafted.status_code == 303, words(drafted)
    modification = ContractModification.objects.get()
    assert modification.new_lines[0]["counted_over"] == CountedOver.LINE
    assert [step["from_tokens"] for step in modification.rates[0]["steps"]] == [
        1_000_000,
        3_000_000,
    ]
    shown = words(office.get(modification.path))
    assert "from 3,000,000 tokens on $1.00" in shown
    revise = office.get(f"{modification.path}/revise_contract_modification")
    assert revise.status_code == 403


@pytest.mark.usefixtures("now")
def test_a_table_is_neither_offered_nor_shown_where_steps_have_no_place(
    contract_specialist,
):
    # Given a draft that changes the steps of a table
    contract = contract_by_volume()
    table = steps((1_000_000, "1.40"), (3_000_000, "1.00"))
    lower = rate(
        "0002AA", "IN_UNCACHED", "2.00", first_day=date(2026, 6, 1), steps=table
    )
    modification = drafted([], [lower], on=contract)

    # Then the effect on money is that of the whole table
    (moved,) = figures(modification)
    same = "$2.00 per million tokens; from 1,000,000 tokens on"
    last = "from 3,000,000 tokens on $1.00"
    assert moved.before == f"{same} $1.50; {last}"
    assert moved.after == f"{same} $1.40; {last}"
    assert moved.change == "does not rise"

    # And the form of one price a subline does not take it, so as not to lose them
    office = client_for(contract_specialist)
    page = words(office.get(f"{contract.path}/draft_contract_modification"))
    assert "0001AA" in page
    assert "0002AA" not in page
    revise = office.get(f"{modification.path}/revise_contract_modification")
    assert revise.status_code == 403


@pytest.mark.usefixtures("now")
def test_a_step_that_nobody_can_read_is_said_to_be_one(contract, contract_specialist):
    office = client_for(contract_specialist)
    page = f"{contract.path}/volume_line/draft_contract_modification"

    with nothing_happens():
        answer = submit(office, page, form_of(**{"rows-0-steps": "1.5 from a million"}))

    assert answer.status_code == 422
    assert "is no step" in words(answer)


def test_a_pool_is_ordered_at_the_multipliers_of_its_contract():
    from tests.builders_orders import drafted_order
    from tests.builders_volume import ordered

    contract = contract_by_volume()
    with nothing_happens(), pytest.raises(Refusal, match="has a ceiling above zero"):
        drafted_order(on=contract, lines=[ordered("0003")])
    with nothing_happens(), pytest.raises(Refusal, match="is no pool"):
        drafted_order(on=contract, lines=[ordered("0002", acu="3")])

    order = drafted_order(on=contract, lines=[ordered("0003", acu="12.5")])

    line = order.lines.get()
    assert line.ceiling_micro_acu == 12_500_000
    price = line.rates.get(rate_row__slin="0003AA").usd_per_million_tokens
    assert UnitPrice(price) == UnitPrice("2.00")
    assert not PriceStep.objects.filter(rate_row__line__clin="0003").exists()


def test_a_contract_without_orders_takes_no_new_line():
    contract = definitive_contract()

    with nothing_happens(), pytest.raises(TermInvalid) as refusal:
        drafted_contract_modification(
            on=contract,
            description="Tiers are added.",
            terms={},
            price_memo="Below the public list.",
            new_lines=[tiered_line()],
            rates=tiered_rates(),
        )
    assert "no order could take this one up" in refusal.value.message
