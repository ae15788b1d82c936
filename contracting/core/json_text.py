"""Reading JSON that others send: no name twice, no float, all of it can be kept."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any


class BadJson(ValueError):
    """It is no JSON that can be kept as it was meant; the message says why."""


def read_json(content: bytes) -> Any:
    """The plain values of a JSON text; numbers with a point are decimals.

    :raises BadJson: if it is no JSON in UTF-8, nests too deep, states a name of an
        object twice, or has a NUL or half of a character, which no database can keep
    """
    try:
        read = json.loads(
            content,
            parse_float=Decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_without_twins,
        )
        text = json.dumps(read, default=str, ensure_ascii=False)
        text.encode()
    except BadJson:
        raise
    except UnicodeEncodeError as error:
        message = "The JSON has half of a character, which is no text."
        raise BadJson(message) from error
    except (ValueError, RecursionError) as error:
        message = "This is not JSON in UTF-8."
        raise BadJson(message) from error
    if "\\u0000" in text and _has_nul(read):
        message = "A text of the JSON has a NUL character in it."
        raise BadJson(message)
    return read


def _has_nul(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_nul(each) for pair in value.items() for each in pair)
    if isinstance(value, list):
        return any(_has_nul(each) for each in value)
    return isinstance(value, str) and "\x00" in value


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            message = f"The JSON states {name[:60]!r} twice."
            raise BadJson(message)
        found[name] = value
    return found


def _refuse_constant(name: str) -> None:
    message = f"{name} is no number."
    raise BadJson(message)
