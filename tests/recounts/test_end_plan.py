"""A plan ends; with its key told, anyone sees what was drawn."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.recounts import queries
from contracting.recounts.operations.end_plan import end_recount_plan
from contracting.recounts.refusals import BadPlan, PlanEnded, WrongKey
from tests.cast import actor, nothing_happens
from tests.recounts.conftest import CALLS, KEY, NOW, adopted, sample, sent


def ended(plan, by="contracting_officer", **changed):
    said = {"reason": "The month is over.", "key": KEY.hex(), **changed}
    return end_recount_plan(plan_id=plan.pk, **said, by=actor(by), at=NOW)


def test_the_key_shows_what_was_left_out_and_what_was_slipped_in(order, recounter):
    # Given every call drawn, two kept back, and one with a made-up proof
    by, _text = recounter
    plan = adopted(order)
    kept = [sample(n) for n in range(CALLS - 3)]
    forged = sample(CALLS - 3, key=b"another key")
    sent(plan, [*kept, forged], by)
    assert not queries.samples_visible_to(actor("vendor_a_signer"), plan)

    # When the key is told
    plan = ended(plan)

    # Then all of it shows, to the vendor too
    found = plan.proof_found
    assert (found["calls"], found["drawn"], found["sent"]) == (CALLS, CALLS, CALLS - 2)
    assert found["missing"] == ("call-28", "call-29")
    assert found["alien"] == ("call-27",)
    assert queries.samples_visible_to(actor("vendor_a_signer"), plan)


def test_the_agency_may_keep_its_key(order):
    plan = ended(adopted(order), key="")

    assert not plan.is_running
    assert plan.proof_found is None


def test_a_wrong_key_no_reason_and_a_second_end_are_refused(order):
    plan = adopted(order)
    for changed in ({"key": "00"}, {"key": "no key"}):
        with nothing_happens(), pytest.raises(WrongKey):
            ended(plan, **changed)
    with nothing_happens(), pytest.raises(BadPlan):
        ended(plan, reason=" ")
    for who in ("cor", "vendor_a_signer", "other_agency_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            ended(plan, by=who)
    ended(plan)
    with nothing_happens(), pytest.raises(PlanEnded):
        ended(plan)
