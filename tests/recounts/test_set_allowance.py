"""What may honestly be counted in excess is measured, never guessed."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.notices.models import Notice
from contracting.recounts import queries
from contracting.recounts.calculations import allowance_of
from contracting.recounts.operations import set_allowance
from contracting.recounts.refusals import BadAllowance
from tests.cast import nothing_happens
from tests.recounts.conftest import (
    CALLS,
    EXACT,
    adopted,
    allowed,
    model,
    output,
    sample,
    sent,
)


def test_a_trusted_run_holds_at_once(order):
    counts = [(103, 100), (100, 100)] * 1_000

    allowance = allowed(order, counts=counts)

    assert allowance.share == allowance_of(counts)
    assert 0.015 < allowance.share < 0.02
    assert queries.allowance_in_force(order.contract, model(), output()) == allowance


def test_first_samples_hold_when_the_vendor_agrees(order, recounter, monkeypatch):
    # Given a plan without an allowance, whose samples come to twenty counts
    monkeypatch.setattr(set_allowance, "CALIBRATION_SAMPLES", 20)
    by, _text = recounter
    plan = adopted(order)
    sent(plan, [sample(n, recounted=None if n == 3 else 100) for n in range(CALLS)], by)

    allowance = allowed(order, plan_id=plan.pk, counts=())

    assert allowance.samples == 20
    assert not allowance.holds
    assert queries.allowance_in_force(order.contract, model(), output()) is None
    assert Notice.objects.filter(title__contains="agree to an allowance").exists()


def test_too_few_counts_or_none_are_refused(order, recounter):
    by, _text = recounter
    plan = adopted(order)
    sent(plan, [sample(n) for n in range(5)], by)
    for changed in (
        {"counts": EXACT[:-1]},
        {"counts": [(-1, 5), *EXACT]},
        {"tokenizer_sha256": "none"},
        {"words": " "},
        {"plan_id": plan.pk},
    ):
        with nothing_happens(), pytest.raises(BadAllowance):
            allowed(order, **changed)


def test_samples_that_are_tested_calibrate_nothing(order):
    allowed(order)
    plan = adopted(order)

    with nothing_happens(), pytest.raises(BadAllowance):
        allowed(order, plan_id=plan.pk)


@pytest.mark.parametrize("who", ["cor", "vendor_a_signer", "other_agency_officer"])
def test_nobody_else_sets_one(order, who):
    with nothing_happens(), pytest.raises(NotAllowed):
        allowed(order, by=who)
