"""A mapping of a key is ended with a day."""

from datetime import timedelta

import pytest

from contracting.metering.operations.unmap_key import unmap_key
from contracting.metering.refusals import NoSuchKey
from tests.builders_metering import (
    CALLED_AT,
    codes,
    ingested,
)
from tests.cast import actor, nothing_happens
from tests.metering.test_map_key import by_key, mapped, without_order


def test_a_mapping_is_ended_and_later_calls_are_held(order):
    mapping = mapped(order)

    ended = unmap_key(
        mapping_id=mapping.pk,
        last_day=CALLED_AT.date() - timedelta(days=1),
        reason="The team has a new key.",
        by=actor("cor"),
        at=CALLED_AT,
    )

    assert codes(ingested(without_order(by_key()))) == ["UNKNOWN_KEY"]
    with nothing_happens(), pytest.raises(NoSuchKey):
        unmap_key(
            mapping_id=ended.pk,
            last_day=CALLED_AT.date(),
            reason="Again.",
            by=actor("cor"),
            at=CALLED_AT,
        )
