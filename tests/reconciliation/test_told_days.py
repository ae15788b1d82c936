"""What differs on a day is told once, and again once anything of it has changed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracting.reconciliation import queries
from contracting.reconciliation.matching import told
from contracting.reconciliation.models import Finding
from contracting.reconciliation.operations.reconcile import reconcile_order
from tests.builders_billing import CALLS, COMPARED_AT, Call, reported, used
from tests.builders_orders import issued_order
from tests.cast import actor

DAY = timedelta(days=1)
STRAY = Call("r-9", {"OUT_TEXT": 500})


def night(order, at=COMPARED_AT):
    """The nightly comparison, held against one of every row."""
    run = reconcile_order(order_id=order.pk, changed_only=True, by=actor("cor"), at=at)
    again = queries.compared_again(run)
    assert again == (run.inputs_sha256, run.result_sha256)
    return run


@pytest.fixture
def told_days(monkeypatch):
    """The days that were told, in order."""
    days = []
    tell = told._tell

    def counted(group, *more):
        days.extend(group.dates)
        return tell(group, *more)

    monkeypatch.setattr(told, "_tell", counted)
    return days


def found(order):
    rows = Finding.objects.filter(order=order, resolution__isnull=True)
    return sorted(rows.values_list("code", "tokens"))


def test_a_night_without_a_change_tells_no_day(order, told_days):
    reported(order, [*CALLS, STRAY])
    first = night(order)
    assert told_days
    told_days.clear()

    again = night(order, COMPARED_AT + DAY)

    assert told_days == []
    assert again.result_sha256 == first.result_sha256


def test_what_another_order_has_of_a_call_changes_its_name(order, told_days):
    # Given a call that only the vendor has
    reported(order, [*CALLS, STRAY])
    night(order)
    assert found(order) == [("MISSING_A", 500)]
    told_days.clear()

    # When our meter turns out to have it on another order
    used(issued_order(), [STRAY])
    night(order, COMPARED_AT + DAY)

    # Then its day is told anew, although no row of the order has changed
    assert found(order) == [("ATTRIBUTION", 500)]
    assert told_days


def test_what_the_vendor_reports_on_another_order_changes_its_name(order, told_days):
    # Given a call that only our meter has
    reported(order, CALLS[:2])
    night(order)
    before = found(order)
    assert {code for code, _ in before} == {"MISSING_B"}
    told_days.clear()

    # When the vendor reports it on another order
    reported(issued_order(), CALLS[2:])
    night(order, COMPARED_AT + DAY)

    # Then its day is told anew, although no row of the order has changed
    assert [tokens for _, tokens in found(order)] == [tokens for _, tokens in before]
    assert {code for code, _ in found(order)} == {"ATTRIBUTION"}
    assert told_days


def test_days_that_share_a_request_are_told_together(order, told_days):
    # Given a request of the first day that is retried eight days later
    retried = Call("r-1", {"OUT_TEXT": 5}, attempt=2, minute=8 * 1440)
    used(order, [retried], at=COMPARED_AT + DAY)
    others = Call("r-8", {"OUT_TEXT": 6}, minute=20 * 1440)
    used(order, [others], at=COMPARED_AT + 14 * DAY)
    later = COMPARED_AT + 30 * DAY
    reported(order, [Call("r-1", {"OUT_TEXT": 9}, attempt=3), *CALLS[1:]])
    night(order, later)
    told_days.clear()

    # When a call of its second day comes late
    late = Call("r-1", {"OUT_TEXT": 7}, attempt=4, minute=8 * 1440 + 1)
    used(order, [late], at=later)
    night(order, later + DAY)

    # Then the first day is told with it, and the day of the other call is not
    assert {str(day) for day in told_days} >= {"2026-04-20", "2026-04-28"}
    assert "2026-05-10" not in {str(day) for day in told_days}
