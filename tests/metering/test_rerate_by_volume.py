"""Steps, pools and models that are known otherwise later are rated anew like prices."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from contracting.core.actors import SYSTEM
from contracting.core.periods import days_bounds
from contracting.core.quantities import UnitPrice
from contracting.core.subjects import Subject
from contracting.metering.models import DailyUsage
from contracting.metering.operations.close_usage import Kind, close_usage
from contracting.metering.queries.as_known import known_usage
from contracting.metering.queries.reratings import adjustments_of
from contracting.metering.refusals import NothingToRerate
from contracting.modifications.states import RateDraft
from contracting.reference.models import AiModel
from contracting.reference.operations.map_model_alias import map_model_alias
from tests.builders_metering import (
    CALLED_AT,
    MODEL,
    assert_the_books_balance,
    event,
    ingested,
    usage_source,
)
from tests.builders_modifications import NEW_MODEL, issued_contract_modification
from tests.builders_orders import awarded_contract, issued_order
from tests.builders_reratings import APPROVED_AT, KNOWN_AT, approved, prepared
from tests.builders_volume import (
    ADDED_AT,
    RATED_AT,
    STEPS,
    books,
    calls,
    contract_by_volume,
    order_by_volume,
    pool,
    rate,
    rated,
    steps,
)
from tests.cast import actor

pytestmark = pytest.mark.django_db
APRIL = date(2026, 4, 1)


def known_later(contract, *rates, **more: Any):
    """Both sign in May what the prices were from 1 April on."""
    issued_contract_modification(
        on=contract,
        at=KNOWN_AT,
        terms={},
        effective_on=APRIL,
        rates=list(rates),
        credit_memo="The difference of accepted usage is credited.",
        price_memo="Still below the public list.",
        **more,
    )


def test_other_steps_move_what_lies_on_them():
    # Given four million tokens on steps of $2.00, $1.50 and $1.00
    contract = contract_by_volume()
    order = order_by_volume(on=contract)
    usage_source()
    ingested(*calls(order, 1_500_000, 2_500_000), at=RATED_AT)
    rated()
    assert books(order)[:2] == (4_000_000, Decimal(2 + 3 + 1))

    # When it is known that the last step began at two million already
    lower = rate(
        "0002AA",
        "IN_UNCACHED",
        "2.00",
        steps=steps((2_000_000, "1.00")),
        first_day=APRIL,
    )
    known_later(contract, lower, consideration="One step less, and earlier.")
    run = approved(prepared(contract))

    # Then the price of the events is the same, and the period run has put it right
    assert all(not row.change for row in run.differences.all())
    assert books(order)[:2] == (4_000_000, Decimal(4 + 2))
    known = known_usage(order, APPROVED_AT)
    assert (known.tokens, known.dollars.amount) == (4_000_000, Decimal(6))
    assert_the_books_balance()


def test_what_is_accepted_on_steps_is_left_alone_and_counted():
    # Given four million tokens at $6.00 on steps, which are accepted
    contract = contract_by_volume()
    order = order_by_volume(on=contract)
    usage_source()
    ingested(*calls(order, 1_500_000, 2_500_000), at=RATED_AT)
    rated()
    model = AiModel.objects.get(snapshot=MODEL).pk
    days = days_bounds(APRIL, date(2026, 5, 1), contract.time_zone)
    close_usage(
        kinds=[
            Kind(
                order.lines.get().pk,
                model,
                "IN_UNCACHED",
                "STANDARD",
                days.start,
                days.end,
            )
        ],
        because=Subject("reconciliation.acceptance", 1, contract.stream),
        by=actor("cor"),
        at=RATED_AT,
    )

    # When the first step falls by ten cents, which one million tokens lie on
    said = STEPS["IN_UNCACHED"][1]
    lower = rate("0002AA", "IN_UNCACHED", "1.90", steps=steps(*said))
    known_later(contract, lower)

    # Then no run says that four million tokens cost ten cents less
    with pytest.raises(NothingToRerate) as refusal:
        prepared(contract)
    assert refusal.value.data["left"] == 2
    assert books(order)[:2] == (4_000_000, Decimal(6))
    assert_the_books_balance()


def test_another_multiplier_burns_other_units():
    contract = contract_by_volume()
    order = order_by_volume("0003", on=contract)
    usage_source()
    ingested(event(1, order=order, tokens={"input": 1_000_000}))
    rated("0003")
    assert pool(order) == (1_250_000, 0)

    burns = rate(
        "0003AA",
        "IN_UNCACHED",
        first_day=APRIL,
        acu_per_million_tokens=Decimal(1),
        usd_per_acu=Decimal("1.60"),
    )
    known_later(contract, burns)
    approved(prepared(contract))

    assert pool(order) == (1_000_000, 0)
    assert books(order)[:2] == (1_000_000, Decimal("1.60"))
    assert_the_books_balance()


def other_rate(slin="0001BA", code="IN_UNCACHED", price="1.00"):
    """A price of the other model, from the first day of April that it can have one."""
    return RateDraft(
        clin="0001",
        slin=slin,
        snapshot=NEW_MODEL,
        token_class=code,
        price=UnitPrice(price),
        first_day=date(2026, 4, 6),
        boundary="FEDRAMP_MOD",
    )


@pytest.fixture
def renamed():
    """An order with prices of two models, and a call of a name that meant the dear one.

    It turns out that the name means the other one at this agency.
    """
    contract = awarded_contract()
    issued_contract_modification(
        on=contract,
        at=ADDED_AT,
        terms={},
        effective_on=ADDED_AT.date(),
        price_memo="Below the public list.",
        rates=[other_rate(), other_rate("0001BB", "OUT_TEXT", "4.00")],
    )
    order = issued_order(on=contract)
    usage_source()
    officer = actor("contracting_officer")

    def means(model, agency_id):
        map_model_alias(
            source_name="assistant",
            model_id=AiModel.objects.get(snapshot=model).pk,
            agency_id=agency_id,
            by=officer if agency_id else SYSTEM,
            at=CALLED_AT,
            valid_from=date(2026, 4, 13),
        )

    means(MODEL, None)
    ingested(event(1, order=order, model="assistant"))
    assert books(order)[:2] == (1_100, Decimal("0.0028"))

    means(NEW_MODEL, contract.agency_id)
    return order


def test_a_name_that_stood_for_another_model_moves_to_its_price(renamed):
    order = renamed
    run = approved(prepared(order.contract))

    # Then tokens move to the other model's cells and prices
    assert {row.rate_row.slin for row in run.differences.all()} == {"0001BA", "0001BB"}
    assert books(order)[:2] == (1_100, Decimal("0.0014"))
    cells = DailyUsage.objects.values_list("model__snapshot", "tokens")
    assert sorted(cells.exclude(tokens=0)) == [(NEW_MODEL, 100), (NEW_MODEL, 1_000)]
    assert_the_books_balance()


def test_what_moves_to_a_kind_that_is_closed_already_is_late_and_open(renamed):
    # Given that the hour of the other model is closed, before the call moves to it
    line = renamed.lines.get()
    other = AiModel.objects.get(snapshot=NEW_MODEL).pk
    hour = CALLED_AT, CALLED_AT + timedelta(hours=1)
    close_usage(
        kinds=[Kind(line.pk, other, "IN_UNCACHED", "STANDARD", *hour)],
        because=Subject("reconciliation.acceptance", 1, renamed.contract.stream),
        by=actor("cor"),
        at=KNOWN_AT,
    )
    approved(prepared(renamed.contract))

    # When the price of the other model falls from $1.00 to $0.90
    known_later(renamed.contract, other_rate(price="0.90"))
    approved(prepared(renamed.contract))

    # Then the funds are drawn on for less: nobody has accepted this call
    assert adjustments_of(renamed) == []
    assert books(renamed)[:2] == (1_100, Decimal("0.0013"))
    assert_the_books_balance()
