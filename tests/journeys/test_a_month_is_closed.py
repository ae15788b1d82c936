"""A month is closed, and what comes for it afterwards is paid in the open one, once.

April, May and June of an order, with one call of April that arrives in May and one of
May that arrives in June: accruals, acceptances and closings are held against plain
additions of what was used.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from contracting.billing.models import Invoice
from contracting.billing.states import LineKind
from contracting.core.actors import SYSTEM
from contracting.ledger.queries import balances_of
from contracting.metering.operations.record_heartbeat import record_heartbeat
from contracting.orders.models import TaskOrder
from contracting.payments.models import PaymentCertification
from contracting.payments.operations.certify import certify_payment
from contracting.payments.operations.record import record_payment
from contracting.periods.calculations import bounds_of
from contracting.periods.models import Accrual
from contracting.periods.operations.accrue_all import accrue_all
from contracting.periods.queries import chain_of, closed_months
from contracting.periods.queries.late import late_of
from contracting.reconciliation.models import Acceptance
from contracting.reconciliation.operations.accept import accept_usage
from contracting.reconciliation.operations.reconcile import reconcile_order
from tests.builders_billing import CALLED_AT, Call, invoiced, reported, stated, used
from tests.builders_metering import PRICES, assert_the_books_balance, usage_source
from tests.builders_orders import issued_order
from tests.builders_periods import closed_month
from tests.cast import actor, machine

ZONE = "America/New_York"
MONTHS = (date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1))
DAY = 24 * 60
HOURS = {MONTHS[0]: 0, MONTHS[1]: 30 * DAY, MONTHS[2]: 61 * DAY}
"""In which minute after the first call the hour of use of each month begins."""

ON_TIME = {
    MONTHS[0]: (410_001, 73_333),
    MONTHS[1]: (250_007, 1),
    MONTHS[2]: (99_999, 640_003),
}
LATE = {MONTHS[0]: 77_777, MONTHS[1]: 3}


def call_of(month: date, number: int, tokens: int) -> Call:
    return Call(
        f"r-{month:%m}-{number}", {"OUT_TEXT": tokens}, minute=HOURS[month] + number
    )


def hour_of(month: date) -> tuple[datetime, datetime]:
    start = CALLED_AT + timedelta(minutes=HOURS[month])
    return start, start + timedelta(hours=1)


def cost(tokens: int) -> Decimal:
    return tokens * Decimal(PRICES["OUT_TEXT"]) / 1_000_000


def delivered(order: TaskOrder, calls: list[Call], month: date, at: datetime) -> None:
    """The gateway counts calls of a month, and the vendor reports them a day later."""
    used(order, calls, at=at)
    start, end = hour_of(month)
    reported(
        order,
        calls,
        label=f"R-{at:%m%d}-{month:%m}",
        at=at + timedelta(days=1),
        period_start=start,
        period_end=end,
    )


def certified(
    order: TaskOrder, asked: dict[date, tuple[str, int]], at: datetime
) -> Invoice:
    """An invoice of hours by month, usage or an adjustment, accepted and certified."""
    spans = {month: hour_of(month) for month in asked}
    lines = [
        stated(
            "OUT_TEXT",
            tokens,
            kind=kind,
            period_start=spans[month][0],
            period_end=spans[month][1],
        )
        for month, (kind, tokens) in asked.items()
    ]
    invoice = invoiced(
        order,
        lines,
        number=f"MM-{at:%y%m%d}",
        at=at,
        period_start=max(spans[month][0] for month in asked),
        period_end=max(spans[month][1] for month in asked),
    )
    reconcile_order(order_id=order.pk, invoice_id=invoice.pk, by=SYSTEM, at=at)
    accept_usage(invoice_id=invoice.pk, by=actor("cor"), at=at)
    certify_payment(invoice_id=invoice.pk, by=actor("payment_certifier"), at=at)
    return invoice


def all_paid() -> None:
    """Each voucher is paid on the day on which it is due."""
    for voucher in PaymentCertification.objects.order_by("pk"):
        record_payment(
            certification_id=voucher.pk,
            paid_on=voucher.due_on,
            reference=f"TRACE-{voucher.pk}",
            by=actor("payment_certifier"),
            at=datetime.combine(voucher.due_on, time(15), UTC),
        )


def closed(order: TaskOrder, month: date) -> None:
    """Three days after its end the month is whole, signed off by two, and closed."""
    end = bounds_of(month, ZONE).end
    record_heartbeat(
        source_id=usage_source().pk,
        watermark=end,
        by=machine("gateway"),
        at=end + timedelta(hours=1),
    )
    reconcile_order(order_id=order.pk, by=SYSTEM, at=end + timedelta(days=2))
    closed_month(order, month, end + timedelta(days=3))


def accrued(month: date) -> Decimal:
    rows = Accrual.objects.filter(month=month, reverses__isnull=True)
    return sum((row.dollars for row in rows), Decimal(0))


@pytest.mark.rule("R-MET-05", case="allowed")
@pytest.mark.rule("R-REC-01", case="allowed")
def test_what_comes_after_the_closing_is_paid_once_in_the_open_month(db):
    order = issued_order()
    april, may, june = MONTHS
    ends = {month: bounds_of(month, ZONE).end for month in MONTHS}
    night = timedelta(hours=6)

    # April is used and reported; it is invoiced and accepted in May
    calls = [call_of(april, n, t) for n, t in enumerate(ON_TIME[april])]
    delivered(order, calls, april, hour_of(april)[1])
    accrue_all(at=ends[april] + night)
    used_in_april = sum(ON_TIME[april])
    assert accrued(april) == cost(used_in_april)
    closed(order, april)
    certified(
        order, {april: (LineKind.USAGE, used_in_april)}, ends[april] + timedelta(days=8)
    )

    # After its closing and acceptance a call of April arrives, and May is used
    at = ends[may] - timedelta(days=3)
    delivered(
        order,
        [call_of(may, n, t) for n, t in enumerate(ON_TIME[may])],
        may,
        hour_of(may)[1],
    )
    delivered(order, [call_of(april, 9, LATE[april])], april, at)
    (late,) = late_of(order)
    assert (late.tokens, late.left) == (LATE[april], LATE[april])

    # May is accrued with it, and paid in June: usage and adjustment on one invoice
    accrue_all(at=ends[may] + night)
    used_in_may = sum(ON_TIME[may])
    assert accrued(may) == cost(used_in_may + LATE[april])
    closed(order, may)
    certified(
        order,
        {
            may: (LineKind.USAGE, used_in_may),
            april: (LineKind.ADJUSTMENT, LATE[april]),
        },
        ends[may] + timedelta(days=8),
    )
    assert [each.left for each in late_of(order)] == [0]

    # A call of May arrives in June; July pays for June and for it
    delivered(
        order,
        [call_of(june, n, t) for n, t in enumerate(ON_TIME[june])],
        june,
        hour_of(june)[1],
    )
    delivered(
        order,
        [call_of(may, 9, LATE[may])],
        may,
        ends[june] - timedelta(days=4),
    )
    accrue_all(at=ends[june] + night)
    closed(order, june)
    used_in_june = sum(ON_TIME[june])
    certified(
        order,
        {
            june: (LineKind.USAGE, used_in_june),
            may: (LineKind.ADJUSTMENT, LATE[may]),
        },
        ends[june] + timedelta(days=8),
    )

    # Then each month's accrual, less the last one, and what was accepted in between
    # are what became known to be used in it
    known = {
        april: used_in_april,
        may: used_in_may + LATE[april],
        june: used_in_june + LATE[may],
    }
    before, start = Decimal(0), bounds_of(april, ZONE).start
    for month in MONTHS:
        accepted = sum(
            (
                row.exact_dollars
                for row in Acceptance.objects.filter(
                    accepted_at__gte=start, accepted_at__lt=ends[month]
                )
            ),
            Decimal(0),
        )
        assert accrued(month) - before + accepted == cost(known[month])
        before, start = accrued(month), ends[month]

    # And to the token all that was used is accepted and paid, in one unbroken chain
    all_paid()
    (balance,) = balances_of(order.lines.get().holder)
    every = sum(known.values())
    assert balance.accepted_tokens == balance.consumed_tokens == every
    assert balance.accepted_dollars == balance.paid_dollars
    assert closed_months(order) == set(MONTHS)
    assert [entry.content["sums"]["tokens"] for entry in chain_of(order)] == [
        used_in_april,
        used_in_may,
        used_in_june,
    ]
    assert_the_books_balance()
