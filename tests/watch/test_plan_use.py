"""Planned use is a step of its own in the forecast until it begins."""

from datetime import timedelta
from decimal import Decimal

import pytest

from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars, Tokens
from contracting.watch.models import PlannedUse
from contracting.watch.operations.plan_use import plan_use
from contracting.watch.queries.forecasts import forecast_of
from contracting.watch.refusals import BadPlan
from tests.cast import actor, client_for, nothing_happens, submit
from tests.watch.conftest import DAYS, NOW
from tests.watch.test_set_alert_rule import text

SOON = NOW.date() + timedelta(days=5)


def planned(order, by="program_manager", **changed):
    said = {
        "words": "The appeals team",
        "starts_on": SOON,
        "until": SOON + timedelta(days=9),
        "tokens_per_day": Tokens(10_000),
        "dollars_per_day": Dollars("0.50"),
    }
    return plan_use(order_id=order.pk, **{**said, **changed}, by=actor(by), at=NOW)


def test_the_forecast_has_the_step_and_no_more(used):
    # Given a forecast of twenty cents a day
    order = used([0.2] * DAYS)
    before = forecast_of(order, NOW)

    # When ten days of half a dollar are planned
    planned(order)

    # Then each path has five dollars more, and those days alone
    after = forecast_of(order, NOW)
    assert before.funds.at_completion is not None
    assert after.funds.at_completion is not None
    assert before.tokens.at_completion is not None
    assert after.tokens.at_completion is not None
    assert after.funds.at_completion.p50 - before.funds.at_completion.p50 == Decimal(5)
    early = [each for each in after.funds.band if each.day < SOON]
    assert early == [each for each in before.funds.band if each.day < SOON]
    gained = after.tokens.at_completion.p50 - before.tokens.at_completion.p50
    assert gained == 100_000
    assert [step.words for step in after.funds.steps] == ["The appeals team"]


def test_it_is_planned_on_the_page_and_read_on_the_burn_down(used, program_manager):
    order = used([0.2] * DAYS)
    said = {
        "words": "Forty people more",
        "starts_on": order.period_end.isoformat(),
        "tokens_per_day": "0",
        "dollars_per_day": "3.00",
    }

    wrong = submit(
        client_for(program_manager),
        f"{order.path}/plan_use",
        {**said, "starts_on": "2020-01-01"},
    )
    assert "It begins between today" in wrong.content.decode()
    assert not PlannedUse.objects.exists()
    planned(order, words="Forty people more")

    shown = text("cor", f"{order.path}/burn_down")
    assert "Forty people more" in shown
    page = client_for(actor("vendor_a_signer")).get(f"{order.path}/plan_use")
    assert page.status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"words": " "},
        {"starts_on": NOW.date() - timedelta(days=1)},
        {"starts_on": NOW.date() + timedelta(days=4_000), "until": None},
        {"until": SOON - timedelta(days=1)},
        {"tokens_per_day": Tokens(0), "dollars_per_day": Dollars("0.00")},
    ],
)
def test_a_plan_of_nothing_or_of_no_coming_day_is_refused(order, wrong):
    with nothing_happens(), pytest.raises(BadPlan):
        planned(order, **wrong)


@pytest.mark.parametrize(
    "part_name", ["vendor_a_signer", "evaluator", "other_agency_officer"]
)
def test_nobody_else_plans(order, part_name):
    with nothing_happens(), pytest.raises(NotAllowed):
        planned(order, part_name)
