"""A plot with its sentence, and the figures behind it as a table and as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal[
    "text", "tokens", "dollars", "exact", "share", "day", "instant", "number"
]
Value: TypeAlias = str | int | Decimal | date | datetime | None

_STARTS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, and what its values are."""

    label: str
    kind: Kind = "text"

    @property
    def is_number(self) -> bool:
        """Whether its values stand to the right, in figures of equal width."""
        return self.kind in ("tokens", "dollars", "exact", "share", "number")


@dataclass(frozen=True, slots=True)
class Cell:
    """A value under its column."""

    kind: Kind
    value: Value
    is_number: bool


@dataclass(frozen=True, slots=True)
class Table:
    """The figures behind a plot; the first column names the row."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...] = ()
    totals: tuple[Value, ...] = ()

    @property
    def cells(self) -> list[list[Cell]]:
        """The rows with the kind of each value."""
        return [self._row(row) for row in self.rows]

    @property
    def total_cells(self) -> list[Cell]:
        """The last row, which adds up; empty where nothing adds up."""
        return self._row(self.totals) if self.totals else []

    def _row(self, row: Sequence[Value]) -> list[Cell]:
        return [
            Cell(column.kind, value, column.is_number)
            for column, value in zip(self.columns, row, strict=True)
        ]

    def csv(self) -> str:
        """The same figures as a file: exact, RFC 4180, no cell a formula."""
        text = io.StringIO()
        write = csv.writer(text, lineterminator="\r\n")
        write.writerow([_safe(column.label) for column in self.columns])
        for row in (*self.rows, *([self.totals] if self.totals else [])):
            write.writerow([_plain(value) for value in row])
        return text.getvalue()


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def rows_as_csv(head: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[str]:
    """Rows as the lines of a file, one by one, however many there are."""
    write = csv.writer(_Echo(), lineterminator="\r\n")
    yield write.writerow([_safe(word) for word in head])
    for row in rows:
        yield write.writerow([_plain(value) for value in row])


def _plain(value: Value) -> str:
    """A value as a machine reads it; words that look like a formula are quoted."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat()
    return _safe(value) if isinstance(value, str) else str(value)


def _safe(words: str) -> str:
    """Words that no spreadsheet takes for a formula, whatever spaces stand before."""
    begun = words.lstrip(" "), words.lstrip()
    is_one = any(each.startswith(_STARTS_A_FORMULA) for each in begun)
    return f"'{words}" if is_one else words


def unquoted(words: str) -> str:
    """The words of a cell that was quoted, so that no spreadsheet took it for one."""
    return words[1:] if words[:1] == "'" and _safe(words[1:]) == words else words


@dataclass(frozen=True, slots=True)
class Key:
    """An entry of a legend: its words, and a small drawing of the mark (SVG text)."""

    words: str
    mark: str


@dataclass(frozen=True, slots=True)
class Plot:
    """What a page shows of one question: the sentence comes first.

    ``wide`` and ``narrow`` are SVG text whose every word is escaped.

    :param name: names the plot on its page and in addresses, for example ``"funds"``
    :param title: what is drawn, with its unit
    :param sentence: the answer in words, without the drawing
    :param notes: the time zone, up to when the data is complete, and the like
    """

    name: str
    title: str
    sentence: str
    wide: str
    narrow: str
    table: Table
    legend: tuple[Key, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_drawn(self) -> bool:
        """Whether there is anything to draw; where not, the sentence says so."""
        return bool(self.wide)
