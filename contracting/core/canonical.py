"""Canonical JSON: one text for one content, so that a hash means something."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from contracting.core.quantities import Dollars, Tokens, UnitPrice


def _plain(value: Any) -> Any:
    match value:
        case Tokens():
            return value.count
        case Dollars():
            return value.plain()
        case UnitPrice():
            return _decimal_text(value.usd_per_million_tokens)
        case Decimal():
            return _decimal_text(value)
        case datetime():
            if value.tzinfo is None:
                message = "an instant without a time zone has no canonical form"
                raise TypeError(message)
            return value.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case set() | frozenset():
            return sorted(value)
        case _:
            message = f"{type(value).__name__} has no canonical form"
            raise TypeError(message)


def _decimal_text(value: Decimal) -> str:
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


_HOLDS_NOTHING = frozenset({str, int, bool, type(None), datetime, Decimal})


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        message = "a float has no canonical form"
        raise TypeError(message)
    inside: Iterable[Any] = ()
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            message = "a key of canonical JSON is text"
            raise TypeError(message)
        inside = value.values()
    elif isinstance(value, list | tuple):
        inside = value
    for item in inside:
        if type(item) not in _HOLDS_NOTHING:
            _refuse_floats(item)


def canonical_json(content: Any) -> str:
    """Sorted keys, no spaces, decimals and instants as strings, integers as integers.

    :raises TypeError: for a float, a naive instant or a type that has no plain form
    """
    _refuse_floats(content)
    return json.dumps(
        content,
        default=_plain,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
    )


def plain(content: Any) -> Any:
    """The same content as JSON gives it back: for a ``JSONField`` or a template."""
    return json.loads(canonical_json(content))


def content_sha256(content: Any) -> str:
    """SHA-256, in hexadecimal, of the canonical JSON of ``content``."""
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()
