"""The contracting office is told of the days of an option."""

from datetime import UTC, datetime, timedelta

import pytest

from contracting.core.actors import SYSTEM
from contracting.core.errors import NotAllowed
from contracting.notices.models import Notice
from contracting.options.models import OptionAlert
from contracting.options.operations.alert import alert_options
from tests.builders_options import (
    TOLD_AT,
)
from tests.cast import actor, nothing_happens


@pytest.mark.parametrize(
    ("left", "days"), [(181, []), (180, [180]), (90, [90, 120, 180]), (0, None)]
)
def test_the_office_is_told_180_120_90_and_60_days_ahead(option, left, days):
    # Given so many days before the ordering period ends, on 31 March 2027
    at = datetime(2027, 3, 31, 15, 0, tzinfo=UTC) - timedelta(days=left)
    before = Notice.objects.count()

    # When the machinery counts, twice
    made = alert_options(by=SYSTEM, at=at)
    again = alert_options(by=SYSTEM, at=at)

    # Then each number of days is told once, and a lapsed option is not told of
    if days is None:
        assert made == []
        return
    assert sorted(each.days for each in made) == days
    assert again == []
    assert (Notice.objects.count() > before) == bool(days)


def test_only_the_machinery_counts_the_days(option):
    with nothing_happens(), pytest.raises(NotAllowed):
        alert_options(by=actor("contracting_officer"), at=TOLD_AT)
    assert not OptionAlert.objects.exists()
