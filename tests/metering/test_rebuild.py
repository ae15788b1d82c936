"""Roll-ups are rebuilt from the ratings, as often as one likes."""

from datetime import timedelta

import pytest

from contracting.core import clock
from contracting.core.actors import SYSTEM
from contracting.core.errors import NotAllowed
from contracting.metering.models import DailyUsage, HourlyUsage, PortfolioDay
from contracting.metering.operations.rebuild import rebuild_rollups
from contracting.metering.queries.proof import rollup_differences
from tests.builders_metering import CALLED_AT, event, ingested
from tests.cast import actor, nothing_happens
from tests.metering.test_fold import sent


def rebuilt(order, by=SYSTEM):
    return rebuild_rollups(order_id=order.pk, by=by, at=clock.now())


def test_what_is_wrong_is_put_right_and_twice_changes_nothing(order):
    # Given usage of two days, a part of which waits, and roll-ups that are wrong
    ingested(event(1, order=order), event(2, order=order, at=CALLED_AT - timedelta(1)))
    sent(event(3, order=order))
    days = list(PortfolioDay.objects.order_by("pk").values_list("tokens", flat=True))
    HourlyUsage.objects.filter(token_class_code="OUT_TEXT").delete()
    wrong = DailyUsage.objects.filter(token_class_code="OUT_TEXT")[0]
    PortfolioDay.objects.filter(day=wrong.day, token_class_code="OUT_TEXT").update(
        tokens=wrong.tokens + 5
    )
    DailyUsage.objects.filter(pk=wrong.pk).update(tokens=wrong.tokens + 5)
    assert len(list(rollup_differences())) == 4

    # When they are rebuilt
    assert rebuilt(order) == 3

    # Then they hold what is folded, to the token
    assert list(rollup_differences()) == []
    after = PortfolioDay.objects.order_by("pk").values_list("tokens", flat=True)
    assert list(after) == days
    with nothing_happens():
        assert rebuilt(order) == 0


def test_nobody_rebuilds_them_by_hand(order):
    with nothing_happens(), pytest.raises(NotAllowed):
        rebuilt(order, by=actor("cor"))
