"""The health log is written each minute; its silence is told of."""

from datetime import timedelta

import pytest

from contracting.notices.models import Notice
from contracting.submissions.health.log import TOLERANCE, outage_at
from contracting.submissions.health.models import HealthBeat
from contracting.submissions.operations.log import log_health
from contracting.submissions.tasks import log_health as log_by_schedule
from tests.builders import DEADLINE, released_solicitation
from tests.cast import actor

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def beats(*minutes):
    """Beats so many minutes from the deadline."""
    for minute in minutes:
        log_health(at=DEADLINE + minute * MINUTE)


def test_a_silence_longer_than_five_minutes_is_an_outage():
    beats(-7, -6, -1, 4)
    assert outage_at(DEADLINE, DEADLINE + 9 * MINUTE) is None

    beats(10)

    within = outage_at(DEADLINE + 5 * MINUTE, DEADLINE + 11 * MINUTE)
    assert within is not None
    assert (within.begun_at, within.resumed_at) == (
        DEADLINE + 4 * MINUTE,
        DEADLINE + 10 * MINUTE,
    )


def test_a_silence_that_lasts_has_no_end_and_an_empty_log_shows_nothing():
    assert outage_at(DEADLINE, DEADLINE + MINUTE) is None
    beats(-2)

    lasting = outage_at(DEADLINE, DEADLINE + TOLERANCE)

    assert lasting is not None
    assert lasting.resumed_at is None


def test_the_officers_whose_deadline_lay_in_the_silence_are_told_once():
    released_solicitation()

    beats(-3, -2, 20, 21)

    told = Notice.objects.filter(title__startswith="Outage at the deadline")
    officers = {"contracting_officer", "second_contracting_officer"}
    assert {each.recipient_user_id for each in told} == {
        actor(part).user_id for part in officers
    }
    assert told.count() == len(officers)


def test_the_schedule_writes_a_beat():
    log_by_schedule()

    assert HealthBeat.objects.count() == 1
