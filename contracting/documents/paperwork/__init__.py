"""What a paper consists of: the blocks of its form and the tables of its annex.

Pure: a frozen context comes in, rows of words go out, and the templates only lay them
out. The blocks of a form are the rows of ``data/blocks.csv``, so that each is printed,
in sequence, whether it is filled or not.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any, Final

from contracting.documents.calculations import (
    FACE_LINES,
    FIGURES,
    drawing_of,
    is_day,
    kept_together,
    on_the_face,
    printed,
)
from contracting.documents.paperwork import forms

DATA: Final = forms.DATA
FormBlock = forms.FormBlock
form_blocks = forms.form_blocks


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its key in the context, its heading and its shape."""

    key: str
    label: str
    shape: str = "text"

    @property
    def is_figures(self) -> bool:
        return self.shape in FIGURES


@dataclass(frozen=True, slots=True)
class Table:
    """A table that a context may hold under ``key`` as a list of dicts."""

    key: str
    caption: str
    columns: tuple[Column, ...]


MOST_CONTEXT_BYTES: Final = 8 * 1024 * 1024
"""Of the canonical text of what a paper prints, and carries as its attachment."""

_MOST_PAGES: Final = 200
_MOST_PAGES_OF: Final = {
    "contract": 600,
    "letter": 40,
    "receipt": 60,
    "reconciliation": 600,
    "solicitation": 600,
}


def most_pages(kind: str) -> int:
    """How many pages a paper of this kind may have; what is longer is a schedule."""
    return _MOST_PAGES_OF.get(kind, _MOST_PAGES)


@cache
def tables() -> dict[str, Table]:
    """Every table a context may hold, in the order in which an annex prints them."""
    with (DATA / "tables.csv").open(encoding="utf-8", newline="") as lines:
        return {
            key: Table(
                key,
                caption,
                tuple(Column(row["key"], row["label"], row["shape"]) for row in rows),
            )
            for (key, caption), rows in groupby(
                csv.DictReader(lines), key=lambda row: (row["table"], row["caption"])
            )
        }


FIRST_PAGE_LINES: Final = 6
FACES: Final = ((FACE_LINES, FIRST_PAGE_LINES), (6, 4), (4, 3), (3, 2))
"""Lines of a block and of the schedule on a form: fewer where its signatures would
leave the page. What does not fit stands whole on the continuation."""
SHORT: Final = 12
"""Letters; a cell with no more stands on one line."""
LONGEST_WORD: Final = 32
"""Letters; a longer word is broken anywhere rather than printed off the page."""
LONGEST_FIGURE: Final = 19
"""A longer one, of a trillion dollars or tokens, may be broken too."""
LONG_TABLE: Final = 200
"""Rows; a table with more is enclosed as a file, and the pages print its beginning."""
SHOWN_OF_LONG: Final = 40
LETTERHEAD: Final = ("dated", "sender", "addressee", "reference", "subject")
LINES_OF_WORDS: Final = (
    *("summary", "description", "subject", "issuer"),
    *("heading", "basis"),
)
"""Keys of a context that are printed as they stand, above what they sum up."""
_LEAST_ROWS: Final = {"SF1449": 6, "SF18": 6, "OF347": 3, "RECEIVING": 4, "VOUCHER": 6}
FORM_OF: Final = {
    "solicitation": "SF1449",
    "request_for_quotations": "SF18",
    "contract": "SF1449",
    "conformed_contract": "SF1449",
    "task_order": "OF347",
    "modification": "SF30",
    "receiving_report": "RECEIVING",
    "voucher": "VOUCHER",
    "invoice": "INVOICE",
}
FORM_TABLE: Final = {
    "solicitation": "lines",
    "request_for_quotations": "lines",
    "contract": "lines",
    "conformed_contract": "lines",
    "task_order": "lines",
    "receiving_report": "accepted",
    "voucher": "paying",
}


@cache
def markings() -> dict[str, str]:
    """The line that every page of a kind bears at its top and its foot."""
    with (DATA / "markings.csv").open(encoding="utf-8", newline="") as lines:
        return {row["kind"]: row["marking"] for row in csv.DictReader(lines)}


def marking_of(kind: str, context: Mapping[str, Any]) -> str:
    """What every page of this paper bears: a copy for release bears nothing else."""
    released = context.get("release")
    if released:
        return f"{RELEASE_COPY} ({released})"
    return markings().get(kind, "")


RELEASE_COPY: Final = (
    "COPY FOR RELEASE. WHAT IS WITHHELD NAMES ITS EXEMPTION, 5 U.S.C. 552(b)"
)


def laid_out(kind: str, context: Mapping[str, Any], face: int = 0) -> dict[str, Any]:
    """Everything the templates print of a context, in the order in which they do.

    :param face: a place in ``FACES``; the higher, the less stands on the form itself

    :returns: ``form`` (sections of rows of columns of blocks), ``schedule`` (the form's
        own table), ``tables`` (the annex), ``facts`` and ``sections``
    """
    zone = str(context.get("time_zone") or "")
    form = FORM_OF.get(kind, "")
    lines, rows = FACES[face]
    own = FORM_TABLE.get(kind, "")
    schedule = _schedule(kind, form, context, zone, rows) if own else None
    fits = len(_rows_of(context, own)) <= rows
    shown = {own} if fits else set()
    shown |= {each.get("table", "") for each in context.get("sections") or []}
    blocks = context.get("blocks") or {}
    return {
        "face": face,
        "form": forms.form_of(form, blocks, zone, lines),
        "schedule": schedule,
        "tables": list(_annex(context, zone, without=shown)),
        "facts": _facts(context.get("facts") or [], zone),
        "sections": [
            *forms.continued(form, blocks, zone, lines),
            *_long_facts(context.get("facts") or [], zone),
            *_sections(context, zone),
        ],
        "signatures": _signatures(context.get("signatures") or [], zone),
        "notes": [printed(note, zone=zone) for note in context.get("notes") or []],
        "as_of_words": printed(context.get("as_of")),
        "letterhead": {
            key: printed(said, zone=zone)
            for key, said in (context.get("letterhead") or {}).items()
        },
        # Its labels are rounded and no part of the record: a copy for release has none.
        "drawing": {}
        if context.get("release")
        else drawing_of(_rows_of(context, "waterfall")),
    }


def _schedule(
    kind: str, form: str, context: Mapping[str, Any], zone: str, most: int
) -> dict[str, Any]:
    numbers = [block for block in form_blocks(form) if block.section == "schedule"]
    columns = _columns_of(kind, numbers)
    rows = _rows_of(context, FORM_TABLE[kind])
    fits = len(rows) <= most
    footer = (context.get("totals") or {}).get(FORM_TABLE[kind])
    if any(block.block == "total" for block in form_blocks(form)):
        footer = None  # it has a block of its own on this form
    return {
        "columns": [
            {
                "number": "" if "unnumbered" in block.shape else block.block,
                "label": block.caption,
                "figures": column.is_figures,
                "wide": column.key == "description",
            }
            for block, column in zip(numbers, columns, strict=True)
        ],
        "rows": [_cells(row, columns, zone) for row in rows[:most]],
        "blank": range(max(0, min(_LEAST_ROWS[form], most) - len(rows))),
        "footer": _cells(footer, columns, zone) if footer and fits else [],
        "continued": not fits,
        "left": max(0, len(rows) - most),
    }


def _columns_of(kind: str, numbers: list[FormBlock]) -> list[Column]:
    """The form's own columns; OF 347 has one more, for what was accepted."""
    columns = list(tables()[FORM_TABLE[kind]].columns)
    return [*columns, Column("accepted", "Accepted", "tokens")][: len(numbers)]


def _annex(
    context: Mapping[str, Any], zone: str, *, without: Iterable[str]
) -> Iterable[dict[str, Any]]:
    footers = context.get("totals") or {}
    for key, table in tables().items():
        rows = _rows_of(context, key)
        if rows and key not in without:
            yield _printed_table(table, rows, footers.get(key), zone)
    yield from _own_tables(context.get("tables"), "table", zone)


def tables_of(
    context: Mapping[str, Any],
) -> Iterable[tuple[Table, list[Mapping[str, Any]]]]:
    """Every table of a context with its rows: those of the house, then its own.

    One that the context describes itself is named by its place: ``table-1``, or
    ``section-2-table-1`` when it stands below the words of a section.
    """
    for key, table in tables().items():
        yield table, _rows_of(context, key)
    own = [(context.get("tables"), "table")]
    for at, section in enumerate(context.get("sections") or [], 1):
        own.append((section.get("tables"), f"section-{at}-table"))
    for given, name in own:
        for table, rows, _ in described(given, name):
            yield table, rows


def described(
    given: Iterable[Mapping[str, Any]] | None, name: str
) -> Iterable[tuple[Table, list[Mapping[str, Any]], Any]]:
    """Tables that bring their own columns, each with its rows and its last row."""
    for at, each in enumerate(given or [], 1):
        columns = tuple(
            Column(column["key"], column["label"], column.get("shape", "text"))
            for column in each["columns"]
        )
        table = Table(f"{name}-{at}", each["caption"], columns)
        yield table, each.get("rows") or [], each.get("totals")


def _own_tables(
    given: Iterable[Mapping[str, Any]] | None, name: str, zone: str
) -> Iterable[dict[str, Any]]:
    for table, rows, totals in described(given, name):
        yield _printed_table(table, rows, totals, zone)


def file_of(table: Table) -> str:
    """The name of the enclosed file that holds a long table whole."""
    return f"{table.key}.csv"


def filled_columns(
    table: Table,
    rows: Iterable[Mapping[str, Any]],
    footer: Mapping[str, Any] | None = None,
) -> list[Column]:
    """The columns that some row fills, or the first where none is."""
    filled = [*rows, footer or {}]
    return [
        column
        for column in table.columns
        if any(row.get(column.key) not in {None, ""} for row in filled)
    ] or list(table.columns[:1])


def _printed_table(
    table: Table, rows: list[Mapping[str, Any]], footer: Any, zone: str
) -> dict[str, Any]:
    """The table without the columns that no row fills; of a long one the beginning."""
    columns = filled_columns(table, rows, footer)
    is_long = len(rows) > LONG_TABLE
    rest = (
        f"The first {SHOWN_OF_LONG} of {len(rows):,} rows. All {len(rows):,} stand in "
        f"the file {file_of(table)} that is attached to this PDF."
    )
    return {
        "key": table.key,
        "caption": table.caption,
        "rest": rest if is_long else "",
        "columns": [
            {"label": column.label, "figures": column.is_figures} for column in columns
        ],
        "rows": [
            _cells(row, columns, zone)
            for row in (rows[:SHOWN_OF_LONG] if is_long else rows)
        ],
        "footer": _cells(footer, columns, zone) if footer else [],
    }


def _cells(
    row: Mapping[str, Any], columns: Iterable[Column], zone: str
) -> list[dict[str, Any]]:
    return [_cell(row.get(column.key), column, zone) for column in columns]


def _cell(value: Any, column: Column, zone: str) -> dict[str, Any]:
    text = kept_together(printed(value, column.shape, zone))
    most = LONGEST_FIGURE if column.is_figures else LONGEST_WORD
    long_word = max(map(len, text.split()), default=0) > most
    shape = "figures" if column.is_figures else ""
    shape = shape or ("mono" if column.shape == "mono" else "")
    is_short = column.shape == "short" or is_day(value) or len(text) <= SHORT
    shape = shape or ("short" if is_short else "")
    return {
        "text": text,
        "figures": column.is_figures,
        "shape": _broken(shape) if long_word and shape != "mono" else shape,
    }


def _broken(shape: str) -> str:
    """A cell with a word that no column holds; a figure stays a figure."""
    return "figures unbroken" if shape == "figures" else "unbroken"


def _rows_of(context: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    rows = context.get(key)
    if not isinstance(rows, list):
        return []
    return [row for row in rows if isinstance(row, Mapping)]


def _facts(facts: Iterable[Any], zone: str) -> list[dict[str, Any]]:
    found = []
    for given in map(_named, facts):
        shape = str(given.get("shape") or "text")
        value = on_the_face(printed(given.get("value"), shape, zone), 1)
        wide = len(value) > 64 or "\n" in value or shape == "mono"
        long_word = max(map(len, value.split()), default=0) > _LONGEST_IN_A_FACT
        span = 12 if wide else 6 if long_word else 4
        found.append(
            {
                "label": printed(given.get("label")),
                "value": value,
                "figures": shape in FIGURES,
                "mono": shape == "mono",
                "span": int(given.get("span") or span),
            }
        )
    return _fill_rows(found)


def _named(fact: Any) -> Mapping[str, Any]:
    is_named = isinstance(fact, Mapping)
    return fact if is_named else dict(zip(_FACT, fact, strict=False))


def _long_facts(facts: Iterable[Any], zone: str) -> Iterable[dict[str, Any]]:
    """Facts whose words no box holds, in full: a box is never broken over two pages."""
    for given in map(_named, facts):
        whole = printed(given.get("value"), str(given.get("shape") or "text"), zone)
        if on_the_face(whole, 1) != whole:
            heading = f"{printed(given.get('label'))}, in full"
            yield {"heading": heading, "paragraphs": whole.split("\n\n")}


_LONGEST_IN_A_FACT: Final = 24
"""Letters; a longer word is given half of the width rather than broken."""
_FACT: Final = ("label", "value", "shape")


def _fill_rows(facts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Widen the last block of each row, so that no row of boxes ends in a gap."""
    used = 0
    for index, fact in enumerate(facts):
        used += fact["span"]
        following = facts[index + 1]["span"] if index + 1 < len(facts) else 13
        if used + following > 12:
            fact["span"] += 12 - used if used < 12 else 0
            used = 0
    return facts


def _sections(context: Mapping[str, Any], zone: str) -> list[dict[str, Any]]:
    """The sections in order, each with the tables that belong below its words."""
    found = []
    for at, section in enumerate(context.get("sections") or [], 1):
        text = section.get("text") or section.get("paragraphs") or ""
        text = "\n\n".join(text) if isinstance(text, list) else str(text)
        paragraphs = [printed(part, zone=zone) for part in text.split("\n\n") if part]
        found.append(
            {
                "heading": printed(section.get("heading")),
                "paragraphs": paragraphs,
                "tables": list(_tables_below(section, context, at, zone)),
            }
        )
    return found


def _tables_below(
    section: Mapping[str, Any], context: Mapping[str, Any], at: int, zone: str
) -> Iterable[dict[str, Any]]:
    key = section.get("table", "")
    rows = _rows_of(context, key)
    if rows and key in tables():
        footer = (context.get("totals") or {}).get(key)
        yield _printed_table(tables()[key], rows, footer, zone)
    yield from _own_tables(section.get("tables"), f"section-{at}-table", zone)


def _signatures(
    signatures: Sequence[Mapping[str, Any]], zone: str
) -> list[dict[str, Any]]:
    alone = len(signatures) - 1 if len(signatures) % 2 else None
    return [
        {
            "caption": printed(given.get("capacity")),
            "signed_by": printed(given.get("signed_by") or given.get("name")),
            "signer_title": printed(given.get("title")),
            "signed_at": printed(given.get("signed_at"), zone=zone),
            "waits_for": printed(given.get("waits_for")),
            "span": 12 if index == alone else 6,
        }
        for index, given in enumerate(signatures)
    ]
