"""An administrator says who reviews what."""

from datetime import date

import pytest

from contracting.approvals.operations.adopt import StepTerms, adopt_policy
from contracting.approvals.queries import policy_for
from contracting.approvals.refusals import BadPolicy
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from tests.cast import nothing_happens

DAY = date(2026, 3, 2)


def adopt(by, at, agency, **change):
    terms = {
        "agency_id": agency.pk,
        "kind": "task_order",
        "title": "Large orders",
        "min_value": Dollars("5000000.00"),
        "steps": [StepTerms(1, "REVIEWER", "LEGAL"), StepTerms(2, "COR")],
        "valid_from": DAY,
    }
    return adopt_policy(**{**terms, **change}, by=by, at=at)


def test_a_policy_applies_from_its_value_and_day_on(administrator, agency, at):
    policy = adopt(administrator, at, agency)

    value = Dollars("5000000.00")
    assert policy_for(agency.pk, "task_order", value, "", DAY) == policy
    assert policy_for(agency.pk, "task_order", value, "", date(2026, 3, 1)) != policy
    below = Dollars("4999999.99")
    assert policy_for(agency.pk, "task_order", below, "", DAY) != policy


@pytest.mark.parametrize("role", ["contracting_officer", "other_agency_officer"])
def test_nobody_else_adopts_a_policy(role, request, agency, at):
    by = request.getfixturevalue(role)

    with nothing_happens(), pytest.raises(NotAllowed):
        adopt(by, at, agency)


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [StepTerms(1, "REVIEWER")],
        [StepTerms(1, "COR", "LEGAL")],
        [StepTerms(1, "COR", needed=2)],
        [StepTerms(1, "COR", need="N", needed=0)],
    ],
)
def test_a_policy_that_nobody_could_satisfy_is_refused(
    administrator, agency, steps, at
):
    with nothing_happens(), pytest.raises(BadPolicy):
        adopt(administrator, at, agency, steps=steps)
