"""A month is measured from the meter's events, and credited where it was missed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.disputes.models import ServiceCredit
from contracting.disputes.operations.propose_credits import propose_service_credits
from contracting.disputes.queries.service import Month, levels_of, measured
from contracting.disputes.refusals import ServiceUnknown
from contracting.orders.models import TaskOrder
from tests.builders_metering import order_for
from tests.builders_service import MEASURED_AT, level, sent_whole, served
from tests.cast import actor, nothing_happens
from tests.worlds import once_per_file

pytestmark = pytest.mark.django_db

world = once_per_file(order_for)
ONE_IN_TWENTY = ["COMPLETE"] * 19 + ["VENDOR_FAULT"]


@pytest.fixture
def order(world):
    return TaskOrder.objects.select_related("contract").get(pk=world)


def april(order, at=MEASURED_AT):
    month = Month(date(2026, 4, 1), order.contract.time_zone)
    (found,) = measured(order.contract, levels_of(order.contract), month, at)
    return found


def proposed(order, *, by="cor"):
    return propose_service_credits(
        contract_id=order.contract_id,
        month=date(2026, 4, 17),
        by=actor(by),
        at=MEASURED_AT,
    )


def test_a_missed_month_is_credited_by_the_table(order):
    # Given 19 of 20 calls answered, each of 10,000 tokens, and nothing missing
    level(order.contract)
    served(order, ONE_IN_TWENTY)
    sent_whole()

    # When the credits of April are proposed
    (credit,) = proposed(order)

    # Then 95 percent is worse than 99.9, and not than 90: 5 percent of the usage
    found = april(order)
    assert (found.value, found.calls, found.percent) == (Decimal("95.0000"), 20, 5)
    assert credit.measured == Decimal(95)
    # What the fault ended is free: 190,000 tokens at $2 a million
    assert Dollars(credit.base_dollars) == Dollars("0.38")
    assert credit.dollars == Decimal("0.02")
    with nothing_happens(), pytest.raises(ServiceUnknown):
        proposed(order, by="contracting_officer")


def test_a_level_that_was_kept_credits_nothing(order):
    level(order.contract)
    served(order, ["COMPLETE"] * 20)
    sent_whole()

    assert april(order).value == Decimal(100)
    with nothing_happens(), pytest.raises(ServiceUnknown):
        proposed(order)


@pytest.mark.parametrize("gap", ["watermark", "outcome", "number", "nothing"])
def test_a_month_with_a_gap_cannot_be_told(order, gap):
    level(order.contract)
    outcomes = ["COMPLETE"] * 5
    if gap == "outcome":
        outcomes[2] = ""
    if gap == "number":
        served(order, outcomes, skipped=3)
    elif gap != "nothing":
        served(order, outcomes)
    if gap != "watermark":
        sent_whole()

    found = april(order)
    assert not found.can_be_told
    assert found.reasons
    assert not found.percent
    with nothing_happens(), pytest.raises(ServiceUnknown):
        proposed(order)


def test_a_running_month_cannot_be_told(order):
    level(order.contract)
    served(order, ["COMPLETE"])

    found = april(order, MEASURED_AT - timedelta(days=10))
    assert found.reasons == ("The month is not over.",)


def test_the_latency_is_that_of_the_95th_of_100_complete_answers(order):
    level(
        order.contract,
        measure="LATENCY_P95",
        target=Decimal(500),
        steps=[(Decimal(500), Decimal(5))],
    )
    served(
        order, ["COMPLETE"] * 20 + ["VENDOR_FAULT"], [*range(100, 2_100, 100), 9_999]
    )
    sent_whole()

    found = april(order)
    assert found.value == Decimal(1_900)
    assert found.is_missed


@pytest.mark.parametrize(
    "outsider", ["vendor_a_signer", "other_agency_officer", "payment_certifier"]
)
def test_nobody_else_proposes(order, outsider):
    level(order.contract)
    with nothing_happens(), pytest.raises(NotAllowed):
        proposed(order, by=outsider)
    assert not ServiceCredit.objects.exists()
