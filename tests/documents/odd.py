"""Papers as nobody would write them: other scripts, no spaces, no end, no beginning."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from tests.documents.papers import context_of

SCRIPTS: Final = (
    "شركة القبرة للاستدلال، חברת לארקספור, लार्क्सपर, "
    "云雀推理有限公司, Ларкспур, Λάρκσπερ, "
    "ไทย 한국 \U0001f600 Ḽ½₿"
)
"""Those that the fonts of the package draw, and at last those that are named."""

WORD: Final = "W" * 200
LONG: Final = ("A sentence that says nothing, and says it at length. " * 100)[:5000]
LARGE: Final = "999999999999999.99"
TOKENS: Final = 999_999_999_999_999_999
ROWS: Final = 300

_STRUCTURE: Final = {
    *("shape", "key", "span", "table", "time_zone", "checked", "code", "kind"),
    *("form", "token_class", "align", "columns", "drawing", "plot", "unit"),
    *("label", "heading", "capacity", "caption", "acrn", "item", "line", "totals"),
}
_NAMES: Final = {"signed_by", "title", "waits_for", "name"}
"""Of a person or what they are, which no form takes longer than 200 characters."""
MOST_OF_A_NAME: Final = 200
_DATED: Final = re.compile(r"\d{4}-\d\d-\d\d")
_FIGURE: Final = re.compile(r"-?[\d,]+(\.\d+)?")


def changed(value: Any, change: Callable[[str], str]) -> Any:
    """The context with every text of it changed; figures and days stay."""
    if isinstance(value, dict):
        return {
            name: item if name in _STRUCTURE else _of(name, item, changed(item, change))
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [changed(item, change) for item in value]
    if isinstance(value, str) and not _DATED.match(value):
        return value if _FIGURE.fullmatch(value) else change(value)
    return value


def _of(name: str, before: Any, after: Any) -> Any:
    """What a form would have let through: of facts only the value is somebody's."""
    if name == "facts":
        return [
            [old[0], *new[1:]] if isinstance(old, list) else new
            for old, new in zip(before, after, strict=True)
        ]
    return after[:MOST_OF_A_NAME] if name in _NAMES else after


def in_scripts(kind: str) -> dict[str, Any]:
    """Every text with a name in other scripts and a word of 200 letters behind it."""
    return _texts(kind, lambda text: f"{text} {SCRIPTS} {WORD}")


def without_end(kind: str) -> dict[str, Any]:
    """Every text of 5,000 characters."""
    return _texts(kind, lambda text: f"{text} {LONG}"[:5000])


def _texts(kind: str, change: Callable[[str], str]) -> dict[str, Any]:
    context = context_of(kind)
    kept = {name: context[name] for name in _STRUCTURE if name in context}
    return {**changed(context, change), **kept}


def of_many_rows(kind: str) -> dict[str, Any]:
    """Every table of 300 rows, with figures as large as the columns of the ledger."""
    context = context_of(kind)
    return {
        name: [_larger(row) for row in (value * ROWS)[:ROWS]]
        if _is_table(value)
        else value
        for name, value in context.items()
    }


def _is_table(value: Any) -> bool:
    if not (isinstance(value, list) and value and isinstance(value[0], dict)):
        return False
    return not {"heading", "capacity", "label"} & set(value[0])


def _larger(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: TOKENS
        if isinstance(value, int) and not isinstance(value, bool)
        else LARGE
        if isinstance(value, str) and re.fullmatch(r"-?\d+\.\d{2}", value)
        else value
        for name, value in row.items()
    }


def bare(kind: str) -> dict[str, Any]:
    """Only what is no text and no list: every part that may be empty is."""
    context = context_of(kind)
    return {
        name: type(value)()
        if isinstance(value, list | str) and name != "time_zone"
        else value
        for name, value in context.items()
    }


ODD: Final = {
    "in scripts": in_scripts,
    "without end": without_end,
    "of many rows": of_many_rows,
    "bare": bare,
}
