"""A payload of JSON rows: NDJSON or an array, split before any row is read.

A row that is no JSON is refused by itself; its neighbours are read.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import Any, Final, NoReturn

from contracting.metering.adapters.events import MAX_BYTES, MAX_ROWS, Unreadable
from contracting.metering.adapters.fields import Bad, refuse
from contracting.metering.states import RowCode

_JSON_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder(parse_int=len, parse_float=len)
"""Finds the end of an element; its numbers are read later, with its own row."""

_MARKS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},]', re.DOTALL)
_WRITTEN_OUT: Final = 400
"""The longest exponent that a number may have; a longer one is no count or price."""


def rows_of(payload: bytes) -> list[str]:
    """The rows as they were written, from one to ``MAX_ROWS``.

    :raises Unreadable: if there is none, too many, or it is neither NDJSON nor an array
    """
    rows = list(islice(split(payload), MAX_ROWS + 1))
    if not rows:
        message = "The batch has no row."
        raise Unreadable(message)
    if len(rows) > MAX_ROWS:
        message = f"The batch has more than {MAX_ROWS:,} rows."
        raise Unreadable(message)
    return rows


def sha256_of(raw: str) -> str:
    """SHA-256, in hexadecimal, of a row as it was written."""
    return hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()


def split(payload: bytes) -> Iterator[str]:
    """The rows of an NDJSON text or a JSON array, one after the other."""
    if len(payload) > MAX_BYTES:
        message = f"The batch has more than {MAX_BYTES:,} bytes."
        raise Unreadable(message)
    try:
        text = payload.decode("utf-8-sig").strip(" \t\r\n")
    except UnicodeDecodeError as error:
        message = "The batch is not UTF-8 text."
        raise Unreadable(message) from error
    if text.startswith("["):
        yield from _elements(text)
    else:
        # Not splitlines(): a JSON string may hold other separators as they are.
        yield from (line for line in text.split("\n") if line.strip(" \t\r"))


def _elements(text: str) -> Iterator[str]:
    """The elements of a JSON array, without undoing what each looks like."""
    at = _skip(text, 1)
    if text[at : at + 1] == "]":
        mark, at = "]", _skip(text, at + 1)
    else:
        mark = ","
    while mark == ",":
        end = _end_of(text, at)
        if end == at:
            message = "The batch starts like a JSON array and is none."
            raise Unreadable(message)
        yield text[at:end]
        at = _skip(text, end)
        mark, at = text[at : at + 1], _skip(text, at + 1)
    if mark != "]" or at < len(text):
        message = "The batch starts like a JSON array and is none."
        raise Unreadable(message)


def _end_of(text: str, at: int) -> int:
    """Where the element that starts here ends; of one that is no JSON, by its marks.

    Such an element is refused as a row like any other, and its neighbours are read.
    """
    try:
        return int(_DECODER.raw_decode(text, at)[1])
    except (ValueError, RecursionError):
        depth = 0
    for mark in _MARKS.finditer(text, at):
        sign = mark.group()
        if depth == 0 and sign in (",", "]"):
            return at + len(text[at : mark.start()].rstrip(" \t\r\n"))
        depth += (sign in ("[", "{")) - (sign in ("]", "}"))
    return at


def _skip(text: str, at: int) -> int:
    space = _JSON_SPACE.match(text, at)
    return space.end() if space else at


def read_object(raw: str) -> dict[str, Any]:
    """The object of a row; its fractions are exact decimals, never floats.

    :raises Bad: if it is no JSON object, or a key stands twice in it
    """
    try:
        row = json.loads(
            raw,
            object_pairs_hook=_no_twins,
            parse_constant=_no_constant,
            parse_float=_decimal,
        )
    except Bad:
        raise
    except (ValueError, RecursionError):
        refuse(RowCode.NOT_JSON, "")
    if not isinstance(row, dict):
        refuse(RowCode.NOT_AN_OBJECT, "")
    return row


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        refuse(RowCode.DUPLICATE_KEY, "")
    return found


def _no_constant(_name: str) -> NoReturn:
    refuse(RowCode.NOT_JSON, "")


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except ArithmeticError:
        refuse(RowCode.NOT_JSON, "")
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or abs(exponent) > _WRITTEN_OUT:
        refuse(RowCode.NOT_JSON, "")
    return number
