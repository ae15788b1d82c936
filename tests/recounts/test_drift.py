"""A report that counts otherwise than it did is put before people, class by class."""

from datetime import timedelta

import pytest

from contracting.core import clock
from contracting.core.actors import SYSTEM
from contracting.watch.models import Alarm
from contracting.watch.operations.raise_alarms import raise_alarms
from contracting.watch.states import AlarmKind
from tests.builders_billing import Call, report_csv, reported
from tests.builders_metering import CALLED_AT, event, ingested, order_for, usage_source
from tests.cast import actor, client_for

DAYS = 38
TOKENS = 2_000
DAY = timedelta(days=1)
END = CALLED_AT + DAYS * DAY
NOW = END + timedelta(hours=1)


@pytest.fixture
def order(db, monkeypatch):
    """An order with one call a day, for five weeks and a half."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    usage_source()
    order = order_for()
    ingested(
        *(
            event(
                n,
                order=order,
                tokens={"OUT_TEXT": TOKENS + n % 3},
                at=CALLED_AT + n * DAY,
            )
            for n in range(DAYS)
        ),
        at=END,
    )
    return order


def report(order, since, percent):
    """What the vendor says: as our meter, and from a day on so much more."""
    calls = []
    for n in range(DAYS):
        more = TOKENS * percent // 100 if n >= since else 0
        minute = n * 24 * 60
        counted = {"OUT_TEXT": TOKENS + n % 3 + more}
        calls.append(Call(f"operation-{n}", counted, minute=minute))
    reported(
        order,
        period_start=CALLED_AT,
        period_end=END,
        content=report_csv(calls),
        at=END,
    )


def raised(order):
    raise_alarms(agency_id=order.contract.agency_id, by=SYSTEM, at=NOW)
    return list(Alarm.objects.filter(kind=AlarmKind.REPORT_DRIFT))


def test_two_percent_more_than_before_is_raised_and_drawn(order):
    report(order, since=DAYS - 7, percent=2)

    (alarm,) = raised(order)

    assert "102.00% of OUT_TEXT, 100.00% before" in alarm.words
    assert alarm.figures == {"OUT_TEXT": "1.019990 after 1.000000"}
    assert raised(order) == [alarm]
    assert alarm.limits in client_for(actor("cor")).get(alarm.path).content.decode()
    url = f"{order.contract.path}/count_drift"
    page = client_for(actor("cor")).get(url).content.decode()
    assert "Of 1 class the vendor reports another share" in page
    assert "dd-plot__svg--wide" in page
    for stranger in ("other_agency_officer", "vendor_b_signer"):
        assert client_for(actor(stranger)).get(url).status_code == 404


@pytest.mark.parametrize("since", [0, DAYS])
def test_what_was_always_so_is_no_drift(order, since):
    report(order, since=since, percent=2)

    assert raised(order) == []
    page = client_for(actor("cor")).get(f"{order.contract.path}/count_drift")
    assert "Of no class the vendor reports" in page.content.decode()


def test_without_a_report_there_is_nothing_to_compare(order):
    assert raised(order) == []
    page = client_for(actor("cor")).get(f"{order.contract.path}/count_drift")
    assert "The vendor has reported nothing" in page.content.decode()
