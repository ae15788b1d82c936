"""A longer time until acceptance is assumed is stated ahead, with its reason."""

from datetime import timedelta

import pytest

from contracting.core.errors import NotAllowed
from contracting.payments.operations.state_acceptance_period import (
    state_acceptance_period,
)
from contracting.payments.queries.clocks import acceptance_days
from contracting.payments.refusals import AcceptancePeriodWrong, ReasonMissing
from tests.builders_settlement import INVOICED_AT
from tests.cast import actor, nothing_happens

TODAY = INVOICED_AT.date()


def stated(order, **more):
    given = {
        "contract_id": order.contract_id,
        "delivered_from": TODAY,
        "days": 14,
        "reason": "The count is audited on a sample.",
        "by": actor("contracting_officer"),
        "at": INVOICED_AT,
    }
    return state_acceptance_period(**(given | more))


@pytest.mark.rule("R-PAY-02", case="allowed")
def test_a_longer_time_holds_for_what_is_delivered_from_its_day_on(order):
    stated(order)

    assert acceptance_days(order.contract, TODAY) == 14
    assert acceptance_days(order.contract, TODAY - timedelta(days=1)) == 7


@pytest.mark.rule("R-PAY-02", case="refused")
@pytest.mark.parametrize(
    "wrong",
    [{"delivered_from": TODAY - timedelta(days=1)}, {"days": 7}, {"days": 366}],
)
def test_a_clock_that_runs_is_not_stopped(order, wrong):
    with nothing_happens(), pytest.raises(AcceptancePeriodWrong):
        stated(order, **wrong)


def test_it_has_a_reason_and_is_the_officers(order):
    with nothing_happens(), pytest.raises(ReasonMissing):
        stated(order, reason=" ")
    with nothing_happens(), pytest.raises(NotAllowed):
        stated(order, by=actor("cor"))
