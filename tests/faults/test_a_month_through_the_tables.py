"""A month through the real tables: gateway, daily reports, invoice, every cause found.

Once with a vendor that names its calls, once with one that reports sums.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from contracting.billing.calculations import as_report
from contracting.billing.models import Invoice
from contracting.core.quantities import Dollars, Tokens, UnitPrice, total_dollars
from contracting.orders.models import TaskOrder
from contracting.reconciliation.matching.waterfall import Waterfall
from contracting.reconciliation.models import Finding
from contracting.reconciliation.states import Span
from tests.builders_billing import (
    CALLED_AT,
    MODEL,
    PRICES,
    Call,
    compared,
    invoiced,
    report_csv,
    reported,
    stated,
    used,
)
from tests.builders_metering import event, ingested
from tests.builders_orders import issued_order

DAYS = 30
END = CALLED_AT + timedelta(days=DAYS)
DRIFTS_FROM = 10
"""From this day on one token of reasoning is added to every call."""
HALF = 15
"""Two invoices; neither shows a drift by itself, and both know the order's."""

pytestmark = pytest.mark.django_db


def calls_of(day: int) -> list[Call]:
    return [
        Call(
            f"d{day}-{number}",
            {
                "IN_UNCACHED": 311 + 7 * number,
                "IN_CACHE_READ": 103 + 11 * number,
                "OUT_TEXT": 57 + 13 * number,
                "OUT_REASONING": 41 + day,
            },
            minute=60 * 24 * day + 10 * number,
        )
        for number in range(4)
    ]


FAILED = Call("d8-failed", {"IN_UNCACHED": 77}, minute=60 * 24 * 8 + 55)


def told(day: int, calls: list[Call], *, in_sums: bool) -> list[Call]:
    """What the vendor counts of a day, with the fault of that day."""
    first = calls[0]
    if day == 2:
        return [*calls, first]
    if day == 3:
        return [*calls, replace(first, attempt=2)]
    if day == 5:
        return [] if in_sums else calls[1:]
    if day == 6:
        tokens = dict(first.tokens)
        tokens["IN_UNCACHED"] += tokens.pop("IN_CACHE_READ")
        return [replace(first, tokens=tokens), *calls[1:]]
    if day == 7:
        return [_times(call, 1_000, set(call.tokens)) for call in calls]
    if day == 8:
        return [*calls, FAILED]
    if day >= DRIFTS_FROM:
        return [_more(call) for call in calls]
    return calls


def _times(call: Call, factor: int, classes: set[str]) -> Call:
    return replace(
        call, tokens={c: n * factor for c, n in call.tokens.items() if c in classes}
    )


def _more(call: Call) -> Call:
    tokens = {**call.tokens, "OUT_REASONING": call.tokens["OUT_REASONING"] + 1}
    return replace(call, tokens=tokens)


def sums_of(day: int, calls: list[Call]) -> bytes:
    counts: dict[str, int] = defaultdict(int)
    for call in calls:
        for code, tokens in call.tokens.items():
            counts[code] += tokens
    start = CALLED_AT + timedelta(days=day)
    rows = [
        {
            "request_id": "",
            "attempt": "",
            "occurred_at": start.isoformat(),
            "model": MODEL,
            "class": code,
            "tier": "STANDARD",
            "tokens": tokens,
            "bucket_end": (start + timedelta(days=1)).isoformat(),
        }
        for code, tokens in counts.items()
    ]
    return as_report(rows)


def worth(code: str, tokens: int) -> Dollars:
    return UnitPrice(PRICES[code]).of(Tokens(tokens))


def of_call(call: Call, sign: int = 1) -> tuple[int, Dollars]:
    tokens = sign * sum(call.tokens.values())
    dollars = total_dollars(worth(c, sign * n) for c, n in call.tokens.items())
    return tokens, dollars


def planted(*, in_sums: bool) -> dict[tuple[str, int], tuple[int, Dollars]]:
    """By code and day: tokens and the exact amount."""
    hidden = {"DUPLICATE", "RETRY", "MISSING_A", "FAILED_CHARGED"} if in_sums else set()

    def name(code: str) -> str:
        return "QTY" if code in hidden else code

    lost = calls_of(5) if in_sums else calls_of(5)[:1]
    cached = calls_of(6)[0].tokens["IN_CACHE_READ"]
    thousand = [of_call(_times(c, 999, set(c.tokens))) for c in calls_of(7)]
    late = [of_call(call) for call in calls_of(9)]
    wanted = {
        (name("DUPLICATE"), 2): of_call(calls_of(2)[0]),
        (name("RETRY"), 3): of_call(calls_of(3)[0]),
        (name("MISSING_A"), 4): of_call(calls_of(4)[0]),
        ("MISSING_B", 5): _sum(of_call(call, -1) for call in lost),
        ("CACHE", 6): (
            cached,
            worth("IN_UNCACHED", cached) - worth("IN_CACHE_READ", cached),
        ),
        ("UNIT", 7): _sum(thousand),
        (name("FAILED_CHARGED"), 8): of_call(FAILED),
        ("LATE_REPORT", 9): _sum(late),
    }
    for day in range(DRIFTS_FROM, DAYS):
        wanted["SYSTEMATIC", day] = (4, worth("OUT_REASONING", 4))
    return wanted


def _sum(parts) -> tuple[int, Dollars]:
    rows = list(parts)
    return sum(n for n, _ in rows), total_dollars(amount for _, amount in rows)


def found(order) -> dict[tuple[str, int], tuple[int, Dollars]]:
    """The findings of single calls and of sums, by code and day."""
    made: dict = {}
    first = CALLED_AT.date()
    for row in Finding.objects.filter(order=order, invoice=None):
        days = [
            day
            for day in range(DAYS)
            if row.evidence["day"] == (first + timedelta(days=day)).isoformat()
        ]
        key = (row.code, days[0])
        tokens, amount = made.get(key, (0, Dollars()))
        made[key] = (tokens + row.tokens, amount + Dollars(row.amount_dollars))
    return made


@pytest.mark.parametrize("in_sums", [False, True], ids=["calls", "sums"])
def test_a_month_through_the_tables(in_sums):
    # Given a month of calls, of which the gateway loses one and one fails
    order = issued_order()
    days = {day: calls_of(day) for day in range(DAYS)}
    ours = [call for day, calls in days.items() for call in calls]
    used(order, [call for call in ours if call != days[4][0]], at=END)
    failed = event(
        FAILED.request,
        order=order,
        tokens=FAILED.tokens,
        at=FAILED.at,
        operation_id=FAILED.request,
        outcome="VENDOR_FAULT",
    )
    ingested(failed, at=END)

    # When the vendor reports every day in time but one, and invoices what it reports
    halves: tuple[dict[str, int], ...] = (defaultdict(int), defaultdict(int))
    for day, calls in days.items():
        said = told(day, calls, in_sums=in_sums)
        for call in said:
            for code, tokens in call.tokens.items():
                halves[day >= HALF][code] += tokens
        start, end = (CALLED_AT + timedelta(days=n) for n in (day, day + 1))
        content = sums_of(day, said) if in_sums else report_csv(said)
        at = end + timedelta(days=6 if day == 9 else 0, hours=1)
        reported(
            order,
            label=f"R-{day}",
            content=content,
            period_start=start,
            period_end=end,
            at=at,
        )
    half = CALLED_AT + timedelta(days=HALF)
    at = END + timedelta(days=7)
    first = bill(order, "MM-1", halves[0], (CALLED_AT, half), at=at)
    second = bill(order, "MM-2", halves[1], (half, END), at=at, more=Decimal("0.5"))
    runs = [
        compared(order, at=at),
        compared(order, first, at=at),
        compared(order, second, at=at),
        compared(order, at=at + timedelta(days=1)),
    ]

    # Then every fault has its name and exact amount, and nothing is left over
    assert found(order) == planted(in_sums=in_sums)
    rate = Finding.objects.get(invoice__isnull=False)
    more = halves[1]["OUT_TEXT"]
    assert (rate.code, rate.tokens) == ("RATE", more)
    assert Dollars(rate.amount_dollars) == UnitPrice("0.5").of(Tokens(more))
    for each in runs:
        assert Waterfall.read(each.waterfall).unexplained == Dollars()


def bill(
    order: TaskOrder,
    number: str,
    counts: dict[str, int],
    span: Span,
    *,
    at: datetime,
    more: Decimal = Decimal(0),
) -> Invoice:
    """An invoice of what is reported, with its text at a price that is too high."""
    period: dict[str, Any] = {"period_start": span[0], "period_end": span[1]}
    price = UnitPrice(PRICES["OUT_TEXT"]).usd_per_million_tokens + more
    lines = [
        stated(code, tokens, price=str(price) if code == "OUT_TEXT" else "", **period)
        for code, tokens in sorted(counts.items())
    ]
    return invoiced(order, lines, number=number, at=at, **period)
