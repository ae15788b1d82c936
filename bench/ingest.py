"""Usage on its way in: the verb against a bare COPY, and a repeat against a first send.

*G1*: writers side by side, each in a process of its own, send batches through
``ingest_usage`` (read, hash, judge, attribute, rate, store, keep the payload, record,
commit). The floor is a bare COPY of the very rows that they left, by as many writers,
into the very same tables with their keys, constraints and indexes, as rows of another
source. *G4*: the same batches sent again, which change nothing.

Both sides take turns, round by round; a ratio is of its own round. Calls have four
classes, so that one call is ten rows.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from typing import Any

from figures import spread

WRITERS = 2
CALLS = 10_000
"""Calls of a batch, the most that one may have."""

ROUNDS = 5
CLASSES = 4
TABLES = (
    "metering_usageevent",
    "metering_usageline",
    "metering_usageattribution",
    "metering_usagerating",
)


def measure() -> dict[str, Any]:
    """G1 and G4, each with its rates of calls and of lines."""
    world = the_world()
    rounds = []
    with writers(WRITERS) as crew:
        for number in range(ROUNDS + 1):
            took = world.round(crew, number)
            if number:  # the first round warms up
                rounds.append(took)
    calls = WRITERS * CALLS
    figures = {
        "what": f"{WRITERS} writers of batches of {CALLS:,} calls of {CLASSES} classes",
        "rounds": ROUNDS,
        "core_of_copy": _ratio(rounds, "copy", "first"),
        "first_of_repeat": _ratio(rounds, "first", "again"),
        "calls_per_second": _rate(rounds, "first", calls),
        "lines_per_second": _rate(rounds, "first", CLASSES * calls),
        "repeats_per_second": _rate(rounds, "again", calls),
        "copied_calls_per_second": _rate(rounds, "copy", calls),
        "core_with_the_fold_of_copy": spread(
            [took["copy"] / (took["first"] + took["fold"]) for took in rounds], 3
        ),
        "rows_changed_by_repeats": sum(took["changed"] for took in rounds),
    }
    figures["partitions"] = _partitions(world)
    figures["steps"] = _steps(world)
    print(
        f"G1 core / COPY {figures['core_of_copy']['median']} at "
        f"{figures['calls_per_second']['median']:,} calls/s; G4 repeat / first "
        f"{figures['first_of_repeat']['median']}, "
        f"{figures['rows_changed_by_repeats']} rows changed"
    )
    return figures


def _partitions(world: World) -> dict[str, Any]:
    """COPY of the same events and lines into partitions and into one table of each."""
    from django.db import connection

    parted, plain = [], []
    with connection.cursor() as cursor:
        for table in TABLES[:2]:
            cursor.execute(f"DROP TABLE IF EXISTS one_{table}")
            cursor.execute(f"CREATE TABLE one_{table} (LIKE {table} INCLUDING ALL)")
    for number in range(ROUNDS + 1):
        world.ingest(f"parts-{number}")
        rows = world.rows(f"parts-{number}")[:2]
        ones = [(statement.replace("COPY ", "COPY one_"), t) for statement, t in rows]
        for found, each in ((parted, rows), (plain, ones)):
            start = time.perf_counter()
            _copy(each)
            if number:
                found.append(time.perf_counter() - start)
    ratio = [whole / parts for whole, parts in zip(plain, parted, strict=True)]
    return {
        "what": "COPY of events and lines into one table of each / into partitions",
        "ratio": spread(ratio, 3),
        "partitioned_calls_per_second": spread([CALLS / took for took in parted], 0),
        "unpartitioned_calls_per_second": spread([CALLS / took for took in plain], 0),
    }


def _steps(world: World) -> dict[str, dict[str, float]]:
    """Which share of a first send each step takes, by one writer."""
    from contracting.metering.operations import ingest

    names = {
        "read": ["_read"],
        "judge": ["_judge"],
        "decide": ["_decide"],
        "keep": ["_store"],
        "funds": ["_draw"],
        "record": ["record_event"],
    }
    shares: dict[str, list[float]] = {name: [] for name in [*names, "write", "rest"]}
    for number in range(ROUNDS + 1):
        spent = dict.fromkeys(shares, 0.0)
        with _clocked(ingest, names, spent):
            start = time.perf_counter()
            world.ingest(f"steps-{number}")
            total = time.perf_counter() - start
        spent["rest"] = total - sum(spent.values())
        if number:
            for name, seconds in spent.items():
                shares[name].append(seconds / total)
    return {name: spread(values, 3) for name, values in shares.items()}


@contextmanager
def _clocked(
    module: Any, names: dict[str, list[str]], spent: dict[str, float]
) -> Iterator[None]:
    """The time inside some functions of the verb, and in its one statement."""
    from contracting.metering.models.incoming import IncomingQuerySet

    places = [(module, each, step) for step, named in names.items() for each in named]
    places.append((IncomingQuerySet, "take_in", "write"))
    real = {(at, name): getattr(at, name) for at, name, _ in places}

    def clocked(work: Any, step: str) -> Any:
        def run(*args: Any, **kwargs: Any) -> Any:
            start = time.perf_counter()
            try:
                return work(*args, **kwargs)
            finally:
                spent[step] += time.perf_counter() - start

        return run

    for at, name, step in places:
        setattr(at, name, clocked(real[at, name], step))
    try:
        yield
    finally:
        for (at, name), work in real.items():
            setattr(at, name, work)


def _ratio(rounds: Sequence[dict[str, float]], of: str, by: str) -> dict[str, float]:
    return spread([took[of] / took[by] for took in rounds], 3)


def _rate(rounds: Sequence[dict[str, float]], of: str, count: int) -> dict[str, float]:
    return spread([count / took[of] for took in rounds], 0)


@cache
def the_world() -> World:
    """The one world of this run."""
    return World()


class World:
    """An order with room for everything, its gateway, and a source for the floor."""

    def __init__(self) -> None:
        from contracting.core.quantities import Dollars, Tokens
        from contracting.orders.states import FundsDraft
        from tests.builders_metering import usage_source
        from tests.builders_orders import issued_order, line, line_of_accounting

        funds = [FundsDraft("AA", line_of_accounting().pk, Dollars("9000.00"))]
        room = line(tokens=Tokens(3 * 10**10), dollars=Dollars("9000.00"), funds=funds)
        self.order = issued_order(lines=[room])
        self.source, self.floor = usage_source(), usage_source("floor")

    def round(self, crew: list[Any], number: int) -> dict[str, float]:
        """Seconds of a first send, of a repeat, and of a COPY of the same rows."""
        batches = [
            self.batch(f"{number}-{writer}", CALLS) for writer in range(len(crew))
        ]
        ask = [("ingest", self.source.pk, batch) for batch in batches]
        first = together(crew, ask)
        before = self.counted()
        again = together(crew, ask)
        changed = self.counted() - before
        rows = [self.rows(f"{number}-{writer}") for writer in range(len(crew))]
        copy = together(crew, [("copy", each) for each in rows])
        fold = self.fold()
        return {
            "first": first,
            "again": again,
            "copy": copy,
            "changed": changed,
            "fold": fold,
        }

    def batch(self, name: str, calls: int) -> bytes:
        """A batch as a gateway sends it, with ids in the order of time."""
        from tests.builders_metering import CALLED_AT, event, ndjson

        return ndjson(
            *(
                event(
                    f"{name}-{call:05}",
                    order=self.order,
                    tokens={
                        "input": 1_000 + call % 700,
                        "cached_input": 400 + call % 300,
                        "output": 20 + call % 50,
                        "reasoning": 5 + call % 9,
                    },
                    at=CALLED_AT + timedelta(milliseconds=call),
                )
                for call in range(calls)
            )
        )

    def rows(self, name: str) -> list[tuple[str, bytes]]:
        """What a batch has left, as COPY statements and their text for the floor."""
        from django.db import connection

        found = []
        with connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(
                    "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass "
                    "AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
                    [table],
                )
                names = [name for (name,) in cursor.fetchall()]
                values = [
                    str(self.floor.pk) if each == "source_id" else each
                    for each in names
                ]
                query = (
                    f"SELECT {', '.join(values)} FROM {table} WHERE source_id = "
                    f"{self.source.pk} AND event_id LIKE 'call-{name}-%' "
                    "ORDER BY event_id"
                )
                with cursor.copy(f"COPY ({query}) TO STDOUT") as copy:
                    text = b"".join(bytes(part) for part in copy)
                statement = f"COPY {table} ({', '.join(names)}) FROM STDIN"
                found.append((statement, text))
        return found

    def ingest(self, name: str) -> None:
        """A batch of its own, in this process."""
        _ingest(self.source.pk, self.batch(name, CALLS))

    def counted(self) -> int:
        """How many rows of usage there are."""
        from django.db import connection

        with connection.cursor() as cursor:
            total = 0
            for table in TABLES:
                cursor.execute(f"SELECT count(*) FROM {table}")
                total += cursor.fetchone()[0]
            return total

    def fold(self) -> float:
        """Let the roller catch up between two rounds; the seconds that it took."""
        from tests.builders_metering import folded

        start = time.perf_counter()
        folded()
        return time.perf_counter() - start


# Writers -----------------------------------------------------------------------------


@contextmanager
def writers(count: int) -> Iterator[list[Any]]:
    """So many processes, each with its own interpreter and connection."""
    context = multiprocessing.get_context("spawn")
    crew = []
    for _ in range(count):
        here, there = context.Pipe()
        process = context.Process(target=_write, args=(there,), daemon=True)
        process.start()
        crew.append((here, process))
    try:
        for here, _ in crew:
            assert here.recv() == "ready"
        yield [here for here, _ in crew]
    finally:
        for here, process in crew:
            here.send(None)
            process.join(timeout=30)


def together(crew: list[Any], tasks: Sequence[tuple[Any, ...]]) -> float:
    """Each writer does its task at once; seconds until the last is done."""
    for writer, task in zip(crew, tasks, strict=True):
        writer.send(task)
    for writer in crew:
        assert writer.recv() == "taken"
    start = time.perf_counter()
    for writer in crew:
        writer.send("go")
    for writer in crew:
        assert writer.recv() == "done"
    return time.perf_counter() - start


def _write(link: Any) -> None:
    import django

    django.setup()
    from django.db import connection

    connection.ensure_connection()
    link.send("ready")
    while (task := link.recv()) is not None:
        kind, *given = task
        link.send("taken")
        link.recv()
        {"ingest": _ingest, "copy": _copy}[kind](*given)
        link.send("done")
    connection.close()


def _ingest(source_id: int, payload: bytes) -> None:
    from contracting.metering.operations.ingest import ingest_usage
    from tests.builders_metering import DELIVERED_AT
    from tests.cast import machine

    receipt = ingest_usage(
        source_id=source_id, payload=payload, by=machine("gateway"), at=DELIVERED_AT
    )
    batch = receipt.batch
    assert batch.accepted + batch.duplicate == batch.received


def _copy(rows: Sequence[tuple[str, bytes]]) -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        for statement, text in rows:
            with cursor.copy(statement) as copy:
                copy.write(text)
