"""Who may try parked usage again."""

import pytest

from contracting.core import clock
from contracting.core.errors import NotAllowed
from contracting.ledger.models import ParkedDelta
from contracting.metering.operations.unpark import unpark_usage
from contracting.metering.refusals import NothingParked
from tests.builders_metering import event, folded
from tests.cast import actor, nothing_happens
from tests.metering.test_fold import sent
from tests.metering.test_fold_all import poison


@pytest.fixture
def parked(order):
    sent(event(1, order=order))
    poison(order, dollars=1)
    folded()
    return ParkedDelta.objects.get()


def tried(parked, by, agency_id=None):
    who = actor(by) if isinstance(by, str) else by
    unpark_usage(
        agency_id=agency_id or actor("cor").own_organization_id,
        public_id=parked.public_id,
        by=who,
        at=clock.now(),
    )


@pytest.mark.parametrize("part", ["cor", "contracting_officer", "administrator"])
def test_three_roles_may_try_it_again(parked, part):
    tried(parked, part)

    assert not ParkedDelta.objects.exists()


@pytest.mark.parametrize("part", ["program_manager", "vendor_a_signer"])
def test_others_may_not(parked, part):
    with nothing_happens(), pytest.raises(NotAllowed):
        tried(parked, part)


def test_another_agency_does_not_find_it(parked, other_agency_officer):
    theirs = other_agency_officer.own_organization_id
    with nothing_happens(), pytest.raises(NothingParked):
        tried(parked, other_agency_officer, theirs)
