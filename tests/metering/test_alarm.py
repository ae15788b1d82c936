"""An agency is told once of what has not arrived."""

from django.utils.html import strip_tags

from contracting.core.actors import SYSTEM
from contracting.metering.operations.alarm import alarm_of_sources
from contracting.metering.queries.completeness import (
    days_of,
    open_gaps,
)
from contracting.notices.models import Notice
from tests.builders_metering import (
    CALLED_AT,
    event,
    ingested,
    statuses,
)
from tests.builders_sources import DAY, NEXT_DAY, beaten, stated
from tests.cast import client_for


def text(response):
    return " ".join(strip_tags(response.content.decode()).split())


def test_a_difference_is_shown_and_told_once(order, source, cor, now, monkeypatch):
    # Given a day of which one call of two has not arrived
    ingested(event(1, order=order))
    stated(source)

    # Then the difference is exact, and the agency is told of it once
    (day,) = days_of(source, DAY, DAY)
    assert day.missing_calls == 1
    assert day.missing_tokens == {"IN_UNCACHED": 1_000, "OUT_TEXT": 100}
    before = Notice.objects.count()
    assert alarm_of_sources(by=SYSTEM, at=NEXT_DAY) == 1
    assert alarm_of_sources(by=SYSTEM, at=NEXT_DAY) == 0
    assert Notice.objects.count() > before
    shown = text(client_for(cor).get(source.path))
    assert "1 day differs from what the source counted" in shown
    assert "+1 calls, +1,100 tokens" in shown

    # When the day is sent again, what is stored already is a duplicate
    again = ingested(event(1, order=order), event(2, order=order))
    assert statuses(again) == ["duplicate", "accepted"]
    assert not days_of(source, DAY, DAY)[0].is_different


def test_gaps_in_the_numbers_of_calls_are_found(order, source):
    numbers = (1, 2, 4, 7, 8)
    ingested(*(event(n, order=order, meter_seq=n) for n in numbers))
    beaten(source, CALLED_AT, last_seq=10)

    gaps = open_gaps(source, DAY, DAY)

    assert [(gap.words, gap.missing) for gap in gaps] == [
        ("Call number 3 has not arrived", 1),
        ("Calls number 5 to 6 have not arrived", 2),
        ("Calls number 9 to 10 have not arrived", 2),
    ]
    assert alarm_of_sources(by=SYSTEM, at=NEXT_DAY) == 3

    # And what arrives late closes its gap
    late = [event(n, order=order, meter_seq=n) for n in (3, 5, 6, 9, 10)]
    ingested(*late, at=NEXT_DAY)
    assert open_gaps(source, DAY, DAY) == []
