"""Several statements in one round trip, each planned once for a connection."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, cast

import psycopg
from django.db import connections

Rows = Callable[[], list[Any]]
Ask = Callable[[str, Sequence[Any] | Mapping[str, Any]], Rows]

_NOBODY_ELSE: Final = 1_000_000_000


@contextmanager
def pipelined(using: str = "default") -> Iterator[Ask]:
    """Send what is asked inside at once; the rows are there afterwards, in any order.

    For the few places where the time between two statements is what everybody waits
    for. The statements run one after the other, in the transaction that is open, and
    whoever follows the statements of the connection sees them. Rows are asked only of
    statements that have some.
    """
    link = connections[using]
    raw = _prepared_on(using)

    def ask(statement: str, params: Sequence[Any] | Mapping[str, Any]) -> Rows:
        cursor = psycopg.Cursor(raw)

        def execute(text: str, values: Any, _many: bool, _context: Any) -> Any:  # noqa: FBT001 (Django's)
            return cursor.execute(text, values, prepare=True)

        run: Callable[..., Any] = execute
        for wrapper in reversed(link.execute_wrappers):
            run = _wrapped(wrapper, run)
        run(statement, params, False, {"connection": link, "cursor": cursor})  # noqa: FBT003 (Django's)
        return cursor.fetchall

    with link.wrap_database_errors:
        if using in _flying.names:
            yield ask
        else:
            with raw.pipeline():
                yield ask


@contextmanager
def in_flight(using: str = "default") -> Iterator[None]:
    """Let what is asked by :func:`pipelined` inside go with whatever follows it.

    So the last statements of a transaction travel with its commit, and what they raise
    is raised by the commit, which then has not happened.
    """
    raw = _prepared_on(using)
    _flying.names.add(using)
    try:
        with connections[using].wrap_database_errors, raw.pipeline():
            yield
    finally:
        _flying.names.discard(using)


class _Flying(threading.local):
    """On which connections of this thread statements wait for what follows."""

    def __init__(self) -> None:
        self.names: set[str] = set()


_flying = _Flying()


def _prepared_on(using: str) -> psycopg.Connection[Any]:
    link = connections[using]
    link.ensure_connection()
    raw = cast("psycopg.Connection[Any]", link.connection)
    # Django turns preparing off; so high, only what asks for it here is prepared.
    raw.prepare_threshold = _NOBODY_ELSE
    return raw


def _wrapped(wrapper: Any, inner: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: wrapper(inner, *args)
