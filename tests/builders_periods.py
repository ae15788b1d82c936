"""Months of an order: its hour of April 2026 is accepted, and the month is closed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from contracting.core.canonical import content_sha256
from contracting.metering.operations.record_heartbeat import record_heartbeat
from contracting.orders.models import TaskOrder
from contracting.periods.models import Entry, SignOff
from contracting.periods.operations.close import close_period
from contracting.periods.operations.sign_off import sign_off_period
from contracting.periods.queries.totals import content_of
from contracting.reconciliation.operations.accept import accept_usage
from tests.builders_billing import ACCEPTED_AT, compared, invoiced, reported
from tests.builders_metering import usage_source
from tests.cast import actor, machine
from tests.remembered import remembered

APRIL = date(2026, 4, 1)
MAY = date(2026, 5, 1)
WASHINGTON = ZoneInfo("America/New_York")
APRIL_ENDED_AT = datetime(2026, 5, 1, tzinfo=WASHINGTON).astimezone(UTC)
COMPARED_AT = APRIL_ENDED_AT + timedelta(days=1)
CLOSED_AT = APRIL_ENDED_AT + timedelta(days=3)
"""Monday, 4 May 2026, midnight in Washington."""

LATE_AT = CLOSED_AT + timedelta(days=2)
REOPENED_AT = CLOSED_AT + timedelta(days=4)


@remembered
def accepted_hour(order: TaskOrder) -> TaskOrder:
    """The hour of April is reported, invoiced and accepted to the last token."""
    reported(order)
    invoice = invoiced(order)
    compared(order, invoice)
    accept_usage(invoice_id=invoice.pk, by=actor("cor"), at=ACCEPTED_AT)
    return order


@remembered
def ready_month(order: TaskOrder) -> TaskOrder:
    """April is over: the gateway has sent all of it, and everything is compared."""
    record_heartbeat(
        source_id=usage_source().pk,
        watermark=APRIL_ENDED_AT,
        by=machine("gateway"),
        at=APRIL_ENDED_AT + timedelta(hours=1),
    )
    compared(order, at=COMPARED_AT)
    return order


def seen(order: TaskOrder, month: date = APRIL, at: datetime = CLOSED_AT) -> str:
    """The hash of the figures as a page shows them."""
    return content_sha256(content_of(order, month, at))


def signed_off(
    order: TaskOrder, part: str, month: date = APRIL, at: datetime = CLOSED_AT
) -> SignOff:
    """The word of one of the two."""
    return sign_off_period(
        order_id=order.pk,
        month=month,
        seen_sha256=seen(order, month, at),
        by=actor(part),
        at=at,
    )


@remembered
def closed_month(
    order: TaskOrder, month: date = APRIL, at: datetime = CLOSED_AT
) -> Entry:
    """A month that two people have signed off, closed by the contracting officer."""
    signed_off(order, "cor", month, at)
    signed_off(order, "payment_certifier", month, at)
    return close_period(
        order_id=order.pk, month=month, by=actor("contracting_officer"), at=at
    )
