"""A program manager drafts an order on an awarded contract."""

from datetime import date
from decimal import Decimal

import pytest

from contracting.audit.queries import events_of
from contracting.contracts.models import RateRow
from contracting.core.canonical import content_sha256
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.ledger.models import Transfer
from contracting.ledger.queries import contract_balance
from contracting.orders import calculations
from contracting.orders.models import TaskOrder
from contracting.orders.operations.draft import draft_task_order
from contracting.orders.refusals import (
    FundingDoesNotSum,
    FundsAboveCeiling,
    ModelNotAllowed,
    OutOfScope,
    PriceAboveRateCard,
    TermInvalid,
)
from contracting.orders.states import FundsDraft, TaskOrderState
from contracting.reference.models import AiModel
from tests.builders_orders import (
    ORDERED_AT,
    drafted_order,
    line,
    line_of_accounting,
)
from tests.cast import nothing_happens


def prices_of(order: TaskOrder) -> dict[str, Decimal]:
    return {
        rate.rate_row.slin: rate.usd_per_million_tokens
        for each in order.current_lines()
        for rate in each.current_rates()
    }


@pytest.mark.rule("R-TO-10", case="allowed")
@pytest.mark.rule("R-TO-12", case="allowed")
def test_prices_default_to_the_contract_and_may_be_lower(contract):
    # When an order takes three prices over and lowers one
    order = drafted_order(
        on=contract, lines=[line(prices={"0001AC": UnitPrice("7.5")})]
    )

    # Then it is a draft with those prices, hashed, and nobody's money has moved
    assert order.state == TaskOrderState.DRAFT
    assert prices_of(order) == {
        "0001AA": Decimal("2.000000"),
        "0001AB": Decimal("1.000000"),
        "0001AC": Decimal("7.500000"),
        "0001AD": Decimal("8.000000"),
    }
    assert order.version == 1
    assert order.content_sha256 == content_sha256(calculations.content(order))
    assert [event.event for event in events_of(order.subject)] == [
        "orders.task_order.drafted"
    ]
    books = contract_balance(contract.pk)
    assert books is not None
    assert books.ordered_dollars == 0
    moved = Transfer.objects.filter(because_kind="orders.task_order")
    assert not moved.exists()


def test_it_may_lack_funds_and_a_payment_office_until_it_is_submitted(contract):
    order = drafted_order(on=contract, lines=[line(funds=[])], payment_office="")

    assert calculations.content_gaps(order) == [
        "The order lacks a payment office.",
        "Line 0001 has no accounting data.",
    ]


@pytest.mark.rule("R-TO-10", case="refused")
def test_a_price_above_the_contract_is_refused(contract):
    lines = [line(prices={"0001AC": UnitPrice("8.000001")})]

    with nothing_happens(), pytest.raises(PriceAboveRateCard) as refusal:
        drafted_order(on=contract, lines=lines)

    assert refusal.value.rule == "R-TO-10"
    assert refusal.value.data["rate"] == UnitPrice("8")


@pytest.mark.rule("R-TO-12", case="refused")
def test_a_boundary_for_which_nothing_is_on_the_contract_is_refused(contract):
    lines = [line()]
    with nothing_happens(), pytest.raises(ModelNotAllowed) as refusal:
        drafted_order(on=contract, lines=lines, boundary="IL5")

    assert refusal.value.rule == "R-TO-12"


@pytest.mark.rule("R-TO-12", case="refused")
@pytest.mark.parametrize(
    "change",
    [{"boundaries": ["COMMERCIAL"]}, {"valid_to": date(2026, 4, 5)}],
    ids=["not authorized for the boundary", "out of date"],
)
def test_a_model_that_may_not_be_used_is_refused(contract, change):
    # Given a model of the rate card that has lost its authorization, or its date
    row = RateRow.objects.filter(line__contract=contract).first()
    assert row is not None
    AiModel.objects.filter(pk=row.model_id).update(**change)
    lines = [line()]

    with nothing_happens(), pytest.raises(ModelNotAllowed) as refusal:
        drafted_order(on=contract, lines=lines)

    assert refusal.value.rule == "R-TO-12"


@pytest.mark.rule("R-TO-01", case="refused")
def test_a_line_that_is_not_on_the_contract_is_refused(contract):
    lines = [line(clin="0002")]

    with nothing_happens(), pytest.raises(OutOfScope) as refusal:
        drafted_order(on=contract, lines=lines)

    assert refusal.value.rule == "R-TO-01"


@pytest.mark.rule("R-FND-02", case="allowed")
def test_two_acrns_sum_to_their_line(contract):
    # Given two lines of accounting
    first, second = line_of_accounting(), line_of_accounting("Claims operations")

    # When the second takes the rest of the ceiling
    order = drafted_order(
        on=contract,
        lines=[
            line(
                funds=[
                    FundsDraft("AA", first.pk, Dollars(20), Dollars(25)),
                    FundsDraft("AB", second.pk, Dollars(10)),
                ]
            )
        ],
    )

    # Then the parts sum to the line and the order to the funds
    parts = order.current_lines()[0].current_funding()
    assert [(part.acrn, part.ceiling_dollars) for part in parts] == [
        ("AA", Decimal(25)),
        ("AB", Decimal(35)),
    ]
    assert calculations.funded(order) == Dollars(30)


@pytest.mark.rule("R-FND-02", case="refused")
def test_acrns_that_do_not_sum_to_their_line_are_refused(contract):
    first, second = line_of_accounting(), line_of_accounting("Claims operations")
    funds = [
        FundsDraft("AA", first.pk, Dollars(20), Dollars(25)),
        FundsDraft("AB", second.pk, Dollars(10), Dollars("34.99")),
    ]

    with nothing_happens(), pytest.raises(FundingDoesNotSum) as refusal:
        drafted_order(on=contract, lines=[line(funds=funds)])

    assert refusal.value.rule == "R-FND-02"
    assert refusal.value.data["sum"] == Dollars("59.99")


def test_one_acrn_stands_for_one_line_of_accounting(contract):
    first, second = line_of_accounting(), line_of_accounting("Claims operations")
    funds = [
        FundsDraft("AA", first.pk, Dollars(20), Dollars(25)),
        FundsDraft("aa", second.pk, Dollars(10)),
    ]

    with nothing_happens(), pytest.raises(FundingDoesNotSum):
        drafted_order(on=contract, lines=[line(funds=funds)])


def test_funds_of_another_agency_are_refused(contract):
    funds = [FundsDraft("AA", 999_999, Dollars(20))]

    with nothing_happens(), pytest.raises(FundingDoesNotSum):
        drafted_order(on=contract, lines=[line(funds=funds)])


@pytest.mark.rule("R-TO-11", case="refused")
def test_funds_beyond_the_ceiling_are_refused(contract):
    funds = [FundsDraft("AA", line_of_accounting().pk, Dollars("60.01"))]

    with nothing_happens(), pytest.raises(FundsAboveCeiling) as refusal:
        drafted_order(on=contract, lines=[line(funds=funds)])

    assert refusal.value.rule == "R-TO-11"
    assert refusal.value.data["short_by"] == Dollars("0.01")


@pytest.mark.parametrize(
    ("terms", "lines"),
    [
        ({"title": "  "}, {}),
        ({"risk": "NONE"}, {}),
        ({"period_end": date(2026, 4, 12)}, {}),
        ({}, {"tokens": Tokens(0)}),
        ({}, {"dollars": Dollars(0), "funds": []}),
        ({}, {"prices": {"0009AA": UnitPrice(1)}}),
    ],
)
def test_a_term_that_cannot_stand_is_refused(contract, terms, lines):
    drafted = [line(**lines)]

    with nothing_happens(), pytest.raises(TermInvalid):
        drafted_order(on=contract, lines=drafted, **terms)


@pytest.mark.parametrize(
    "outsider",
    [
        "contracting_officer",
        "contract_specialist",
        "other_agency_officer",
        "vendor_a_signer",
        "other_vendor_signer",
    ],
)
def test_only_a_program_manager_of_the_agency_drafts(request, contract, outsider):
    by, lines = request.getfixturevalue(outsider), [line()]

    with nothing_happens(), pytest.raises(NotAllowed):
        draft_task_order(
            contract_id=contract.pk,
            title="Pilot",
            description="Pilot",
            period_start=date(2026, 4, 13),
            period_end=date(2026, 9, 30),
            lines=lines,
            by=by,
            at=ORDERED_AT,
        )
