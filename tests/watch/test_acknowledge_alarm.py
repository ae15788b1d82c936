"""Somebody of the agency looks at an alarm."""

from datetime import timedelta

import pytest

from contracting.core.errors import IllegalMove, NotAllowed
from contracting.watch.operations.acknowledge_alarm import acknowledge_alarm
from contracting.watch.states import AlarmState
from tests.cast import actor, nothing_happens
from tests.watch.conftest import NOW, raised

LATER = NOW + timedelta(days=2)


@pytest.fixture
def alarm(used):
    """A source that is silent."""
    return raised(used([0.2] * 3), at=LATER)[0]


def test_who_looks_at_it_is_recorded_once(alarm, cor):
    done = acknowledge_alarm(alarm_id=alarm.pk, by=cor, at=LATER)

    assert done.state == AlarmState.ACKNOWLEDGED
    assert done.acted_by_id == cor.membership_id
    with nothing_happens(), pytest.raises(IllegalMove):
        acknowledge_alarm(alarm_id=alarm.pk, by=cor, at=LATER)


@pytest.mark.parametrize(
    "part_name", ["evaluator", "vendor_a_signer", "other_agency_officer"]
)
def test_nobody_else_does(alarm, part_name):
    with nothing_happens(), pytest.raises(NotAllowed):
        acknowledge_alarm(alarm_id=alarm.pk, by=actor(part_name), at=LATER)
