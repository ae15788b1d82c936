"""One paper of every kind, and what other programs say of its file."""

from __future__ import annotations

import html
import json
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pikepdf

from contracting.documents import rendering
from contracting.documents.calculations import printed
from contracting.documents.models import Document
from contracting.documents.operations.render import _sheet
from contracting.documents.signing import orders, signatures
from tests.architecture.tree import ROOT
from tests.documents import papers
from tests.documents.signers import PARTIES, records


@dataclass
class Exhibit:
    """A paper as it hangs: printed, with fields to sign, and after each signature."""

    sheet: rendering.Sheet
    is_real: bool
    files: list[Path]

    @property
    def kind(self) -> str:
        return self.sheet.kind

    @cached_property
    def text(self) -> str:
        """What pdftotext reads, without its spaces: a line may end anywhere."""
        return papers.squeezed(run("pdftotext", "-raw", self.files[-1], "-"))

    @cached_property
    def pdf(self) -> pikepdf.Pdf:
        return pikepdf.open(self.files[-1])

    @cached_property
    def record(self) -> dict[str, Any]:
        """The JSON that it encloses."""
        name = f"{self.kind}.json"
        found: dict[str, Any] = json.loads(self.enclosed[name])
        return found

    @cached_property
    def enclosed(self) -> dict[str, bytes]:
        """Every file in it, by its name."""
        return {
            name: spec.get_file().read_bytes()
            for name, spec in self.pdf.attachments.items()
        }


def sheets() -> Iterator[tuple[rendering.Sheet, bool]]:
    """Of each kind the story's fullest paper, or a filled sample; and whether real."""
    fullest: dict[str, Document] = {}
    for each in Document.objects.select_related("agency").order_by("pk"):
        known = fullest.get(each.kind)
        if known is None or len(str(each.context)) > len(str(known.context)):
            fullest[each.kind] = each
    for each in fullest.values():
        yield _sheet(each), True
    for kind in papers.KINDS:
        if kind not in fullest:
            yield papers.sheet(kind), False


def hung(sheet: rendering.Sheet, is_real: bool, place: Path) -> Exhibit:
    """Print it; sign it for one and for two parties, and seal it where nobody signs."""
    plain = rendering.render(sheet)
    signed = signatures.sign_print(plain, parties=PARTIES, records=records())
    revisions = [signed.content[:end] for end in signed.revisions]
    paper = orders.paper(sheet.kind)
    if paper.is_sealed and not orders.orders()[paper.order]:
        revisions.append(signatures.seal(plain, reason="Issued").content)
    files = []
    for number, content in enumerate(revisions):
        files.append(place / f"{sheet.kind}-{number}.pdf")
        files[-1].write_bytes(content)
    return Exhibit(sheet, is_real, files)


def run(*command: str | Path) -> str:
    """What a program says; it has to end well, without a warning."""
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, timeout=60, check=False
    )
    said = done.stderr.decode()
    assert done.returncode == 0, f"{command}: {said[-800:]}"
    return done.stdout.decode()


_PRINTING = """
import hashlib, json, pickle, sys
import django
django.setup()
from contracting.documents import rendering
made = {
    sheet.kind: hashlib.sha256(rendering.render(sheet)).hexdigest()
    for sheet in pickle.loads(sys.stdin.buffer.read())
}
sys.stdout.write(json.dumps(made))
"""


class AnotherProcess:
    """Prints the same sheets elsewhere, at another time of day and in another order."""

    def __init__(self, all_sheets: list[rendering.Sheet]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PRINTING],
            cwd=ROOT,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "tests.settings",
                "PYTHONHASHSEED": "7",
                "TZ": "Asia/Tokyo",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdin
        self._process.stdin.write(pickle.dumps(all_sheets[::-1]))
        self._process.stdin.close()

    def hashes(self) -> dict[str, str]:
        """SHA-256 of each print, by kind."""
        assert self._process.stdout
        said = self._process.stdout.read()
        assert self._process.wait(timeout=120) == 0
        found: dict[str, str] = json.loads(said)
        return found


@dataclass(frozen=True, slots=True)
class Word:
    """A word where pdftotext sees it, in points from the top left of its page."""

    page: int
    size: tuple[float, float]
    left: float
    top: float
    right: float
    bottom: float
    text: str

    @property
    def is_outside(self) -> bool:
        """Whether it reaches beyond an edge of its page."""
        width, height = self.size
        leaves_above = self.left < 0 or self.top < 0
        return leaves_above or self.right > width or self.bottom > height

    def covers(self, other: Word) -> bool:
        """Whether the two are printed on each other."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        least = min(self.bottom - self.top, other.bottom - other.top)
        return wide > POINTS_BY_ROUNDING and high > least / 2


POINTS_BY_ROUNDING = 0.5


def words_of(file: Path) -> Iterator[Word]:
    """Every word of a print, page by page."""
    number, size = 0, (0.0, 0.0)
    for line in run("pdftotext", "-bbox", file, "-").splitlines():
        if page := re.search(r'<page width="([\d.]+)" height="([\d.]+)"', line):
            number, size = number + 1, (float(page[1]), float(page[2]))
        elif word := re.search(
            r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)"'
            r' yMax="([-\d.]+)">(.*)</word>',
            line,
        ):
            left, top, right, bottom = map(float, word.groups()[:4])
            yield Word(number, size, left, top, right, bottom, html.unescape(word[5]))
    assert number


def words_on_each_other(file: Path) -> list[tuple[str, str]]:
    """Pairs of words of which one is printed on the other."""
    found = []
    words = sorted(words_of(file), key=lambda word: (word.page, word.top))
    for place, word in enumerate(words):
        for below in words[place + 1 :]:
            if below.page > word.page or below.top >= word.bottom:
                break
            if word.covers(below):
                found.append((word.text, below.text))
    return found


def missing_glyphs(pdf: pikepdf.Pdf) -> int:
    """How often a page shows glyph 0, the box of a font that lacks a letter."""
    count = 0
    for page in pdf.pages:
        for step in pikepdf.parse_content_stream(page):
            if str(step.operator) not in {"Tj", "TJ"}:
                continue
            given: Any = step.operands
            for part in given[0] if str(step.operator) == "TJ" else given:
                if isinstance(part, pikepdf.String):
                    codes = bytes(part)
                    count += sum(
                        codes[at : at + 2] == b"\0\0" for at in range(0, len(codes), 2)
                    )
    return count


def not_printed(exhibit: Exhibit) -> list[str]:
    """The values of the record that stand neither on a page nor in a file of it."""
    zone = str(exhibit.sheet.context.get("time_zone") or "")
    elsewhere = papers.squeezed(
        "".join(
            content.decode()
            for name, content in exhibit.enclosed.items()
            if not name.endswith(".json")
        )
    )
    return [
        f"{path}: {value!r}"
        for path, value in leaves(exhibit.record)
        if not any(
            papers.squeezed(words) in exhibit.text
            or papers.squeezed(words) in elsewhere
            for words in {
                str(value),
                *(
                    printed(value, shape, place)
                    for shape in ("text", "tokens", "dollars", "percent")
                    for place in (zone, "")
                ),
            }
        )
    ]


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Each value with its place; what describes shape or words is no value."""
    if isinstance(value, dict):
        for name, item in value.items():
            inner = f"{path}.{name}" if path else name
            if inner not in {"schema", "kind", "context.time_zone"} and name not in {
                *("shape", "span", "key")
            }:
                yield from leaves(item, inner)
    elif isinstance(value, list):
        items = value[:2] if path.endswith("facts[]") else value
        for item in items:
            yield from leaves(item, f"{path}[]")
    elif value is not None and value != "":
        yield path, value
