"""Recording notice of a protest."""

from datetime import timedelta

import pytest

from contracting.contracts.operations.record import record_protest
from contracting.contracts.queries import suspending_protest
from contracting.contracts.refusals import AlreadyRecorded, ProtestIncomplete
from contracting.core.errors import NotAllowed
from tests.builders_orders import AWARDED_AT, awarded_contract
from tests.cast import actor, nothing_happens

pytestmark = pytest.mark.django_db
AWARDED_ON = AWARDED_AT.date()


def recorded(contract, *, days, by="contracting_officer", number="B-1", debriefed=None):
    return record_protest(
        contract_id=contract.pk,
        number=number,
        notified_on=AWARDED_ON + timedelta(days=days),
        debriefed_on=debriefed,
        by=actor(by),
        at=AWARDED_AT + timedelta(days=60),
    )


@pytest.mark.parametrize(
    ("days", "debriefed", "suspends"),
    [
        (10, None, True),
        (11, None, False),
        (15, 10, True),
        (16, 10, False),
        (10, 2, True),
        (14, 7, True),  # the fifth day after it is a Saturday
        (15, 7, False),
    ],
)
@pytest.mark.rule("R-AWD-07", case="allowed")
def test_in_time_is_ten_days_from_award_or_five_from_a_debriefing(
    days, debriefed, suspends
):
    contract = awarded_contract()
    offered = None if debriefed is None else AWARDED_ON + timedelta(days=debriefed)

    protest = recorded(contract, days=days, debriefed=offered)

    assert protest.suspends is suspends
    assert (suspending_protest(contract) == protest) is suspends


@pytest.mark.rule("R-AWD-07", case="refused")
def test_a_protest_has_a_number_and_comes_after_the_award():
    contract = awarded_contract()

    for wrong in ({"number": " ", "days": 1}, {"days": -1}, {"days": 61}):
        with nothing_happens(), pytest.raises(ProtestIncomplete) as refusal:
            recorded(contract, **wrong)

        assert refusal.value.rule == "R-AWD-07"


def test_a_protest_is_recorded_once_and_by_the_office():
    contract = awarded_contract()
    recorded(contract, days=3)

    with nothing_happens(), pytest.raises(AlreadyRecorded):
        recorded(contract, days=4)
    for part in ("program_manager", "other_agency_officer", "vendor_b_signer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            recorded(contract, days=3, by=part, number="B-2")
