"""What is left of a paper when passages, columns and blocks of it are withheld.

Pure: plain values come in and go out, cut before anything is printed, so that neither a
page nor a file within the paper holds what was cut. A figure is cut as it is printed
and as it is kept; what is left of one would tell of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from contracting.documents import paperwork
from contracting.documents.calculations import printed
from contracting.documents.paperwork import forms

LEAST_LETTERS: Final = 2
"""A shorter passage is in every other word."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """A passage that a copy leaves out, and the exemption that lets it.

    With ``is_heading`` it names a column, a fact, a block of a form or a section, and
    everything below that heading is left out.
    """

    passage: str
    basis: str
    is_heading: bool = False

    @property
    def pattern(self) -> re.Pattern[str]:
        """Finds the passage however its words are spaced, broken and capitalised.

        A figure is found as a whole: what is left of one would tell of it.
        """
        words = r"\s+".join(re.escape(word) for word in self.passage.split())
        if self.passage.strip()[:1].isdigit():
            words = r"(?:\d[.,]?)*" + words
        if self.passage.strip()[-1:].isdigit():
            words += r"(?:[.,]?\d)*"
        return re.compile(words, re.IGNORECASE)

    @property
    def is_long_enough(self) -> bool:
        letters = [each for each in self.passage if each.isalnum()]
        return len(letters) >= LEAST_LETTERS

    def heads(self, *headings: object) -> bool:
        """Whether it names one of these headings."""
        named = " ".join(self.passage.split()).casefold()
        return self.is_heading and named in {
            " ".join(str(each).split()).casefold() for each in headings
        }


def found_in(value: Any, withheld: Withheld) -> bool:
    """Whether a passage stands anywhere in plain values."""
    return any(withheld.pattern.search(text) for text in _texts(value))


def redacted(value: Any, withheld: Sequence[Withheld]) -> Any:
    """The same plain values without the passages, each place naming its exemption.

    Passages that overlap go out together, so that no end of one is left.
    """
    if isinstance(value, str):
        return _without(value, withheld)
    if isinstance(value, Mapping):
        return {key: redacted(each, withheld) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [redacted(each, withheld) for each in value]
    return value


def left_of(
    kind: str, context: Mapping[str, Any], withheld: Sequence[Withheld]
) -> dict[str, Any]:
    """The context of a paper without what is withheld of it.

    :param context: as it is printed, without what no page prints
    """
    return _Cut(kind, context, withheld).all()


def headings_of(kind: str, context: Mapping[str, Any]) -> list[str]:
    """Everything that may be withheld whole, by its heading, as the pages name it."""
    blocks = context.get("blocks") or {}
    found = [
        each.caption
        for each in paperwork.form_blocks(paperwork.FORM_OF.get(kind, ""))
        if each.block in blocks
    ]
    found += [str(_fact(each)["label"]) for each in context.get("facts") or []]
    found += [
        str(each["heading"])
        for each in context.get("sections") or []
        if each.get("heading")
    ]
    for table, rows in paperwork.tables_of(context):
        if rows:
            found += [
                each.label for each in paperwork.filled_columns(table, list(rows))
            ]
    return list(dict.fromkeys(found))


class _Cut:
    """One paper, walked through as its templates do."""

    def __init__(
        self, kind: str, context: Mapping[str, Any], withheld: Sequence[Withheld]
    ) -> None:
        self.kind, self.context = kind, context
        self.withheld = withheld
        self.passages = [each for each in withheld if not each.is_heading]
        self.zone = str(context.get("time_zone") or "")

    def all(self) -> dict[str, Any]:
        left: dict[str, Any] = {}
        walks = {
            "time_zone": lambda value: value,
            "blocks": self._blocks,
            "facts": lambda facts: [self._fact(each) for each in facts],
            "sections": lambda sections: [self._section(each) for each in sections],
            "tables": lambda tables: [self._own_table(each) for each in tables],
            "totals": self._totals,
        }
        for key, value in self.context.items():
            table = paperwork.tables().get(key)
            if table is not None and isinstance(value, list):
                left[key] = self._rows(table, value)
            else:
                left[key] = walks.get(key, self._values)(value)
        self._cut_below_sections(left)
        return left

    # Values -------------------------------------------------------------------------

    def _value(self, value: Any, shape: str = "text") -> Any:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, list):
            return self._lines(value, shape)
        shown = printed(value, shape, self.zone)
        if isinstance(value, str) and shown == value:
            return _without(value, self.passages)
        bases = [
            each.basis
            for each in self.passages
            if each.pattern.search(shown) or each.pattern.search(str(value))
        ]
        return _mark(bases) if bases else value

    def _lines(self, values: list[Any], shape: str) -> list[Any]:
        """A list is printed line by line: a passage may go over the end of one."""
        if all(isinstance(each, str) for each in values):
            whole = "\n".join(values)
            if any(each.pattern.search(whole) for each in self.passages):
                cut = [self._value(each, shape) for each in values]
                still = _without("\n".join(map(str, cut)), self.passages)
                return still.split("\n")
        return [self._value(each, shape) for each in values]

    def _values(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: self._values(each) for key, each in value.items()}
        if isinstance(value, list) and any(
            isinstance(each, (Mapping, list)) for each in value
        ):
            return [self._values(each) for each in value]
        return self._value(value)

    def _bases(self, *headings: object) -> list[str]:
        return [each.basis for each in self.withheld if each.heads(*headings)]

    # Parts --------------------------------------------------------------------------

    def _blocks(self, blocks: Mapping[str, Any]) -> dict[str, Any]:
        known = {
            each.block: each
            for each in paperwork.form_blocks(paperwork.FORM_OF.get(self.kind, ""))
        }
        return {
            number: self._block(known.get(number), number, value)
            for number, value in blocks.items()
        }

    def _block(self, of: forms.FormBlock | None, number: str, value: Any) -> Any:
        bases = self._bases(of.caption if of else number, number)
        if bases:
            return _mark(bases)
        shape = "dollars" if of and "figures" in of.shape else "text"
        if not isinstance(value, Mapping):
            return self._value(value, shape)
        return {
            key: self._value(each, shape if key == "text" else "text")
            for key, each in value.items()
        }

    def _fact(self, given: Any) -> dict[str, Any]:
        fact = _fact(given)
        shape = str(fact.get("shape") or "text")
        bases = self._bases(fact["label"])
        was = fact.get("value")
        value = _mark(bases) if bases else self._value(was, shape)
        return {**fact, "label": self._value(fact["label"]), "value": value}

    def _section(self, section: Mapping[str, Any]) -> dict[str, Any]:
        bases = self._bases(section.get("heading"))
        cut = {
            key: self._values(value)
            for key, value in section.items()
            if key not in {"tables", "table"}
        }
        if "table" in section:
            cut["table"] = section["table"]
        if "tables" in section:
            cut["tables"] = [
                self._own_table(each, bases) for each in section["tables"] or []
            ]
        if bases:
            cut.pop("paragraphs", None)
            cut["text"] = _mark(bases)
        return cut

    def _cut_below_sections(self, left: dict[str, Any]) -> None:
        """A table of the house that stands below a heading which is withheld."""
        for section in self.context.get("sections") or []:
            bases = self._bases(section.get("heading"))
            key = section.get("table", "")
            if bases and isinstance(left.get(key), list):
                left[key] = [dict.fromkeys(row, _mark(bases)) for row in left[key]]
                totals = left.get("totals") or {}
                if key in totals:
                    totals[key] = dict.fromkeys(totals[key], _mark(bases))

    def _own_table(
        self, given: Mapping[str, Any], bases: Sequence[str] = ()
    ) -> dict[str, Any]:
        ((table, rows, totals),) = paperwork.described([given], "table")
        columns = [
            {**each, "label": self._value(each["label"])} for each in given["columns"]
        ]
        cut = {**given, "caption": self._value(given["caption"]), "columns": columns}
        if "rows" in given:
            cut["rows"] = self._rows(table, rows, bases)
        if totals:
            (cut["totals"],) = self._rows(table, [totals], bases)
        return cut

    def _totals(self, totals: Mapping[str, Any]) -> dict[str, Any]:
        known = paperwork.tables()
        return {
            key: self._rows(known[key], [row])[0] if key in known else self._values(row)
            for key, row in totals.items()
        }

    def _rows(
        self,
        table: paperwork.Table,
        rows: Iterable[Mapping[str, Any]],
        bases: Sequence[str] = (),
    ) -> list[dict[str, Any]]:
        cut = {
            column.key: list(bases) or self._bases(*self._names(table, column))
            for column in table.columns
        }
        shapes = {column.key: column.shape for column in table.columns}
        return [
            {
                key: _mark(cut[key])
                if cut.get(key) and value is not None and value != ""
                else self._value(value, shapes.get(key, "text"))
                for key, value in row.items()
            }
            for row in rows
        ]

    def _names(self, table: paperwork.Table, column: paperwork.Column) -> list[str]:
        """A column of a form's own schedule bears the caption of its block too."""
        names = [column.label]
        if paperwork.FORM_TABLE.get(self.kind) == table.key:
            blocks = [
                each
                for each in paperwork.form_blocks(paperwork.FORM_OF[self.kind])
                if each.section == "schedule"
            ]
            names += [
                block.caption
                for block, of in zip(blocks, table.columns, strict=False)
                if of.key == column.key
            ]
        return names


def _fact(given: Any) -> dict[str, Any]:
    if isinstance(given, Mapping):
        return dict(given)
    return dict(zip(("label", "value", "shape"), given, strict=False))


def _mark(bases: Iterable[str]) -> str:
    return f"[redacted: {', '.join(dict.fromkeys(bases))}]"


def _without(text: str, withheld: Sequence[Withheld]) -> str:
    made, at = [], 0
    for start, end, bases in _spans(text, withheld):
        made += [text[at:start], _mark(bases)]
        at = end
    return "".join([*made, text[at:]])


def _spans(
    text: str, withheld: Sequence[Withheld]
) -> Iterator[tuple[int, int, list[str]]]:
    """Where passages stand, those that overlap or touch as one, in order."""
    places = sorted(
        (found.start(), found.end(), each.basis)
        for each in withheld
        for found in _everywhere(each.pattern, text)
    )
    merged: list[tuple[int, int, list[str]]] = []
    for start, end, basis in places:
        if merged and start <= merged[-1][1]:
            first, last, bases = merged[-1]
            bases = bases if basis in bases else [*bases, basis]
            merged[-1] = (first, max(last, end), bases)
        else:
            merged.append((start, end, [basis]))
    yield from merged


def _everywhere(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Every place, those within or across another one included."""
    at = 0
    while (found := pattern.search(text, at)) is not None:
        yield found
        at = found.start() + 1


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _texts(each)
