"""What went past the gate, and sums that are not their rows, are put before people."""

from datetime import timedelta

from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from contracting.celery import app
from contracting.core import clock
from contracting.core.actors import SYSTEM
from contracting.metering.models import DailyUsage
from contracting.metering.operations.choose import choose_control
from contracting.watch.models import Alarm
from contracting.watch.operations.raise_alarms import raise_alarms
from contracting.watch.states import AlarmKind
from contracting.watch.tasks import raise_alarms as task
from tests.builders_funds import DOLLAR, granted, settled, spent
from tests.builders_metering import CALLED_AT, event, ingested
from tests.cast import actor, client_for
from tests.watch.conftest import raised

SOON = CALLED_AT + timedelta(minutes=5)
THE_HOUR = CALLED_AT + timedelta(hours=1)


def kinds(order, at=THE_HOUR):
    return [alarm.kind for alarm in raised(order, at=at)]


def test_calls_above_their_reserve_are_raised_once_a_day(order):
    # Given two calls of a dollar each, that used three and two
    granted(1, order=order)
    granted(2, order=order)
    settled(spent(1, order=order, tokens={"output": 3 * DOLLAR}), at=SOON)
    settled(spent(2, order=order, tokens={"output": 2 * DOLLAR}), at=SOON)

    # When the hour looks at them, and the next
    (alarm,) = raised(order, at=THE_HOUR)
    assert kinds(order, at=THE_HOUR + timedelta(hours=1)) == []

    # Then they stand on the page of alarms with what they cost too much
    assert alarm.kind == AlarmKind.OVER_RESERVE
    assert alarm.figures == {"calls": "2", "dollars": "3"}
    assert f"2 calls under order {order.piid} cost $3" in alarm.words
    page = client_for(actor("cor")).get("/alarms/").content.decode()
    assert "2 calls under order" in page


def test_usage_without_authorization_is_raised_where_calls_are_to_ask(order):
    # Given an order on which calls ask, and two that did not
    granted(1, order=order)
    settled(spent(1, order=order), at=SOON)
    assert kinds(order) == []
    ingested(event(2, order=order), event(3, order=order), at=SOON)

    (alarm,) = raised(order, at=THE_HOUR)

    assert alarm.kind == AlarmKind.UNANNOUNCED
    assert alarm.figures == {"calls": "2"}
    assert "nothing held them back" in alarm.words


def test_where_nobody_asks_or_an_order_is_soft_nobody_is_told(order):
    ingested(event(1, order=order), at=SOON)
    assert kinds(order) == []

    choose_control(
        order_id=order.pk,
        mode="SOFT",
        lease_seconds=600,
        reason="The gateways cannot ask yet.",
        by=actor("contracting_officer"),
        at=SOON,
    )
    granted(2, order=order, at=SOON)
    assert kinds(order) == []


def test_a_sum_that_is_not_its_rows_is_raised_by_the_night(order, monkeypatch):
    # Given a day on which a token was slipped into the sums
    ingested(event(1, order=order), at=SOON)
    first = DailyUsage.objects.filter(order_line__order=order).order_by("pk")[0]
    DailyUsage.objects.filter(pk=first.pk).update(tokens=F("tokens") + 1)

    # When the night proves them; the hours do not
    monkeypatch.setattr(clock, "now", lambda: THE_HOUR)
    assert kinds(order) == []
    assert app.conf.beat_schedule["prove-sums-nightly"]["kwargs"] == {"with_sums": True}
    assert task(with_sums=True) == 1
    alarm = Alarm.objects.get()

    # Then the sum is named, and those concerned are told
    assert alarm.kind == AlarmKind.ROLL_UP
    assert (alarm.order, alarm.source) == (None, None)
    assert "1 sum differs from the rows" in alarm.words
    page = client_for(actor("cor")).get(alarm.path)
    assert page.status_code == 200


def test_no_usage_waits_while_alarms_are_looked_for(order):
    # Given an hour that looks at the figures of the agency
    agency = order.contract.agency_id
    with CaptureQueriesContext(connection) as asked:
        raise_alarms(agency_id=agency, by=SYSTEM, at=THE_HOUR)

    # Then it holds no row that a batch or a call needs
    locked = [each["sql"] for each in asked if "FOR NO KEY UPDATE" in each["sql"]]
    assert any('FROM "accounts_organization"' in sql for sql in locked)
    assert not any("FOR UPDATE" in each["sql"] for each in asked)
