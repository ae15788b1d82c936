"""Lists and searches of orders where there are a million of them.

The orders stand under the two contracts of one agency: twenty thousand under one
vendor's, all others under the other's. One statement writes them, through every
constraint and trigger, as copies of an order that went through the verbs.

What is measured is the product's own addresses, as a browser and a machine ask for
them, in one process without a network; the floor of each is the SQL of the very same
rows, or the same list from its beginning.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from figures import spread, timed

ORDERS = 1_000_000
SHARE = 50
"""Every fiftieth order is the first vendor's."""

DEEP = 500_000
ROUNDS = 7
PAGE, LIST = 200, 80

COPY = """
INSERT INTO {table} ({columns})
SELECT {values} FROM {table} one, generate_series(1, {count}) AS n
WHERE one.id = {one}
"""

OPAQUE = "'{prefix}_' || left(md5('{table}' || n) || md5(n || '{table}'), 26)"

TITLE = """
(ARRAY['Claims','Grants','Benefits','Licences','Records','Appeals','Permits','Audits'])
  [1 + n % 8] || ' ' ||
(ARRAY['assistant','summaries','translation','search','triage','drafting','redaction'])
  [1 + n % 7] || ', office ' || n
"""


def measure(orders: int = ORDERS) -> dict[str, Any]:
    """Write the orders, then measure deep pages, serialisation and searches."""
    began = time.perf_counter()
    _write(orders)
    print(f"{orders:,} orders are written in {time.perf_counter() - began:.0f} s.")
    return {
        "orders": orders,
        "deep_page": _deep_page(orders),
        "deep_page_of_a_machine": _deep_cursor(orders),
        "serialisation": _serialisation(),
        "search": _search(orders),
        "list_80_of_20k": _list(),
    }


# The rows ----------------------------------------------------------------------------


def _write(count: int) -> None:
    from django.db import connection

    from contracting.orders.models import TaskOrder
    from tests.builders_fair import LARKSPUR, held_by, two_holders
    from tests.builders_orders import issued_order

    own = two_holders()
    other = held_by(LARKSPUR, beside=own)
    _copy(
        "orders_taskorder",
        issued_order(on=own).pk,
        count,
        public_id=OPAQUE.format(prefix="ord", table="orders"),
        piid="'75D30125F' || upper(lpad(to_hex(n), 5, '0'))",
        title=TITLE,
        contract_id=f"CASE n % {SHARE} WHEN 0 THEN {own.pk} ELSE {other.pk} END",
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE orders_taskorder")
    assert TaskOrder.objects.count() >= count


def _copy(table: str, one: int, count: int, **changed: str) -> None:
    """Copies of one row, with other values in some columns."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns "
            "WHERE table_name = %s AND table_schema = 'public'",
            [table],
        )
        columns = [name for (name,) in cursor.fetchall()]
        taken = [name for name in columns if name != "id"]
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(
            COPY.format(
                table=table,
                columns=", ".join(taken),
                values=", ".join(changed.get(name, f"one.{name}") for name in taken),
                count=count,
                one=one,
            )
        )


# What is measured --------------------------------------------------------------------


def _deep_page(orders: int) -> dict[str, Any]:
    """The page of the list that begins after half a million orders, and the first."""
    from contracting.orders.models import TaskOrder
    from tests.cast import actor, client_for

    browser = client_for(actor("auditor"))
    deep = TaskOrder.objects.order_by("-pk")[min(DEEP, orders // 2)].public_id
    return _without_rounds(
        "page after 500,000 orders / first page",
        lambda: _asked(browser, f"/orders/?after={deep}"),
        lambda: _asked(browser, "/orders/"),
    )


def _deep_cursor(orders: int) -> dict[str, Any]:
    """The same of the endpoint."""
    from contracting.core import api
    from contracting.orders.models import TaskOrder
    from tests.cast import key_client, machine

    key, path = machine("gateway"), "/api/v1/orders"
    browser = key_client(key)
    deep = TaskOrder.objects.order_by("-pk")[min(DEEP, orders // 2)].pk
    cursor = api._write_cursor("next", deep, [key.key_id, path])
    return _without_rounds(
        "cursor after 500,000 orders / first page",
        lambda: _asked(browser, f"{path}?cursor={quote(cursor)}"),
        lambda: _asked(browser, path),
    )


def _serialisation() -> dict[str, Any]:
    """A page of 200 from the endpoint, and the tuples of the same rows by raw SQL."""
    from tests.cast import key_client, machine

    key = machine("gateway")
    browser = key_client(key)
    path = f"/api/v1/orders?limit={PAGE}"
    sql = _sql(key, PAGE)
    measured = _ratio(
        f"{PAGE} orders from the endpoint / the same rows by raw SQL",
        lambda: _asked(browser, path),
        lambda: _rows(*sql, count=PAGE),
    )
    measured["of_which_for_one_order_seconds"] = _fixed(browser)
    rates = [round(1 / each, 3) for each in measured.pop("ratios")]
    measured["share_of_raw_rows_per_second"] = {
        "median": statistics.median(rates),
        "min": min(rates),
        "max": max(rates),
    }
    return measured


def _list() -> dict[str, Any]:
    """80 of the twenty thousand orders of a vendor."""
    from tests.cast import key_client, machine

    key = machine("vendor_a_machine")
    browser = key_client(key)
    sql = _sql(key, LIST)
    measured = _ratio(
        f"list {LIST} of 20,000 / the same rows by raw SQL",
        lambda: _asked(browser, f"/api/v1/orders?limit={LIST}"),
        lambda: _rows(*sql, count=LIST),
    )
    measured.pop("ratios")
    measured["of_which_for_one_order_seconds"] = _fixed(browser)
    return measured


def _fixed(browser: Any) -> dict[str, float]:
    """What the endpoint takes for a single order: all that rows do not cost."""
    address = "/api/v1/orders?limit=1"
    return spread([_timed(lambda: _asked(browser, address)) for _ in range(ROUNDS)])


def _search(orders: int) -> dict[str, Any]:
    """Words that are rare, common and absent, and numbers, beside the first page."""
    from tests.cast import actor, client_for

    browser = client_for(actor("auditor"))
    words = {
        "rare": f"office {orders // 2}",
        "common": "claims",
        "two common words": "claims assistant",
        "absent": "zeppelin",
        "part of a number": f"25F{orders // 2:05X}"[:8],
        "two letters": "au",
    }
    first = [_timed(lambda: _asked(browser, "/orders/")) for _ in range(ROUNDS)]
    base = statistics.median(first)
    found = {}
    for kind, word in words.items():
        address = f"/search?q={quote(word)}"
        _asked(browser, address)
        took = sorted(_timed(lambda a=address: _asked(browser, a)) for _ in range(20))
        found[kind] = {
            "p95_seconds": round(took[18], 4),
            "of_first_page": round(took[18] / base, 2),
        }
        print(f"search, {kind}: p95 {took[18]:.4f} s, {took[18] / base:.1f} x")
    return {"first_page_seconds": round(base, 4), **found}


# Tools -------------------------------------------------------------------------------


def _asked(browser: Any, address: str) -> Any:
    response = browser.get(address, follow=True)
    assert response.status_code == 200, (address, response.status_code)
    return response


def _sql(key: Any, limit: int) -> tuple[str, Any]:
    """The statement by which the endpoint reads its page."""
    from contracting.orders.queries import summaries_visible_to

    statement: tuple[str, Any] = (
        summaries_visible_to(key).order_by("-pk")[: limit + 1].query.sql_with_params()
    )
    return statement


def _rows(sql: str, params: Any, count: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        assert len(cursor.fetchall()) == count + 1


def _timed(work: Callable[[], Any]) -> float:
    return timed(work)[1]


def _ratio(
    what: str, ours: Callable[[], Any], floor: Callable[[], Any]
) -> dict[str, Any]:
    """Both sides by turns; the first round of each warms up."""
    times: list[tuple[float, float]] = []
    for number in range(ROUNDS + 1):
        pair = min(_timed(ours) for _ in range(3)), min(_timed(floor) for _ in range(3))
        if number:
            times.append(pair)
    ratios = [mine / bare for mine, bare in times]
    figures: dict[str, Any] = {
        "what": what,
        "rounds": ROUNDS,
        "seconds": spread([mine for mine, _ in times]),
        "floor_seconds": spread([bare for _, bare in times]),
        "ratio": spread(ratios),
        "ratios": ratios,
    }
    print(f"{what}: ratio {figures['ratio']['median']}")
    return figures


def _without_rounds(
    what: str, ours: Callable[[], Any], floor: Callable[[], Any]
) -> dict[str, Any]:
    figures = _ratio(what, ours, floor)
    figures.pop("ratios")
    return figures
