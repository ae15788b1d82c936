"""Who approves justifications is taken over from the amounts in force, with dates."""

from decimal import Decimal

import pytest

from contracting.approvals.queries import policies_of
from contracting.core.errors import NotAllowed
from contracting.determinations.operations.adopt_ladder import (
    adopt_justification_ladder,
)
from contracting.determinations.refusals import LadderStands
from tests.cast import nothing_happens

pytestmark = pytest.mark.django_db


def adopt(agency, by, at):
    return adopt_justification_ladder(
        agency_id=agency.pk, valid_from=at.date(), by=by, at=at
    )


def test_each_rung_begins_a_cent_above_the_one_below(agency, administrator, at):
    adopt(agency, administrator, at)

    made = policies_of(agency.pk).filter(kind="justification")
    assert sorted(policy.min_value_dollars for policy in made) == [
        Decimal("0.00"),
        Decimal("900000.01"),
        Decimal("20000000.01"),
        Decimal("90000000.01"),
    ]
    assert policies_of(agency.pk).filter(kind="rule_of_two").count() == 1
    (ratified,) = policies_of(agency.pk).filter(kind="ratification")
    fields = ratified.steps.order_by("position").values_list("review_field", flat=True)
    assert list(fields) == ["LEGAL", "ACTIVITY_HEAD"]


def test_a_ladder_is_adopted_once_for_a_day(agency, administrator, at):
    adopt(agency, administrator, at)

    with nothing_happens(), pytest.raises(LadderStands):
        adopt(agency, administrator, at)


@pytest.mark.parametrize("outsider", ["contracting_officer", "other_agency_officer"])
def test_only_an_administrator_adopts_it(request, agency, outsider, at):
    by = request.getfixturevalue(outsider)

    with nothing_happens(), pytest.raises(NotAllowed):
        adopt(agency, by, at)
