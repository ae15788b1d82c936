"""The locks that a run takes, in their order, as the database is asked for them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from django.db import connection

AUDIT_HEAD = "audit_audithead"
_LOCKS = re.compile(r"\bFOR (NO KEY )?(UPDATE|SHARE)\b.*$", re.DOTALL)
_TABLE = re.compile(r'\bFROM "?(\w+)"?')
_EVENT = re.compile(r'^INSERT INTO "audit_auditevent" \((.*?)\) VALUES \((.*)\)')


@dataclass(frozen=True, slots=True)
class Lock:
    """One row: its table and key. The head of a stream is locked with its event."""

    table: str
    key: Any


@dataclass(slots=True)
class Unit:
    """One transaction: the verb that opened it and its locks, each when first taken."""

    verb: str
    locks: list[Lock] = field(default_factory=list)
    without_order: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Watch:
    """Every transaction that took a lock."""

    units: list[Unit] = field(default_factory=list)
    _transaction: str = ""

    def __call__(
        self, execute: Any, statement: str, params: Any, many: bool, context: Any
    ) -> Any:
        if connection.in_atomic_block:
            if locking := _LOCKS.search(statement):
                self._rows(statement[: locking.start()], params)
            elif event := _EVENT.match(statement):
                stream = _stream_of(event[1], event[2], params)
                self._take([Lock(AUDIT_HEAD, stream)])
        return execute(statement, params, many, context)

    def _rows(self, statement: str, params: Any) -> None:
        """The keys of the rows that the statement is about to lock, in its order."""
        first = _TABLE.search(statement)
        if first is None:
            raise AssertionError(f"locks rows of no table: {statement}")
        table = first[1]
        chosen = statement[: first.start()].count("%s")
        asked = f'SELECT "{table}"."id" {statement[first.start() :]}'
        with connection.connection.cursor() as cursor:
            cursor.execute(asked, params[chosen:])
            keys = [key for (key,) in cursor.fetchall()]
        unit = self._take([Lock(table, key) for key in keys])
        if len(keys) > 1 and "ORDER BY" not in statement:
            unit.without_order.add(table)

    def _take(self, locks: list[Lock]) -> Unit:
        with connection.connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()::text")
            ((transaction,),) = cursor.fetchall()
        if transaction != self._transaction:
            self._transaction = transaction
            self.units.append(Unit(_verb()))
        unit = self.units[-1]
        unit.locks += [lock for lock in locks if lock not in unit.locks]
        return unit


def _stream_of(columns: str, values: str, params: Any) -> str:
    """The stream to which an event is added; a default takes no parameter."""
    names, given = columns.split(", "), values.split(", ")
    before = given[: names.index('"stream"')]
    stream: str = params[sum("%s" in value for value in before)]
    return stream


def _verb() -> str:
    """The outermost function under ``operations/`` that is running."""
    name = ""
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if path.parent.name == "operations" and not frame.f_code.co_name.startswith(
            ("_", "<")
        ):
            name = f"{path.parent.parent.name}.{frame.f_code.co_name}"
        frame = frame.f_back
    return name


@contextmanager
def watching_locks(watch: Watch) -> Iterator[None]:
    """Take note of every lock that this process takes on its connection."""
    with connection.execute_wrapper(watch):
        yield
