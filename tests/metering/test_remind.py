"""An agency is told, once, of usage that is held for three days (R-MET-08)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracting.core.actors import SYSTEM
from contracting.core.errors import NotAllowed
from contracting.metering.models import SuspenseReminder
from contracting.metering.operations.alarm import alarm_of_sources
from contracting.metering.operations.remind import remind_suspense
from contracting.metering.tasks import remind_suspense as task
from contracting.notices.models import Notice
from tests.builders_metering import (
    DELIVERED_AT,
    assert_the_books_balance,
    event,
    ingested,
)
from tests.cast import actor, nothing_happens

DAY = timedelta(days=1)


def told(part_name="cor"):
    held = Notice.objects.filter(
        recipient_user_id=actor(part_name).user_id, title__contains="held in suspense"
    )
    return [each.title.split(" held")[0] for each in held.order_by("pk")]


def test_a_call_that_comes_of_age_is_told_once(order):
    # Given a call held on Monday and one held on Tuesday
    ingested(event(1, order="ord_unknown"))
    ingested(event(2, order="ord_unknown"), at=DELIVERED_AT + DAY)

    # Then nothing is told before three days
    early = DELIVERED_AT + 3 * DAY - timedelta(microseconds=1)
    assert remind_suspense(by=SYSTEM, at=early) == 0

    # And each is told on its third day, however often the schedule runs
    for days, titles in (
        (3, ["1 call is"]),
        (3, ["1 call is"]),
        (4, ["1 call is", "2 calls are"]),
        (9, ["1 call is", "2 calls are"]),
    ):
        remind_suspense(by=SYSTEM, at=DELIVERED_AT + days * DAY)
        assert told() == titles
    assert told("contracting_officer") == titles
    assert told("vendor_a_signer") == told("other_agency_officer") == []
    assert_the_books_balance()


def test_where_nothing_is_held_nobody_is_told(order):
    ingested(event(1, order=order))

    assert remind_suspense(by=SYSTEM, at=DELIVERED_AT + 9 * DAY) == 0
    assert SuspenseReminder.objects.count() == 0


def test_the_schedule_calls_the_verb(order):
    ingested(event(1, order="ord_unknown"))

    assert task() == 1


@pytest.mark.parametrize("part_name", ["cor", "other_agency_officer"])
def test_nobody_else_sends_reminders(order, part_name):
    ingested(event(1, order="ord_unknown"))

    with nothing_happens(), pytest.raises(NotAllowed):
        remind_suspense(by=actor(part_name), at=DELIVERED_AT + 9 * DAY)


def test_no_batch_waits_while_the_schedule_looks(order):
    ingested(event(1, order="ord_unknown"))

    # Given one that tells of what is held, and one that tells of days not complete
    with CaptureQueriesContext(connection) as asked:
        assert remind_suspense(by=SYSTEM, at=DELIVERED_AT + 4 * DAY) == 1
        alarm_of_sources(by=SYSTEM, at=DELIVERED_AT + 4 * DAY)

    # Then neither holds a source
    locks = [each["sql"] for each in asked if " UPDATE" in each["sql"]]
    assert locks
    assert not any('FROM "metering_usagesource"' in sql for sql in locks)
