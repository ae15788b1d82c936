"""A source says up to when it has sent everything."""

from datetime import timedelta

import pytest

from contracting.metering.queries.completeness import (
    hours_of,
    watermark_of,
)
from contracting.metering.refusals import (
    BadControl,
)
from tests.builders_metering import (
    CALLED_AT,
    DELIVERED_AT,
    event,
    ingested,
)
from tests.builders_sources import beaten
from tests.cast import nothing_happens


def test_an_hour_without_a_call_is_empty_only_if_the_source_says_so(order, source):
    # Given calls at 10 a.m., and a watermark an hour later
    ingested(event(1, order=order))
    at = CALLED_AT + timedelta(hours=3, minutes=30)
    states = [hour.state for hour in hours_of(source, at, 5)]
    assert states == ["missing", "received", "missing", "missing", "ahead"]

    beaten(source, CALLED_AT + timedelta(hours=2), at=at)

    states = [hour.state for hour in hours_of(source, at, 5)]
    assert states == ["empty", "received", "empty", "missing", "ahead"]


def test_a_watermark_never_goes_back_nor_ahead_of_the_clock(source):
    beaten(source, CALLED_AT)
    assert watermark_of(source) == CALLED_AT

    for wrong in (CALLED_AT - timedelta(seconds=1), DELIVERED_AT + timedelta(days=1)):
        with nothing_happens(), pytest.raises(BadControl):
            beaten(source, wrong)
    with nothing_happens(), pytest.raises(BadControl):
        beaten(source, CALLED_AT, last_seq=-1)
