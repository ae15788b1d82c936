"""By when a file is closed, and what is told when it is not."""

from datetime import date, timedelta

import pytest

from contracting.audit.models import AuditEvent
from contracting.closeout.queries import clock_of_contract, clock_of_order
from contracting.contracts.models import ContractLine
from contracting.core.periods import months_after
from tests.builders_settlement import CLOSED_AT, closed_order
from tests.cast import actor, client_for, days


def words(response):
    return " ".join(response.content.decode().split())


@pytest.mark.rule("R-CLO-02", case="allowed")
def test_an_order_at_fixed_prices_is_closed_within_six_months(completed):
    clock = clock_of_order(completed)

    assert (clock.counted_from, clock.due_on) == (date(2026, 9, 30), date(2027, 3, 30))
    assert not clock.is_late(clock.due_on)
    assert clock_of_contract(completed.contract).due_on == date(2027, 9, 30)

    closed_order(order=completed)
    (record,) = AuditEvent.objects.filter(event="closeout.order.closed_out")
    assert '"due_on":"2027-03-30"' in record.payload
    assert '"is_late":false' in record.payload


@pytest.mark.rule("R-CLO-02", case="refused", held_by="arithmetic")
def test_a_later_one_is_told_as_overdue_and_recorded_as_late(completed, told_the_time):
    # Given prices that are not fixed: twenty months
    ContractLine.objects.filter(contract=completed.contract).update(pricing="at cost")
    assert clock_of_order(completed).due_on == date(2028, 5, 30)
    ContractLine.objects.filter(contract=completed.contract).update(pricing="fixed")

    # When the six months are over
    late = CLOSED_AT + days(240)
    told_the_time(late)
    officer = client_for(actor("contracting_officer"))

    # Then list, page and record say so
    assert "overdue" in words(officer.get("/close_outs/"))
    assert "overdue" in words(officer.get(f"{completed.path}/close_out_order"))
    closed_order(order=completed, at=late)
    (record,) = AuditEvent.objects.filter(event="closeout.order.closed_out")
    assert '"is_late":true' in record.payload


@pytest.mark.parametrize(
    ("day", "months", "due"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 31), 20, date(2028, 8, 31)),
    ],
)
def test_a_month_that_is_shorter_ends_with_its_last_day(day, months, due):
    assert months_after(day, months) == due
    assert due - day > timedelta(days=28 * months)
