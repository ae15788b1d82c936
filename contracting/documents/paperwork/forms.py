"""The blocks of official forms, in sequence, each with its value or empty."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from contracting.documents.calculations import FACE_LINES, on_the_face, printed

DATA: Final = Path(__file__).parent.parent / "data"


@dataclass(frozen=True, slots=True)
class FormBlock:
    """A row of ``blocks.csv``: one block of an official form."""

    form: str
    section: str
    row: int
    column: str
    width: int
    block: str
    span: int
    caption: str
    source: str
    required: str
    options: tuple[str, ...]
    aliases: Mapping[str, str]
    shape: str

    @property
    def is_counted(self) -> bool:
        """Whether it asks for page and pages, which the foot of each page counts.

        A count in the words would have every page laid out twice.
        """
        return "pages" in self.shape.split()


@cache
def form_blocks(form: str) -> tuple[FormBlock, ...]:
    """The blocks of a form in sequence, as ``data/blocks.csv`` lists them."""
    with (DATA / "blocks.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(
            FormBlock(
                form=row["form"],
                section=row["section"],
                row=int(row["row"]),
                column=row["column"],
                width=int(row["width"] or 12),
                block=row["block"],
                span=int(row["span"]),
                caption=row["caption"],
                source=row["source"],
                required=row["required"],
                options=tuple(key for key, _ in _options(row["options"])),
                aliases={old: key for key, old in _options(row["options"]) if old},
                shape=row["shape"],
            )
            for row in csv.DictReader(lines)
            if row["form"] == form
        )


def _options(listed: str) -> list[tuple[str, str]]:
    """The words beside each box, and what older papers call it."""
    found = (each.partition("=") for each in listed.split("|") if each)
    return [(words, older) for words, _, older in found]


def form_of(
    form: str, values: Mapping[str, Any], zone: str, most: int = FACE_LINES
) -> dict[str, Any]:
    """Sections → rows → columns → blocks, each with its value.

    :param most: lines that a block has on the face
    """
    sections: dict[str, Any] = {}
    for (section, _), row in groupby(
        form_blocks(form), key=lambda block: (block.section, block.row)
    ):
        columns = [
            {
                "width": width,
                "blocks": [
                    _filled(block, values.get(block.block), zone, most) for block in of
                ],
            }
            for (_, width), of in groupby(
                row, key=lambda block: (block.column, block.width)
            )
        ]
        sections.setdefault(section, []).append(columns)
    return sections


def continued(
    form: str, values: Mapping[str, Any], zone: str, most: int = FACE_LINES
) -> Iterable[dict[str, Any]]:
    """The blocks whose words do not fit on the face of the form, in full."""
    for block in form_blocks(form):
        filled = _filled(block, values.get(block.block), zone, most)
        if filled["value"] != filled["whole"]:
            name = filled["number"] or f"“{block.caption}”"
            heading = f"Block {name}, in full"
            yield {"heading": heading, "paragraphs": filled["whole"].split("\n\n")}


def _filled(block: FormBlock, value: Any, zone: str, most: int) -> dict[str, Any]:
    given = value if isinstance(value, Mapping) else {"text": value}
    checked = given.get("checked") or []
    checked = [checked] if isinstance(checked, str) else list(checked)
    text = given.get("text")
    if isinstance(text, str) and text in {*block.options, *block.aliases}:
        checked, text = [*checked, text], ""
    checked = [block.aliases.get(each, each) for each in checked]
    shape = "dollars" if "figures" in block.shape else "text"
    whole = printed(text, shape, zone)
    return {
        "number": "" if "unnumbered" in block.shape else block.block,
        "caption": block.caption,
        "span": block.span,
        "shape": block.shape,
        "value": on_the_face(whole, block.span * block.width / 144, most),
        "whole": whole,
        "signed_by": printed(given.get("signed_by")),
        "signer_title": printed(given.get("title")),
        "signed_at": printed(given.get("signed_at"), zone=zone),
        "is_counted": block.is_counted,
        "choices": [
            {"label": option, "checked": option in checked} for option in block.options
        ],
    }
