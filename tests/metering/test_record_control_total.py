"""A source says what it counted on a day; it is compared with what is stored."""

from datetime import UTC, date, timedelta

import pytest

from contracting.core.actors import SYSTEM
from contracting.metering.operations.alarm import alarm_of_sources
from contracting.metering.queries.completeness import (
    days_of,
)
from contracting.metering.refusals import (
    BadControl,
)
from tests.builders_metering import (
    CALLED_AT,
    event,
    ingested,
)
from tests.builders_sources import DAY, NEXT_DAY, stated
from tests.cast import nothing_happens


def test_a_day_that_agrees_with_its_control_total_is_complete(order, source):
    ingested(event(1, order=order), event(2, order="ord_mistyped"))

    stated(source, tokens={"input": 2_000, "output": 200, "reasoning": 0})

    (day,) = days_of(source, DAY, DAY)
    assert (day.calls, day.stated_calls, day.is_different) == (2, 2, False)
    assert alarm_of_sources(by=SYSTEM, at=NEXT_DAY) == 0


def test_the_last_total_of_a_day_holds(order, source):
    ingested(event(1, order=order))
    stated(source)
    stated(source, calls=1, tokens={"input": 1_000, "output": 100})

    assert not days_of(source, DAY, DAY)[0].is_different


@pytest.mark.parametrize(
    "changed",
    [
        {"day": NEXT_DAY.date()},
        {"calls": -1},
        {"tokens": {"aura": 1}},
        {"tokens": {"input": -1}},
        {"tokens": {"input": 1, "IN_UNCACHED": 1}},
    ],
)
def test_a_total_that_cannot_be_is_refused(source, changed):
    with nothing_happens(), pytest.raises(BadControl):
        stated(source, **changed)


def test_days_are_those_of_utc(order, source):
    late = CALLED_AT.replace(hour=23, minute=59)
    early = late + timedelta(minutes=1)
    ingested(
        event(1, order=order, at=late), event(2, order=order, at=early), at=NEXT_DAY
    )

    found = {day.day: day.calls for day in days_of(source, DAY, date(2026, 4, 21))}

    assert found == {DAY: 1, date(2026, 4, 21): 1}
    assert late.tzinfo is UTC
