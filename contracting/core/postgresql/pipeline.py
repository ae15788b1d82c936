"""Several statements in one round trip, each planned once for a connection."""

from __future__ import annotations

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
    whoever follows the statements of the connection sees them.
    """
    link = connections[using]
    link.ensure_connection()
    raw = cast("psycopg.Connection[Any]", link.connection)
    # Django turns preparing off; so high, only what asks for it here is prepared.
    raw.prepare_threshold = _NOBODY_ELSE

    def ask(statement: str, params: Sequence[Any] | Mapping[str, Any]) -> Rows:
        cursor = psycopg.Cursor(raw)

        def execute(text: str, values: Any, _many: bool, _context: Any) -> Any:  # noqa: FBT001 (Django's)
            return cursor.execute(text, values, prepare=True)

        run: Callable[..., Any] = execute
        for wrapper in reversed(link.execute_wrappers):
            run = _wrapped(wrapper, run)
        run(statement, params, False, {"connection": link, "cursor": cursor})  # noqa: FBT003 (Django's)
        return lambda: cursor.fetchall() if cursor.description else []

    with link.wrap_database_errors, raw.pipeline():
        yield ask


def _wrapped(wrapper: Any, inner: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: wrapper(inner, *args)
