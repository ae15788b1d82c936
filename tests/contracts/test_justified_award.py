"""Less than full competition is awarded on an approved justification, then posted."""

from datetime import date

import pytest

from contracting.determinations.operations.post import post_determination
from contracting.determinations.states import Kind
from contracting.solicitations.queries import posting_due
from contracting.solicitations.refusals import JustificationMissing
from contracting.solicitations.states import ExtentCompeted
from tests.builders_orders import AWARDED_AT, certified_contract
from tests.cast import days, nothing_happens
from tests.contracts.test_award import awarded
from tests.solicitations.test_publish import approved_determination

pytestmark = pytest.mark.django_db


def limited(extent):
    """A certified award on a solicitation in which not all could compete."""
    contract = certified_contract()
    contract.solicitation.extent_competed = extent
    contract.solicitation.save(update_fields=["extent_competed"])
    return contract


@pytest.mark.rule("R-SOL-09", case="refused")
def test_without_its_justification_nothing_is_awarded():
    contract = limited(ExtentCompeted.ONE_SOURCE)

    with nothing_happens(), pytest.raises(JustificationMissing):
        awarded(contract)


@pytest.mark.rule("R-SOL-09", case="allowed")
def test_it_is_posted_within_fourteen_days_of_the_award(contracting_officer):
    contract = limited(ExtentCompeted.ONE_SOURCE)
    solicitation = contract.solicitation
    made = approved_determination(
        solicitation, Kind.OTHER_THAN_FULL, contracting_officer, AWARDED_AT - days(1)
    )

    solicitation = awarded(contract).solicitation
    solicitation.refresh_from_db()
    assert posting_due(solicitation) == AWARDED_AT.date() + days(14)

    post_determination(
        determination_id=made.pk,
        place="Notice 4711",
        posted_on=date(2026, 4, 1),
        by=contracting_officer,
        at=AWARDED_AT + days(14),
    )
    assert posting_due(solicitation) is None


@pytest.mark.rule("R-SOL-09", case="allowed")
def test_for_urgency_it_may_follow_within_thirty_days():
    solicitation = awarded(limited(ExtentCompeted.URGENCY)).solicitation
    solicitation.refresh_from_db()

    assert posting_due(solicitation) == AWARDED_AT.date() + days(30)
