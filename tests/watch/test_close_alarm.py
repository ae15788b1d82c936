"""An alarm is closed with what was found."""

from datetime import timedelta

import pytest

from contracting.core.errors import IllegalMove, NotAllowed
from contracting.watch.operations.close_alarm import close_alarm
from contracting.watch.refusals import NothingFound
from contracting.watch.states import AlarmState
from tests.cast import actor, nothing_happens
from tests.watch.conftest import NOW, raised

LATER = NOW + timedelta(days=2)


@pytest.fixture
def alarm(used):
    """A source that is silent."""
    return raised(used([0.2] * 3), at=LATER)[0]


def test_it_is_closed_with_a_reason_and_stays_closed(alarm, cor):
    done = close_alarm(alarm_id=alarm.pk, reason=" Moved house ", by=cor, at=LATER)

    assert (done.state, done.reason) == (AlarmState.CLOSED, "Moved house")
    with nothing_happens(), pytest.raises(IllegalMove):
        close_alarm(alarm_id=alarm.pk, reason="Again", by=cor, at=LATER)


def test_without_a_reason_it_stays_open(alarm, cor):
    with nothing_happens(), pytest.raises(NothingFound):
        close_alarm(alarm_id=alarm.pk, reason="  ", by=cor, at=LATER)


@pytest.mark.parametrize("part_name", ["vendor_a_signer", "other_agency_officer"])
def test_nobody_else_closes_it(alarm, part_name):
    with nothing_happens(), pytest.raises(NotAllowed):
        close_alarm(alarm_id=alarm.pk, reason="No", by=actor(part_name), at=LATER)
