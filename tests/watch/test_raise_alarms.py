"""Runaway use, fewer cached tokens, silent sources and drift are put before people."""

from datetime import timedelta

import pytest

from contracting.core.errors import NotAllowed
from contracting.notices.models import Notice
from contracting.watch.models import Alarm
from contracting.watch.operations.close_alarm import close_alarm
from contracting.watch.operations.raise_alarms import raise_alarms
from contracting.watch.states import AlarmKind
from contracting.watch.tasks import raise_alarms as task
from tests.builders_metering import CALLED_AT
from tests.cast import actor, nothing_happens
from tests.watch.conftest import DAYS, NOW, raised

CALM = [0.2 + (n % 3) / 100 for n in range(DAYS)]


def told(part_name):
    notices = Notice.objects.filter(
        recipient_user_id=actor(part_name).user_id, title__startswith="Alarm"
    )
    return [each.title for each in notices.order_by("pk")]


def test_a_runaway_day_is_raised_while_it_runs_and_once(used):
    # Given a month of about twenty cents a day, and today seventy
    order = used([*CALM[:-1], 0.7])

    # When the hour looks at it, and the next
    (alarm,) = raised(order)
    assert raised(order, at=NOW + timedelta(hours=1)) == []

    # Then it says what was seen and expected, and those concerned are told
    assert alarm.kind == AlarmKind.RUNAWAY
    assert alarm.day == (CALLED_AT + timedelta(days=DAYS - 1)).date()
    assert f"Order {order.piid} used $0.70" in alarm.words
    for part_name in ("program_manager", "cor", "contracting_officer"):
        assert told(part_name) == ["Alarm: runaway use"]
    for part_name in ("vendor_a_signer", "other_agency_officer", "evaluator"):
        assert told(part_name) == []


def test_a_calm_month_raises_nothing(used):
    assert raised(used(CALM)) == []


def test_fewer_cached_tokens_are_raised_and_not_again_while_open(used):
    # Given a month with three quarters of the input from the cache, and yesterday none
    def tokens(n):
        cached = 0 if n >= DAYS - 2 else 75_000
        return {"input": 100_000 - cached, "cached_input": cached, "output": 25_000}

    order = used(CALM, tokens=tokens)

    # When it is looked at, today and tomorrow
    (alarm,) = raised(order)
    assert alarm.kind == AlarmKind.CACHE_DROP
    assert "0 percent of the input" in alarm.words
    assert [a.kind for a in raised(order, at=NOW + timedelta(hours=4))] == []


def test_a_source_that_was_heard_and_falls_silent_is_raised(used):
    # Given usage received at half past the hour
    order = used(CALM)
    last = CALLED_AT + timedelta(days=DAYS - 1, minutes=30)

    # Then six hours later it is not silent yet, and a minute after that it is
    assert raised(order, at=last + timedelta(hours=6)) == []
    (alarm,) = raised(order, at=last + timedelta(hours=6, minutes=1))
    assert alarm.kind == AlarmKind.SILENT_SOURCE
    assert alarm.source is not None
    assert alarm.source.code in alarm.words
    assert "a gap is no zero" in alarm.limits


def test_a_source_is_raised_again_once_the_first_is_closed_and_it_was_heard(used, cor):
    order = used(CALM)
    late = NOW + timedelta(days=2)
    (alarm,) = raised(order, at=late)
    close_alarm(alarm_id=alarm.pk, reason="Maintenance", by=cor, at=late)

    assert raised(order, at=late + timedelta(hours=1)) == []


def test_the_schedule_calls_the_verb(used):
    used(CALM)

    assert task() == Alarm.objects.count() == 1


@pytest.mark.parametrize("part_name", ["cor", "vendor_a_signer"])
def test_nobody_else_raises_alarms(order, part_name):
    with nothing_happens(), pytest.raises(NotAllowed):
        raise_alarms(agency_id=order.contract.agency_id, by=actor(part_name), at=NOW)
