"""What a vendor says of one hour of usage, in any shade of right and wrong.

The hour begins at ``CALLED_AT``. A test changes one thing: a call is reported twice,
a price is another one on the invoice, a report comes late.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from contracting.billing.calculations import COLUMNS, AnyLine, Stated, StatedLine
from contracting.billing.models import Invoice, UsageReport
from contracting.billing.operations.receive_invoice import receive_invoice
from contracting.billing.operations.receive_report import receive_usage_report
from contracting.core.actors import SYSTEM, Actor
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars, Tokens, UnitPrice, total_dollars
from contracting.orders.models import TaskOrder
from contracting.reconciliation.models import ReconciliationRun
from contracting.reconciliation.operations.reconcile import reconcile_order
from tests.builders_metering import CALLED_AT, MODEL, PRICES, event, ingested
from tests.cast import actor, machine
from tests.remembered import remembered

HOUR = (CALLED_AT, CALLED_AT + timedelta(hours=1))
REPORTED_AT = CALLED_AT + timedelta(days=1)
"""Tuesday: the day after the usage, which is in time."""

OVERDUE_AT = CALLED_AT + timedelta(days=5)
"""Saturday: the report of Monday's usage was due on Thursday."""

INVOICED_AT = CALLED_AT + timedelta(days=7)
COMPARED_AT = INVOICED_AT + timedelta(hours=12)
ACCEPTED_AT = INVOICED_AT + timedelta(days=1)


@dataclass(frozen=True)
class Call:
    """An attempt of a call with its disjoint token counts."""

    request: str
    tokens: Mapping[str, int] = field(default_factory=dict)
    attempt: int = 1
    minute: int = 5

    @property
    def at(self) -> datetime:
        return CALLED_AT + timedelta(minutes=self.minute)


CALLS = (
    Call("r-1", {"IN_UNCACHED": 400_001, "IN_CACHE_READ": 100_000, "OUT_TEXT": 50_003}),
    Call("r-2", {"IN_UNCACHED": 250_000, "OUT_TEXT": 20_001}, attempt=2, minute=20),
    Call("r-3", {"IN_CACHE_READ": 30_000, "OUT_REASONING": 12_345}, minute=40),
)
COUNTS = {
    "IN_UNCACHED": 650_001,
    "IN_CACHE_READ": 130_000,
    "OUT_TEXT": 70_004,
    "OUT_REASONING": 12_345,
}
"""The sums of ``CALLS``: $1.300002, $0.13, $0.560032 and $0.09876."""

TOTAL = Dollars("2.09")


@remembered
def used(
    order: TaskOrder, calls: Iterable[Call] = CALLS, at: datetime = HOUR[1]
) -> None:
    """The gateway's own count of the calls."""
    ingested(
        *(
            event(
                f"{call.request}-{call.attempt}",
                order=order,
                tokens=call.tokens,
                at=call.at,
                operation_id=call.request,
                attempt=call.attempt,
            )
            for call in calls
        ),
        at=at,
    )


def report_csv(calls: Iterable[Call] = CALLS) -> bytes:
    """The vendor's file: one row for each attempt and class."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for call in calls:
        for code, count in call.tokens.items():
            writer.writerow(
                [call.request, call.attempt, call.at.isoformat(), MODEL, code]
                + ["STANDARD", count]
            )
    return text.getvalue().encode()


@remembered
def reported(
    order: TaskOrder,
    calls: Iterable[Call] = CALLS,
    *,
    label: str = "R-1",
    at: datetime = REPORTED_AT,
    by: Actor | None = None,
    **more: Any,
) -> UsageReport:
    """The vendor's report of the hour, received the day after."""
    given: dict[str, Any] = {
        "period_start": HOUR[0],
        "period_end": HOUR[1],
        "content": report_csv(calls),
        **more,
    }
    return receive_usage_report(
        order_id=order.pk,
        label=label,
        by=by or machine("vendor_a_machine"),
        at=at,
        **given,
    )


def stated(code: str, tokens: int, price: str = "", **more: Any) -> StatedLine:
    """An invoice line of the hour whose extension is right."""
    unit_price = UnitPrice(price or PRICES[code])
    line = StatedLine(
        clin="0001",
        model=MODEL,
        token_class_code=code,
        tier="STANDARD",
        period_start=HOUR[0],
        period_end=HOUR[1],
        tokens=tokens,
        unit_price=unit_price,
        amount=unit_price.of(Tokens(tokens)).to_cents(),
    )
    return replace(line, **more)


def lines_of(counts: Mapping[str, int] = COUNTS) -> list[StatedLine]:
    """A line for each class."""
    return [stated(code, tokens) for code, tokens in counts.items()]


def header_of(order: TaskOrder) -> dict[str, str]:
    """What a proper invoice says of itself."""
    vendor = order.contract.vendor
    return {
        "vendor_name": vendor.name,
        "vendor_address": vendor.address,
        "contract_number": order.contract.piid or "",
        "order_number": order.piid or "",
        "payment_terms": "Net 30 days",
        "remit_to": vendor.remit_to,
        "defect_contact": "Ria Meridian, ria.meridian@example.test",
        "tin": f"on file, ends {vendor.tin_last4}",
    }


@remembered
def invoiced(
    order: TaskOrder,
    lines: Sequence[AnyLine] | None = None,
    *,
    number: str = "MM-2604-001",
    at: datetime = INVOICED_AT,
    by: Actor | None = None,
    **more: Any,
) -> Invoice:
    """The vendor's invoice of the hour, right in every point that ``more`` leaves."""
    asked = lines_of() if lines is None else list(lines)
    given: dict[str, Any] = {
        "invoiced_on": accounting_day(at, order.contract.time_zone),
        "period_start": HOUR[0],
        "period_end": HOUR[1],
        "header": header_of(order),
        "total": total_dollars(line.amount for line in asked),
        "content": b"[]",
        **more,
    }
    return receive_invoice(
        order_id=order.pk,
        number=number,
        lines=asked,
        by=by or machine("vendor_a_machine"),
        at=at,
        **given,
    )


def stated_invoice(
    order: TaskOrder,
    *,
    number: str = "MM-2604-001",
    at: datetime = INVOICED_AT,
    total: str = "",
    header: Mapping[str, str] | None = None,
) -> Stated:
    """The same invoice on values, as whoever records it types it from the paper."""
    lines = tuple(lines_of())
    return Stated(
        number=number,
        invoiced_on=accounting_day(at, order.contract.time_zone),
        period_start=HOUR[0],
        period_end=HOUR[1],
        header={**header_of(order), **(header or {})},
        lines=lines,
        total=Dollars(total) if total else total_dollars(each.amount for each in lines),
    )


@remembered
def compared(
    order: TaskOrder,
    invoice: Invoice | None = None,
    *,
    at: datetime = COMPARED_AT,
    by: Actor = SYSTEM,
) -> ReconciliationRun:
    """The order, or one invoice of it, compared by the nightly job."""
    invoice_id = invoice.pk if invoice else None
    return reconcile_order(order_id=order.pk, invoice_id=invoice_id, by=by, at=at)


__all__ = [
    "ACCEPTED_AT",
    "CALLED_AT",
    "CALLS",
    "COMPARED_AT",
    "COUNTS",
    "HOUR",
    "INVOICED_AT",
    "MODEL",
    "OVERDUE_AT",
    "PRICES",
    "REPORTED_AT",
    "TOTAL",
    "Call",
    "actor",
    "compared",
    "header_of",
    "invoiced",
    "lines_of",
    "report_csv",
    "reported",
    "stated",
    "stated_invoice",
    "used",
]
