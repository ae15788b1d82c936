"""Checked fields of a row: each is what it must be, or its row is refused by a code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, NoReturn

from contracting.metering.adapters.events import MAX_TOKENS
from contracting.metering.states import RowCode

MAX_ATTEMPTS: Final = 1_000
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,39}")
TEXT = re.compile(r"[\x21-\x7e]{1,200}")
CURRENCY = re.compile(r"[A-Z]{3}")
LARGEST: Final = Decimal(10) ** 15
"""The largest amount or quantity of one line of a bill, far above any real one."""

FINEST: Final = 30
"""The most digits behind the point of an amount that a source states."""


class Bad(ValueError):
    """A row is refused: why, by a stable code, and where in it."""

    def __init__(self, code: str, pointer: str) -> None:
        super().__init__(code)
        self.code = code
        self.pointer = pointer


def refuse(code: RowCode, pointer: str) -> NoReturn:
    """Refuse the row.

    :raises Bad: always
    """
    raise Bad(code.value, pointer)


def is_whole(value: Any) -> bool:
    """Whether a value is a whole number; ``true`` is none."""
    return isinstance(value, int) and not isinstance(value, bool)


def known(row: Mapping[str, Any], allowed: frozenset[str], pointer: str) -> None:
    """Refuse a row with a field that is not on the list.

    A strange field is named only if its name cannot be a text itself.

    :raises Bad: if there is one
    """
    for key in row:
        if key not in allowed:
            safe = key if NAME.fullmatch(key) else "?"
            refuse(RowCode.UNKNOWN_FIELD, f"{pointer}/{safe}")


def text(
    row: Mapping[str, Any],
    key: str,
    pointer: str,
    default: str | None = None,
    *,
    limit: int = 200,
) -> str:
    """A name or id of printable characters without a space.

    :param default: what stands for it where it is not given; ``None`` if it must be
    :raises Bad: if it is missing, longer than ``limit`` or no such text
    """
    value = row.get(key)
    if value is None:
        value = default
    if value is None:
        refuse(RowCode.MISSING, pointer)
    if value == "" and default == "":
        return ""
    if not isinstance(value, str) or len(value) > limit or not TEXT.fullmatch(value):
        refuse(RowCode.BAD_TEXT, pointer)
    return value


def count(value: Any, pointer: str, most: int = MAX_TOKENS) -> int:
    """A whole number from zero to ``most``.

    :raises Bad: if it is anything else
    """
    if not is_whole(value):
        refuse(RowCode.NOT_A_COUNT, pointer)
    if value < 0:
        refuse(RowCode.NEGATIVE, pointer)
    if value > most:
        refuse(RowCode.TOO_MANY, pointer)
    return int(value)


def attempt_of(data: Mapping[str, Any], pointer: str) -> int:
    """Which try of its operation a call was, from 1; the first where it is not said.

    :raises Bad: if it is no such number
    """
    attempt = data.get("attempt")
    attempt = 1 if attempt is None else attempt
    if not is_whole(attempt) or not 1 <= attempt <= MAX_ATTEMPTS:
        refuse(RowCode.BAD_ATTEMPT, pointer)
    return int(attempt)


def instant(value: Any, pointer: str) -> datetime:
    """An RFC 3339 instant in UTC; digits beyond the microsecond are cut off.

    :raises Bad: if it has no zone, is none, or is older than any contract
    """
    try:
        found = datetime.fromisoformat(_stamp(value)).astimezone(UTC)
    except (ValueError, OverflowError):
        found = None
    if found is None or found < EARLIEST:
        refuse(RowCode.BAD_TIME, pointer)
    return found


def epoch(value: Any, pointer: str) -> datetime:
    """An instant given as whole seconds since 1970 in UTC.

    :raises Bad: if it is no whole number, or not within the years of a contract
    """
    try:
        found = datetime.fromtimestamp(value, UTC) if is_whole(value) else None
    except (ValueError, OverflowError, OSError):
        found = None
    if found is None or found < EARLIEST:
        refuse(RowCode.BAD_TIME, pointer)
    return found


def amount(value: Any, pointer: str) -> Decimal:
    """An exact amount, from a number or from its text; negative ones are credits.

    :raises Bad: if it is no number, or larger or finer than any amount of a bill
    """
    is_text = isinstance(value, str) and _AMOUNT.fullmatch(value) is not None
    found = Decimal(value) if is_text or is_whole(value) else value
    if not isinstance(found, Decimal) or not found.is_finite():
        refuse(RowCode.NOT_AN_AMOUNT, pointer)
    exponent = found.as_tuple().exponent
    if abs(found) > LARGEST or not isinstance(exponent, int) or exponent < -FINEST:
        refuse(RowCode.NOT_AN_AMOUNT, pointer)
    return found


_AMOUNT = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?")
_STAMP = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,12})?([Zz]|[+-]\d\d:\d\d)"
)


def optional_amount(row: Mapping[str, Any], key: str, pointer: str) -> Decimal | None:
    """The amount of a row under this name, or ``None`` where it says none.

    :raises BadField: as :func:`amount` does
    """
    value = row.get(key)
    return None if value in (None, "") else amount(value, f"{pointer}/{key}")


def _stamp(value: Any) -> str:
    if not isinstance(value, str) or not _STAMP.fullmatch(value):
        raise ValueError
    return value.upper()
