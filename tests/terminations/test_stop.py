"""Work stops at once, by a letter of an officer with a warrant."""

from datetime import timedelta

import pytest

from contracting.core.errors import NotAllowed
from contracting.terminations.operations.stop import stop_work
from contracting.terminations.refusals import AlreadyStopped, NotRunning, WordsMissing
from tests.builders_metering import CALLED_AT
from tests.builders_orders import certified_order, issued_order
from tests.cast import actor, nothing_happens

pytestmark = pytest.mark.django_db

STOPPED_AT = CALLED_AT - timedelta(hours=1)


def stopped(order, by="contracting_officer", at=STOPPED_AT, **words):
    terms = {"reason": "SAFETY", "text": "Stop calls until we write again.", **words}
    return stop_work(order_id=order.pk, **terms, by=actor(by), at=at)


@pytest.mark.rule("R-ROL-01", case="refused")
def test_only_an_officer_stops_work():
    order = issued_order()

    for part in ("cor", "other_agency_officer"):
        with nothing_happens(), pytest.raises(NotAllowed) as refusal:
            stopped(order, by=part)
        assert refusal.value.rule == "R-ROL-01"
    with nothing_happens(), pytest.raises(WordsMissing):
        stopped(order, text=" ")
    stopped(order)
    with nothing_happens(), pytest.raises(AlreadyStopped):
        stopped(order)


def test_there_is_no_work_before_the_signature():
    order = certified_order()

    with nothing_happens(), pytest.raises(NotRunning):
        stopped(order)
