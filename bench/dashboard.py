"""What pages of usage cost with twenty times the history, lines and days held equal.

Rated lines are written by one statement into the product's own table, through every
constraint, spread over the same order lines, days, hours and classes; the roll-ups are
made of them by the verb that rebuilds them. The dashboard is what people open: the
burn-down of an order with its forecasts, the contract's home and the usage explorer, as
a browser asks for them, in one process without a network. Forecasts are made anew in
each round. Beside them: the daily sums of one line from the roll-up and from the rows.

``FULL=1`` measures at a hundred million rows instead of twenty.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from figures import spread, timed

FEW, MANY = 1_000_000, 20_000_000
ALL = 100_000_000
ORDERS, DAYS, ROUNDS, RAW_ROUNDS = 5, 90, 7, 3
CLASSES = ("IN_UNCACHED", "IN_CACHE_READ", "OUT_TEXT", "OUT_REASONING")
FIRST = "2026-04-13"
"""The first day of the orders; its midnight in Washington is 04:00 UTC."""

NOW = datetime(2026, 4, 13, 16, tzinfo=UTC) + timedelta(days=DAYS)
AT_ONCE = 2_000_000
WRITE = """
INSERT INTO metering_usagerating (agency_id, source_id, event_id, token_class_code,
  order_line_id, rate_row_id, occurred_at, accounting_day, tokens,
  usd_per_million_tokens, dollars, rated_at)
SELECT %(agency)s, %(source)s, 'b-' || n, (%(codes)s::text[])[1 + n %% 4],
       (%(lines)s::bigint[])[1 + n / 4 %% {orders}],
       (%(rates)s::bigint[])[1 + n %% 4 + 4 * (n / 4 %% {orders})],
       %(start)s::timestamptz + (n / {step} %% {days}) * interval '1 day'
         + (n * 37 %% 86400) * interval '1 second',
       %(day)s::date + (n / {step} %% {days})::integer, 100 + n %% 900,
       (%(prices)s::numeric[])[1 + n %% 4],
       (100 + n %% 900) * (%(prices)s::numeric[])[1 + n %% 4] / 1000000, now()
  FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
"""
RAW = """
SELECT accounting_day, sum(tokens), sum(dollars) FROM metering_usagerating
WHERE order_line_id = %s GROUP BY 1 ORDER BY 1
"""


def measure(few: int = FEW, many: int | None = None) -> dict[str, Any]:
    """Measure at few rows, write many, and measure again."""
    many = many or (ALL if os.environ.get("FULL") == "1" else MANY)
    orders = _orders()
    found: dict[str, Any] = {}
    written = 0
    for name, rows in (("few", few), ("many", many)):
        began = time.perf_counter()
        _write(orders, written, rows)
        written, took = rows, time.perf_counter() - began
        print(f"{rows:,} rated lines are there after {took:.0f} s more.")
        found[name] = {"rated_lines": rows, **_cells(), **_asked(orders)}
    few_, many_ = found["few"]["dashboard_seconds"], found["many"]["dashboard_seconds"]
    ratio = many_["median"] / few_["median"]
    gain = found["many"]["raw_seconds"]["median"]
    gain /= found["many"]["one_line_seconds"]["median"]
    growth = _growth(orders)
    print(
        f"dashboard: {many_['median']} s at {many:,} rated lines, "
        f"{few_['median']} s at {few:,}, ratio {ratio:.2f}; one line "
        f"{gain:.0f} times faster than its rows; {growth} microseconds more for each "
        "line and day"
    )
    return {
        "what": "burn-down, contract home and explorer with more history",
        **found,
        "ratio": round(ratio, 3),
        "times_faster_than_rows": round(gain, 1),
        "microseconds_for_a_line_and_day": growth,
    }


def _orders() -> list[Any]:
    from tests.builders_metering import usage_source
    from tests.builders_orders import issued_order

    usage_source()
    first = issued_order()
    more = [issued_order(on=first.contract) for _ in range(ORDERS - 1)]
    return [first, *more]


def _write(orders: Sequence[Any], before: int, rows: int) -> None:
    """Rated lines up to so many, and the roll-ups of all of them."""
    from django.db import connection

    from contracting.contracts.models import RateRow
    from contracting.core.actors import SYSTEM
    from contracting.metering.models import UsageSource
    from contracting.metering.operations.rebuild import rebuild_rollups
    from tests.builders_metering import MODEL

    lines = [order.current_lines()[0] for order in orders]
    rates, prices = [], []
    for line in lines:
        for code in CLASSES:
            row = RateRow.objects.filter(
                line=line.contract_line_id,
                token_class__code=code,
                model__snapshot=MODEL,
                tier="STANDARD",
            ).first()
            assert row is not None, code
            rates.append(row.pk)
            prices.append(row.usd_per_million_tokens)
    text = WRITE.format(orders=ORDERS, days=DAYS, step=4 * ORDERS)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for start in range(before + 1, rows + 1, AT_ONCE):
            cursor.execute(
                text,
                {
                    "agency": orders[0].contract.agency_id,
                    "source": UsageSource.objects.get().pk,
                    "codes": list(CLASSES),
                    "lines": [line.pk for line in lines],
                    "rates": rates,
                    "prices": prices[: len(CLASSES)],
                    "start": f"{FIRST} 04:00+00",
                    "day": FIRST,
                    "first": start,
                    "last": min(start + AT_ONCE - 1, rows),
                },
            )
    for order in orders:
        rebuild_rollups(order_id=order.pk, by=SYSTEM, at=NOW)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _cells() -> dict[str, int]:
    """How many rows the roll-ups have: the same with few and with many."""
    from contracting.metering.models import DailyUsage, HourlyUsage, PortfolioDay

    return {
        "hours": HourlyUsage.objects.count(),
        "days": DailyUsage.objects.count(),
        "portfolio": PortfolioDay.objects.count(),
    }


def _asked(orders: Sequence[Any]) -> dict[str, Any]:
    from django.db import connection

    from contracting.core import clock
    from contracting.metering.queries.rollups import UsageOf, daily_usage
    from tests.cast import actor, client_for

    browser, order = client_for(actor("cor")), orders[0]
    line = order.current_lines()[0].pk
    pages = {
        "burn_down": f"{order.path}/burn_down",
        "contract": order.contract.path,
        "explorer": f"/usage/explorer?first={FIRST}&last={NOW.date()}&group=model",
    }
    now, clock.now = clock.now, lambda: NOW
    try:
        took = {
            name: _seconds(lambda u=url: _open(browser, u))
            for name, url in pages.items()
        }
    finally:
        clock.now = now
    whole = [sum(each) for each in zip(*took.values(), strict=True)]

    def raw() -> None:
        with connection.cursor() as cursor:
            cursor.execute(RAW, [line])
            cursor.fetchall()

    return {
        "dashboard_seconds": spread(whole),
        "pages_seconds": {name: spread(each) for name, each in took.items()},
        "one_line_seconds": spread(
            _seconds(lambda: daily_usage(UsageOf(order_lines=[line]))), 6
        ),
        "raw_seconds": spread(_seconds(raw, RAW_ROUNDS)),
    }


def _open(browser: Any, url: str) -> None:
    """Open a page as after a change: every forecast is made anew."""
    from contracting.watch import calculations

    for cached in ("_forecast", "_drawn", "_back_test"):
        getattr(calculations, cached).cache_clear()
    page = browser.get(url)
    assert page.status_code == 200, url


def _seconds(work: Callable[[], Any], rounds: int = ROUNDS) -> list[float]:
    work()
    return [timed(work)[1] for _ in range(rounds)]


def _growth(orders: Sequence[Any]) -> float:
    """Microseconds that another day of another line costs the sums of a page."""
    from contracting.metering.queries.rollups import UsageOf, daily_usage

    lines = [order.current_lines()[0].pk for order in orders]
    one, every = (
        statistics.median(_seconds(lambda of=of: daily_usage(UsageOf(order_lines=of))))
        for of in (lines[:1], lines)
    )
    return round((every - one) * 1e6 / (DAYS * (len(lines) - 1)), 2)


def _main() -> None:
    """This measurement alone: ``python bench/dashboard.py [FEW MANY]``."""
    import sys

    from run import own_database

    sizes = [int(each) for each in sys.argv[1:3]]
    with own_database():
        began = time.perf_counter()
        measure(*sizes)
        print(f"It took {time.perf_counter() - began:.0f} s.")


if __name__ == "__main__":
    _main()
