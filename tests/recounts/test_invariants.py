"""What was written beside the verbs is found the night after."""

from decimal import Decimal

import pytest

from contracting.operate.queries import broken_invariants
from contracting.recounts.models import (
    CountFlag,
    RecountAllowance,
    RecountSample,
    RecountStanding,
)
from contracting.recounts.states import Basis
from tests.recounts.conftest import NOW, adopted, allowed, model, output, sample, sent


@pytest.fixture
def plan(order, recounter):
    allowed(order)
    plan = adopted(order, rate=Decimal("0.999999"))
    sent(plan, [sample(n) for n in range(3)], recounter[0])
    return plan


def broken():
    return {each.split()[0] for each in broken_invariants()}


def test_a_wealth_that_its_samples_do_not_give_is_found(plan):
    RecountStanding.objects.create(
        plan=plan,
        samples=4,
        wealth=1.5,
        peak=1.5,
        total=0.0,
        squares=0.0,
        reached_at=NOW,
    )

    assert broken() == {"RCT-1"}


def test_a_flag_without_its_test_is_found(plan):
    CountFlag.objects.create(plan=plan, samples=3, flagged_at=NOW)

    assert broken() == {"RCT-2"}


def test_a_sample_that_was_not_drawn_is_found(plan):
    RecountSample.objects.create(
        plan=plan,
        position=9,
        request_id="call-9",
        reported=1,
        recounted=1,
        metered=1,
        proof="f" * 64,
        received_at=NOW,
    )

    assert broken() == {"RCT-3"}


def test_an_allowance_that_its_counts_do_not_give_is_found(plan):
    RecountAllowance.objects.create(
        contract=plan.contract,
        model=model(),
        token_class=output(),
        basis=Basis.TRUSTED_RUN,
        tokenizer_sha256="a" * 64,
        counts=[[1, 1]],
        counts_sha256="b" * 64,
        share=Decimal("0.5"),
        words="Made up.",
        set_by_id=plan.adopted_by_id,
        set_at=NOW,
    )

    assert broken() == {"RCT-4"}
