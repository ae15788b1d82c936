"""Planned use is withdrawn: the forecast counts it no more, and it stays on record."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.watch.models import PlannedUse
from contracting.watch.operations.withdraw_planned_use import withdraw_planned_use
from contracting.watch.queries.forecasts import planned_steps
from contracting.watch.refusals import BadPlan
from tests.cast import actor, client_for, nothing_happens, submit
from tests.watch.conftest import NOW
from tests.watch.test_plan_use import planned


def test_what_is_withdrawn_is_counted_no_more(order, cor):
    plan = planned(order)
    url = f"/planned_uses/{plan.public_id}/withdraw_planned_use"

    done = submit(client_for(cor), url, {"reason": "The team stays where it is."})

    assert done.status_code == 303
    assert planned_steps([order]) == ()
    assert PlannedUse.objects.count() == 2
    with nothing_happens(), pytest.raises(BadPlan):
        withdraw_planned_use(plan_id=plan.pk, reason="Again.", by=cor, at=NOW)


def test_it_says_why_and_is_for_those_who_plan(order):
    plan = planned(order)

    with nothing_happens(), pytest.raises(BadPlan):
        withdraw_planned_use(plan_id=plan.pk, reason=" ", by=actor("cor"), at=NOW)
    for part_name in ("vendor_a_signer", "evaluator", "other_agency_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            withdraw_planned_use(
                plan_id=plan.pk, reason="No.", by=actor(part_name), at=NOW
            )
    url = f"/planned_uses/{plan.public_id}/withdraw_planned_use"
    for part_name in ("vendor_a_signer", "other_agency_officer"):
        assert client_for(actor(part_name)).get(url).status_code == 404
