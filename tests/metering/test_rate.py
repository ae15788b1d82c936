"""Step two of rating: usage on its steps and in its pool, trued up."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import permutations

import pytest

from contracting.audit.queries import events_of
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars, UnitPrice
from contracting.ledger.models import Transfer
from contracting.ledger.queries import live_limit
from contracting.metering import tasks
from contracting.metering.models import TrueUp
from contracting.metering.operations.correct import correct_usage
from contracting.metering.operations.rate import rate_period
from contracting.metering.refusals import NothingToRate
from contracting.metering.tasks import rate_periods
from contracting.orders.models import OrderLine
from tests.builders_metering import (
    CALLED_AT,
    assert_the_books_balance,
    event,
    ingested,
    usage_source,
)
from tests.builders_modifications import issued_contract_modification
from tests.builders_orders import issued_order
from tests.builders_volume import (
    RATED_AT,
    books,
    calls,
    contract_by_volume,
    order_by_volume,
    ordered,
    pool,
    rate,
    rated,
    steps,
    tiered_line,
    tiered_rates,
)
from tests.cast import actor, nothing_happens

pytestmark = pytest.mark.django_db


def test_usage_is_posted_at_the_dearest_step_until_the_period_is_rated():
    # Given a line at $2.00, from one million tokens on $1.50, from three on $1.00
    order = order_by_volume()
    usage_source()

    # When four million tokens are used in April
    ingested(*calls(order, 400_000, 1_600_000, 2_000_000))

    # Then they stand at the first price
    assert books(order) == (4_000_000, Decimal("8.00"), 0, 0)

    # And after the period run each token at the price of its volume
    run = rated()
    assert run is not None
    assert books(order) == (4_000_000, Decimal(2 + 3 + 1), 0, 0)
    assert [run.provisional_dollars, run.exact_dollars] == [8, 6]
    assert [
        [row.from_tokens, row.tokens, row.exact_dollars] for row in run.true_ups.all()
    ] == [[0, 1_000_000, 2], [1_000_000, 2_000_000, 3], [3_000_000, 1_000_000, 1]]
    assert [each.event for each in events_of(run.subject)][-1] == (
        "metering.period.rated"
    )
    assert_the_books_balance()


def test_rating_twice_posts_nothing():
    order = order_by_volume()
    usage_source()
    ingested(*calls(order, 2_000_000))
    rated()
    posted = Transfer.objects.count()

    with nothing_happens():
        assert rated(at=RATED_AT + timedelta(days=1)) is None

    assert Transfer.objects.count() == posted


def test_late_usage_moves_what_came_after_it():
    # Given output at the end of the first step, and the month is rated
    order = order_by_volume()
    usage_source()
    ingested(
        event(1, order=order, tokens={"output": 1_000_000}, at=CALLED_AT),
    )
    rated()
    assert books(order)[1] == 8

    # When a call of the hour before arrives in May
    early = CALLED_AT - timedelta(hours=1)
    ingested(
        event(2, order=order, tokens={"input": 400_000}, at=early),
        at=RATED_AT + timedelta(days=2),
    )
    run = rated(at=RATED_AT + timedelta(days=3))
    assert run is not None

    # Then it stands first, and pushes as many output tokens onto the next step
    assert books(order)[1] == Decimal("0.80") + Decimal("4.80") + Decimal("2.40")
    changed = {(row.from_tokens, row.exact_dollars) for row in run.true_ups.all()}
    assert changed == {
        (0, Decimal("0.80")),
        (0, Decimal("4.80")),
        (1_000_000, Decimal("2.40")),
    }
    assert_the_books_balance()


def test_a_lower_price_funds_what_stood_unfunded_and_no_more():
    # Given two dollars of funds and four dollars of provisional usage
    order = order_by_volume(dollars="2.00")
    usage_source()
    ingested(*calls(order, 900_000, 1_100_000))
    assert books(order) == (1_000_000, 2, 1_000_000, 2)

    # When the period is rated: $2.00 and $1.50
    rated()

    # Then the funds pay for the first million, in the order of time
    assert books(order) == (1_000_000, 2, 1_000_000, Decimal("1.50"))
    assert_the_books_balance()


def test_each_month_begins_at_the_first_step():
    order = order_by_volume()
    usage_source()
    ingested(*calls(order, 1_500_000))
    may = CALLED_AT + timedelta(days=15)
    ingested(
        event(9, order=order, tokens={"input": 1_000_000}, at=may),
        at=may + timedelta(hours=1),
    )

    run = rated(at=may + timedelta(days=30))
    assert run is not None

    assert books(order)[1] == 2 + Decimal("0.75") + 2
    months = {row.period_start.month for row in run.true_ups.all()}
    assert months == {4, 5}


def test_a_pool_burns_units_by_class_rounded_once():
    # Given a pool at 1.25 units for a million in, 5.333333 for a million out
    order = order_by_volume("0003")
    usage_source()

    # When three calls of one token out each and one of a million in are made
    sizes = [{"output": 1}, {"output": 1}, {"output": 1}, {"input": 1_000_000}]
    ingested(*[event(n, order=order, tokens=each) for n, each in enumerate(sizes)])
    rated("0003")

    # Then the three are 15.999999 millionths of a unit: sixteen, rounded once
    assert pool(order) == (1_250_016, 0)
    assert books(order)[1] == Decimal("1.250016") * Decimal("1.60")
    (out,) = TrueUp.objects.filter(tokens=3)
    assert (out.micro_acu, out.exact_dollars) == (16, Decimal("0.0000256"))
    assert_the_books_balance()


def test_a_pool_that_is_used_up_leaves_the_rest_unfunded():
    # Given an order of one unit
    order = order_by_volume("0003", acu="1")
    usage_source()

    # When a million tokens would burn 1.25
    ingested(event(1, order=order, tokens={"input": 1_000_000}))
    assert pool(order) == (1_000_000, 250_000)
    rated("0003")

    # Then a fifth of the tokens is recorded and never payable
    assert pool(order) == (1_000_000, 250_000)
    assert books(order) == (
        800_000,
        Decimal("1.60"),
        200_000,
        Decimal("0.40"),
    )
    assert_the_books_balance()


def test_a_line_of_one_price_has_nothing_to_rate():
    order_by_volume()

    with nothing_happens(), pytest.raises(NothingToRate):
        rated("0001")


@pytest.mark.parametrize(
    "role", ["program_manager", "vendor_a_signer", "other_agency_officer"]
)
def test_only_those_who_answer_for_usage_rate_a_period(role):
    order = order_by_volume()
    usage_source()
    ingested(*calls(order, 2_000_000))
    line = OrderLine.objects.get(order=order).contract_line_id

    with nothing_happens(), pytest.raises(NotAllowed):
        rate_period(contract_line_id=line, by=actor(role), at=RATED_AT)


def corrected(changes, *, of, at, name="correction-1"):
    return correct_usage(
        source_id=usage_source().pk,
        event_id=of,
        correction_id=name,
        changes=changes,
        reason="The gateway counted a retry.",
        by=actor("cor"),
        at=at,
    )


def test_a_correction_moves_what_stands_after_it():
    # Given a million at $2.00 and a million at $1.50
    order = order_by_volume()
    usage_source()
    ingested(*calls(order, 1_000_000, 1_000_000))
    rated()
    assert books(order)[1] == Decimal("3.50")

    # When half of the first call is taken back in May
    corrected({"IN_UNCACHED": -500_000}, of="call-0", at=RATED_AT + timedelta(days=4))

    # Then the second call stands at $2.00 for half of it
    assert books(order) == (1_500_000, Decimal("2.75"), 0, 0)
    assert_the_books_balance()

    # And what is added stands with the call that it corrects
    later = RATED_AT + timedelta(days=5)
    corrected({"IN_UNCACHED": 500_000}, of="call-0", at=later, name="correction-2")
    assert books(order) == (2_000_000, Decimal("3.50"), 0, 0)
    assert_the_books_balance()


def test_a_correction_before_the_period_is_rated_takes_back_at_its_step():
    order = order_by_volume()
    usage_source()
    ingested(*calls(order, 1_500_000, 500_000))

    corrected({"IN_UNCACHED": -400_000}, of="call-1", at=CALLED_AT + timedelta(days=1))

    assert books(order) == (1_600_000, Decimal("2.90"), 0, 0)
    assert_the_books_balance()


def test_orders_share_their_steps_where_the_contract_counts_the_line():
    # Given a line whose volume is that of all its orders
    line = tiered_line(counted_over="LINE", counted_per="WHOLE")
    contract = contract_by_volume(lines=[line], rates=tiered_rates())
    first = order_by_volume(on=contract)
    second = order_by_volume(on=contract, ceiling="61.00")
    usage_source()

    # When one uses a million, and the other a million of the hour before
    ingested(event(1, order=first, tokens={"input": 1_000_000}))
    hour = timedelta(hours=1)
    ingested(
        event(2, order=second, tokens={"input": 1_000_000}, at=CALLED_AT - hour),
        at=CALLED_AT + hour,
    )
    rated()

    # Then the earlier usage is the first million of the line
    assert (books(first)[1], books(second)[1]) == (Decimal("1.50"), Decimal("2.00"))
    assert_the_books_balance()


@pytest.mark.parametrize("order_of_arrival", list(permutations(range(3)))[::2])
@pytest.mark.parametrize("rates_between", [True, False])
def test_whatever_arrives_first_the_totals_are_the_same(
    order_of_arrival, rates_between
):
    # Given three calls on two steps, and funds for two of the three
    order = order_by_volume(dollars="4.00")
    usage_source()
    made = [
        event(0, order=order, tokens={"input": 800_000}, at=CALLED_AT),
        event(
            1,
            order=order,
            tokens={"output": 300_000},
            at=CALLED_AT + timedelta(minutes=1),
        ),
        event(
            2,
            order=order,
            tokens={"input": 900_000},
            at=CALLED_AT + timedelta(minutes=2),
        ),
    ]

    # When they arrive in any order, with or without a run between them
    for night, place in enumerate(order_of_arrival):
        ingested(made[place], at=CALLED_AT + timedelta(days=1 + night))
        if rates_between:
            rated(at=CALLED_AT + timedelta(days=1 + night, hours=12))
    rated()

    # Then 0.8 in at $2.00; 0.2 out at $8.00, 0.1 at $6.00; and of 0.9 in at $1.50 as
    # much as fits into the funds
    assert books(order) == (
        800_000 + 300_000 + 133_333,
        Decimal("1.60") + Decimal("2.20") + Decimal("0.1999995"),
        766_667,
        Decimal("1.1500005"),
    )
    assert_the_books_balance()


def test_a_multiplier_that_changes_leaves_earlier_usage_as_it_was():
    # Given usage of April in the pool
    contract = contract_by_volume()
    order = order_by_volume("0003", on=contract)
    usage_source()
    ingested(event(1, order=order, tokens={"input": 1_000_000}))
    rated("0003")
    before = list(TrueUp.objects.values())

    # When both agree on two units for a million from 1 May on
    issued_contract_modification(
        on=contract,
        at=CALLED_AT + timedelta(days=2),
        description="The multiplier of input changes.",
        terms={},
        consideration="A faster model for the same pool.",
        price_memo="Still below the public list.",
        rates=[
            rate(
                "0003AA",
                "IN_UNCACHED",
                first_day=date(2026, 5, 1),
                acu_per_million_tokens=Decimal(2),
                usd_per_acu=Decimal("1.60"),
            )
        ],
    )
    may = CALLED_AT + timedelta(days=20)
    ingested(
        event(2, order=order, tokens={"input": 1_000_000}, at=may),
        # A late call of April burns what April burnt.
        event(3, order=order, tokens={"input": 2}, at=CALLED_AT),
        at=may + timedelta(hours=1),
    )
    rated("0003", at=may + timedelta(days=1))

    # Then April burns 1.25 for a million and May 2
    earlier = TrueUp.objects.filter(pk__in=[row["id"] for row in before])
    assert list(earlier.values()) == before
    assert pool(order) == (1_250_003 + 2_000_000, 0)
    assert books(order)[1] == Decimal("3.250003") * Decimal("1.60")
    assert_the_books_balance()


def test_the_schedule_rates_what_has_new_usage():
    order = order_by_volume()
    usage_source()
    ingested(*calls(order, 2_000_000))

    assert rate_periods(RATED_AT.isoformat()) == 1
    assert rate_periods(RATED_AT.isoformat()) == 0
    assert books(order)[1] == Decimal("3.50")


def test_a_line_that_fails_at_night_stops_no_other(monkeypatch):
    # Given new usage on two lines, of which one cannot be rated
    orders = [order_by_volume(clin) for clin in ("0002", "0003")]
    usage_source()
    for order in orders:
        ingested(event(order.pk, order=order, tokens={"input": 2_000_000}))
    real, broken = rate_period, orders[0].lines.get().contract_line_id

    def some(*, contract_line_id, **more):
        if contract_line_id == broken:
            raise RuntimeError
        return real(contract_line_id=contract_line_id, **more)

    monkeypatch.setattr(tasks, "rate_period", some)

    # When the schedule runs, then the other stands on its units
    assert rate_periods(RATED_AT.isoformat()) == 1
    assert pool(orders[1]) == (2_500_000, 0)


def test_an_envelope_costs_nothing_and_overage_its_rate():
    # Given a month's envelope of two million tokens, and $3.00 a million beyond it
    line = tiered_line()
    overage = rate(
        "0002AA",
        "IN_UNCACHED",
        "3.00",
        steps=steps((0, "0"), (2_000_000, "3.00")),
    )
    contract = contract_by_volume(lines=[line], rates=[overage])
    order = order_by_volume(on=contract)
    usage_source()

    # When 2.5 million are used in April, and one in May
    ingested(*calls(order, 1_900_000, 600_000))
    may = CALLED_AT + timedelta(days=15)
    ingested(
        event(9, order=order, tokens={"input": 1_000_000}, at=may),
        at=may + timedelta(hours=1),
    )
    assert books(order)[1] == Decimal("10.50")
    rated(at=may + timedelta(days=1))

    # Then half a million is overage
    assert books(order) == (3_500_000, Decimal("1.50"), 0, 0)
    assert_the_books_balance()


def test_an_order_agrees_on_less_than_a_step():
    # Given an order at $1.20 for input, where the steps are $2.00, $1.50 and $1.00
    contract = contract_by_volume()
    agreed = replace(ordered(), prices={"0002AA": UnitPrice("1.20")})
    order = issued_order(on=contract, lines=[agreed])
    usage_source()
    ingested(*calls(order, 4_000_000))
    assert books(order)[1] == Decimal("4.80")

    rated()

    # Then only the step below it is cheaper
    assert books(order)[1] == Decimal("3.60") + Decimal("1.00")
    assert_the_books_balance()


def test_a_share_of_the_funds_that_the_true_up_gives_back_is_told_again():
    # Given a line whose provisional usage has used up its funds
    order = order_by_volume(dollars="4.00")
    usage_source()
    ingested(*calls(order, 2_000_000))
    line = order.lines.get()
    assert live_limit(line.holder).funded_dollars_left == Dollars(0)

    # When the period run frees half a dollar
    rated()

    # Then it is there for what is used next
    assert live_limit(line.holder).funded_dollars_left == Dollars("0.50")
    assert_the_books_balance()
