"""A draft as values: its seal, its prices cell by cell, and what it still lacks.

The seal is AES-256-GCM with a key of the draft's own. Prices are computed with the
arithmetic of the evaluation.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from contracting.core.canonical import canonical_json, content_sha256
from contracting.core.quantities import Dollars, UnitPrice
from contracting.reference.states import PriceStructure
from contracting.solicitations.models import SolicitationLine
from contracting.solicitations.publishing.costs import (
    WorkloadPrice,
    workload_prices,
    workload_total,
)
from contracting.solicitations.publishing.limits import SizedFile, kind_of_media_type
from contracting.submissions.sealing.keys import decrypt, encrypt
from contracting.submissions.sealing.offers import AROUND, STEP_BYTES

PRICE_LIMIT: Final = Decimal(1_000_000)
"""US dollars, or units of a pool: every figure is below it."""

SITTING: Final = timedelta(minutes=10)
"""Saves of one person that follow each other so soon are recorded as one."""

KEPT_AFTER: Final = timedelta(days=30)
"""How long after its deadline a draft is kept for its vendor to read."""

PADDED_BY: Final = 8
"""A sealed file is at most this part of itself larger, and one step."""

_PADDED_TO: Final = 4096
_GROUPED: Final = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")
_EITHER: Final = re.compile(r"[0-9]{1,3},[0-9]{3}")
"""A thousand to some, and three decimals to others."""
_PLAIN: Final = re.compile(r"[0-9]*\.?[0-9]*")
_PLACES: Final = 6
_MOST_TOLD: Final = 10
_NO_TABLE: Final = (
    "What was pasted is no table: a cell of it has more than 100,000 signs."
)
_CUT: Final = (
    "A comma stands between two figures: it may part two cells, or a whole figure from "
    "its decimals. Nothing of it was taken. Part cells by tabs or semicolons, or write "
    "decimals with a point."
)
_DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class SavedPart:
    """A part of a draft as it was saved last."""

    content: Mapping[str, Any]
    version: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SealedContent:
    """Text and prices of a draft as a browser has sealed them.

    :param version: to which they are bound
    :param offer_key: fingerprint of the key to which ``wrapped_key`` is encrypted
    """

    version: int
    sealed: bytes
    wrapped_key: bytes
    offer_key: str


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A file of a draft as a browser has sealed it: nobody here can look inside.

    :param name: the public id that it is bound to
    :param facts: its name, size and hash, sealed with the same key
    :param offer_key: fingerprint of the key to which ``wrapped_key`` is encrypted
    """

    name: str
    facts: bytes
    sealed: bytes
    wrapped_key: bytes
    offer_key: str


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file of a draft without its content; ``pages`` only where they are counted."""

    public_id: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    pages: int | None
    by: str


def most_sealed_bytes(limit: int, count: int) -> int:
    """How large so many sealed files are at most, of a limit for what is in them."""
    return limit + limit // PADDED_BY + count * (STEP_BYTES + AROUND)


def sized(facts: FileFacts) -> SizedFile:
    """The file as far as the limits of the solicitation are concerned."""
    kind = kind_of_media_type(facts.media_type)
    return SizedFile(facts.name, kind, facts.size_bytes, facts.pages)


@dataclass(frozen=True, slots=True)
class Cell:
    """One price as it was typed, and what is wrong with it; nothing is if it counts."""

    line: SolicitationLine
    text: str = ""
    is_zero_meant: bool = False
    price: UnitPrice | None = None
    problem: str = ""
    priced: WorkloadPrice | None = None
    """The figure on the published workload, by the arithmetic of the evaluation."""

    @property
    def figure(self) -> Decimal | None:
        """The figure that counts, if one does."""
        if self.price is None or self.problem:
            return None
        return self.price.usd_per_million_tokens

    @property
    def is_zero(self) -> bool:
        """Whether a price of nothing stands here, confirmed or not."""
        return self.price == UnitPrice(0)

    @property
    def field_id(self) -> str:
        """The id of its field on the page of prices."""
        return f"price_{self.line.public_id}"


@dataclass(frozen=True, slots=True)
class GridRow:
    """The cells of one CLIN, tier, context band and boundary, by token class."""

    label: str
    cells: list[Cell | None]


@dataclass(frozen=True, slots=True)
class Grid:
    """The price sheet: what is alike in a row, token classes side by side."""

    classes: list[str]
    rows: list[GridRow]


@dataclass(frozen=True, slots=True)
class Pasted:
    """What was found in pasted cells, and what could not be placed, in words."""

    prices: dict[str, str] = field(default_factory=dict)
    unplaced: list[str] = field(default_factory=list)


class CellUnreadable(ValueError):
    """What stands in a cell is no price."""


def sealed_json(plain: Mapping[str, Any], *, key: bytes, binding: str) -> bytes:
    """Encrypt values, padded so that the length tells little."""
    raw = canonical_json(plain).encode()
    raw += b" " * (-len(raw) % _PADDED_TO)
    return encrypt(raw, key=key, binding=binding)


def unsealed_json(sealed: bytes, *, key: bytes, binding: str) -> dict[str, Any]:
    """The values that :func:`sealed_json` has encrypted.

    :raises SealBroken: if the bytes, their key or their place do not fit
    """
    plain: dict[str, Any] = json.loads(decrypt(sealed, key=key, binding=binding))
    return plain


def fingerprint(parts: Mapping[str, SavedPart], files: Sequence[FileFacts]) -> str:
    """Tells whether a draft is still the one that somebody has read."""
    return content_sha256(
        {
            "parts": {name: part.version for name, part in parts.items()},
            "files": sorted(each.public_id for each in files),
        }
    )


def price_of(text: str) -> UnitPrice:
    """The unit price that a cell means.

    :raises CellUnreadable: with what is wrong and how to write it
    """
    known = text.strip().removeprefix("US$").removeprefix("$").strip()
    if _EITHER.fullmatch(known):
        whole, point = known.replace(",", ""), known.replace(",", ".")
        message = f"This can be read as {whole} and as {point}. Write it one way."
        raise CellUnreadable(message)
    if _GROUPED.fullmatch(known):
        known = known.replace(",", "")
    if known.startswith("-"):
        message = "A price is never negative."
        raise CellUnreadable(message)
    if not _PLAIN.fullmatch(known) or known in {"", "."}:
        message = "This is no number. Write it like 2.5, with a point."
        raise CellUnreadable(message)
    value = Decimal(known)
    if value >= PRICE_LIMIT:
        message = (
            "It is 1,000,000 or more. Write the price of one unit, or of a million."
        )
        raise CellUnreadable(message)
    exact = value.normalize().as_tuple().exponent
    if isinstance(exact, int) and -exact > _PLACES:
        message = f"It has more than {_PLACES} decimals. Round it yourself."
        raise CellUnreadable(message)
    return UnitPrice(value)


def cells_of(
    lines: Sequence[SolicitationLine], content: Mapping[str, Any]
) -> list[Cell]:
    """The cells of every line of the schedule in force, in its order.

    Prices are found by the number of their line: a line that an amendment has changed
    keeps what was typed for it.
    """
    typed: Mapping[str, str] = content.get("prices", {})
    meant = set(content.get("zeros", ()))
    cells = [
        _cell(line, typed.get(line.slin, "").strip(), is_meant=line.slin in meant)
        for line in lines
    ]
    figures = {cell.line.slin: cell.figure for cell in cells}
    known = {slin: figure for slin, figure in figures.items() if figure is not None}
    priced = workload_prices(lines, known)
    return [replace(cell, priced=priced.get(cell.line.slin)) for cell in cells]


def _cell(line: SolicitationLine, text: str, *, is_meant: bool) -> Cell:
    if not text:
        return Cell(line, problem="Not priced. Every line needs a price.")
    try:
        price = price_of(text)
    except CellUnreadable as error:
        return Cell(line, text, is_meant, problem=str(error))
    problem = ""
    if price == UnitPrice(0) and not is_meant:
        problem = "0 means free of charge. Confirm it, or write a price."
    return Cell(line, text, is_meant, price, problem)


def total_of(cells: Sequence[Cell]) -> Dollars | None:
    """The evaluated price; none as long as a line is not priced."""
    priced = [cell.priced for cell in cells]
    known = [each for each in priced if each is not None]
    return workload_total(known) if known and len(known) == len(priced) else None


def grid_of(cells: Sequence[Cell]) -> Grid:
    """The cells as a sheet; two of one row and class, if ever, take two rows."""
    classes = list(dict.fromkeys(_column(cell.line) for cell in cells))
    rows: dict[tuple[Any, ...], GridRow] = {}
    for cell in cells:
        line, again = cell.line, 0
        column = classes.index(_column(line))
        what = (line.clin, line.from_tokens, *_served(line))
        while (row := rows.get((*what, again))) and row.cells[column] is not None:
            again += 1
        if row is None:
            label = ", ".join(filter(None, (f"CLIN {line.clin}", *_row(line))))
            row = rows[(*what, again)] = GridRow(label, [None] * len(classes))
        row.cells[column] = cell
    return Grid(classes, list(rows.values()))


def _column(line: SolicitationLine) -> str:
    if line.token_class is None:
        return "Price per unit"
    return str(line.token_class.label)


def _served(line: SolicitationLine) -> tuple[str, ...]:
    """What rows differ by, beside their CLIN and step."""
    if line.token_class is None:
        return ()
    return line.tier, line.context_band, line.boundary


def _row(line: SolicitationLine) -> tuple[str, ...]:
    """What the head of a row says beside its CLIN."""
    if line.token_class is None:
        return (line.description, line.quote_words)
    if line.structure == PriceStructure.TIERS:
        start = f"from {line.from_tokens:,} tokens on" if line.from_tokens else ""
        return (line.served_as, start or "from the first token on")
    if line.structure == PriceStructure.POOL:
        return (line.served_as, line.quote_words)
    return (line.served_as,)


def pasted(text: str, cells: Sequence[Cell]) -> Pasted:
    """Place the cells of a spreadsheet: by line number, or as they stand in the grid.

    Rows that begin with the number of a line give that line what stands in their last
    cell. Otherwise a column is taken line by line, and a block row by row of the grid.
    Nothing is taken whose figure could be another one than was meant, and an empty cell
    takes nothing away.
    """
    try:
        table, mark = _table(text)
    except csv.Error:
        return Pasted(unplaced=[f"{_NO_TABLE} Nothing of it was taken."])
    slins = {cell.line.slin for cell in cells}
    is_by_number = any(row[0].upper() in slins for row in table)
    values = [row for row in table if any(map(_has_digit, row))]
    is_cut = mark == "," and any(_is_cut(row[is_by_number:]) for row in values)
    if is_cut and not (is_by_number and _columns(table)):
        return Pasted(unplaced=[_CUT])
    if is_by_number:
        found = _by_number(table, slins)
    elif all(len(row) == 1 for row in values):
        slin_of = [cell.line.slin for cell in cells]
        found = _in_order([row[0] for row in values], slin_of)
    else:
        found = _as_grid(values, grid_of(cells))
    more = len(found.unplaced) - _MOST_TOLD
    if more > 0:
        found.unplaced[_MOST_TOLD:] = [f"And {more} rows more of this kind."]
    return found


def _table(text: str) -> tuple[list[list[str]], str]:
    """Rows of cells, split at tabs, else at semicolons, else at commas; and at what.

    :raises csv.Error: if it is no table
    """
    plain = text.removeprefix("\ufeff")
    mark = next((each for each in "\t;," if each in plain), "\t")
    read = csv.reader(io.StringIO(plain, newline=""), delimiter=mark)
    rows = [[cell.strip() for cell in row] for row in read]
    return [row for row in rows if any(row)], mark


def _is_cut(row: Sequence[str]) -> bool:
    """Whether two whole figures stand side by side, which a comma may have parted."""
    beside = zip(row, row[1:], strict=False)
    return any(one.isdecimal() and other.isdecimal() for one, other in beside)


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _by_number(table: Sequence[Sequence[str]], slins: set[str]) -> Pasted:
    found = Pasted()
    columns = _columns(table)
    again: set[str] = set()
    for row in table:
        slin = row[0].upper()
        if columns and any(map(_has_digit, row[columns:])):
            found.unplaced.append(
                f"The row of line {row[0]} has {len(row)} cells, and the first row "
                f"{columns}: a decimal comma may have cut a price in two. Nothing of "
                "it was taken. Write prices with a point."
            )
            continue
        if len(row) > 1 and slin.isdecimal():
            slin = slin.zfill(_DIGITS)  # a spreadsheet takes line 0003 for the number 3
        if slin in slins:
            figure = _last(row, columns)
            if figure and found.prices.setdefault(slin, figure) != figure:
                again.add(slin)
        elif _has_digit(slin):
            found.unplaced.append(f"There is no line {row[0]} in the schedule.")
    for slin in sorted(again):
        del found.prices[slin]
        found.unplaced.append(
            f"Line {slin} has two figures in what was pasted. Neither was taken."
        )
    return found


def _columns(table: Sequence[Sequence[str]]) -> int:
    """How many cells the heads of the columns are; 0 where there are none."""
    heads = list(table[0])
    while heads and not heads[-1]:
        heads.pop()
    is_head = len(heads) > 1 and not any(map(_has_digit, heads))
    return len(heads) if is_head else 0


def _last(row: Sequence[str], columns: int) -> str:
    """What stands under the last head, or in the last cell that is filled; never a
    line's number."""
    if columns:
        return row[columns - 1] if len(row) >= columns else ""
    return next((cell for cell in reversed(row[1:]) if cell), "")


def _in_order(values: Sequence[str], slins: Sequence[str]) -> Pasted:
    found = Pasted(dict(zip(slins, values, strict=False)))
    if len(values) != len(slins):
        found.unplaced.append(
            f"{len(values)} prices were pasted, and the schedule has {len(slins)} "
            "lines. They were taken from the first line on: look at each."
        )
    return found


def _as_grid(values: Sequence[Sequence[str]], grid: Grid) -> Pasted:
    found = Pasted()
    fits = len(values) == len(grid.rows) and all(
        len(row) == len(grid.classes) for row in values
    )
    if not fits:
        found.unplaced.append(
            f"The sheet has {len(grid.rows)} rows and {len(grid.classes)} columns; "
            "what was pasted has others. Nothing of it was taken. Put the number of "
            "the line before each price, as the template has it."
        )
        return found
    for row, typed in zip(grid.rows, values, strict=True):
        for cell, text in zip(row.cells, typed, strict=True):
            if cell is not None and text:
                found.prices[cell.line.slin] = text
    return found


def left_words(left: timedelta) -> str:
    """What is left until the deadline: ``"2 days 03:12:40"``; never less than none."""
    seconds = max(int(left.total_seconds()), 0)
    days, rest = divmod(seconds, 86_400)
    clock = f"{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"
    if not days:
        return clock
    return f"{days} day{'s' if days > 1 else ''} {clock}"
