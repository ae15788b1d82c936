"""The vendor agrees that the first samples are honest."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.recounts import queries
from contracting.recounts.operations import set_allowance
from contracting.recounts.operations.agree_allowance import agree_recount_allowance
from contracting.recounts.refusals import AlreadyAgreed
from tests.cast import actor, nothing_happens
from tests.recounts.conftest import (
    CALLS,
    NOW,
    adopted,
    allowed,
    model,
    output,
    sample,
    sent,
)


@pytest.fixture
def allowance(order, recounter, monkeypatch):
    monkeypatch.setattr(set_allowance, "CALIBRATION_SAMPLES", 20)
    by, _text = recounter
    plan = adopted(order)
    sent(plan, [sample(n) for n in range(CALLS)], by)
    return allowed(order, plan_id=plan.pk, counts=())


def agreed(allowance, by="vendor_a_signer"):
    return agree_recount_allowance(allowance_id=allowance.pk, by=actor(by), at=NOW)


def test_an_agreed_allowance_holds_for_the_next_plan(order, allowance):
    agreed(allowance)

    assert queries.allowance_in_force(order.contract, model(), output()) == allowance
    with nothing_happens(), pytest.raises(AlreadyAgreed):
        agreed(allowance)


@pytest.mark.parametrize(
    "who", ["contracting_officer", "vendor_a_member", "other_vendor_signer"]
)
def test_nobody_else_agrees(allowance, who):
    with nothing_happens(), pytest.raises(NotAllowed):
        agreed(allowance, by=who)
