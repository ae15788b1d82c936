"""The face of a form is one page with its signatures, whatever its blocks hold."""

import io
from functools import cache

import pytest
from pypdf import PdfReader

from contracting.documents import paperwork, rendering
from tests.documents.papers import context_of, sheet, squeezed

LONG = (
    "Société Générale d'Intelligence, Łódź & Köln Großkanzlei für Sprachmodelle, "
    "Αθήνα, Київ GmbH & Co. KG"
)
ADDRESS = "\n".join([LONG, *(f"Line {n} of an address" for n in range(1, 9))])
LINES = [
    {
        "item": f"{number:04}",
        "description": f"Tokens, with a rather long description, line {number}",
        "quantity": "1234567.89",
        "unit": "MTOK",
        "amount": f"NTE $1,{number:03},000",
    }
    for number in range(1, 301)
]


def crowded(kind):
    """The sample of that kind with every tall block full."""
    context = context_of(kind)
    form = paperwork.form_blocks(paperwork.FORM_OF[kind])
    for block in form:
        if block.section != "schedule" and "tall" in block.shape:
            context["blocks"][block.block] = ADDRESS
    own = paperwork.FORM_TABLE.get(kind)
    if own == "lines":
        context["lines"] = LINES
    return context


@cache
def crowded_print(kind):
    """Its print; made once."""
    return PdfReader(io.BytesIO(rendering.render(sheet(kind, context=crowded(kind)))))


@pytest.mark.parametrize(("kind", "last"), [("contract", "31a."), ("voucher", "Cash")])
def test_its_last_block_is_on_page_one_and_what_is_cut_stands_in_full(kind, last):
    pages = [squeezed(page.extract_text()) for page in crowded_print(kind).pages]

    assert squeezed(last) in pages[0]
    assert squeezed("in full on the continuation sheet") in pages[0]
    assert squeezed(ADDRESS) in "".join(pages[1:])


def test_a_form_that_fits_is_laid_out_once(monkeypatch):
    faces = []
    once = rendering.html_of

    def counted(of, face=0):
        faces.append(face)
        return once(of, face)

    monkeypatch.setattr(rendering, "html_of", counted)

    rendering.render(sheet("modification"))

    assert faces == [0]


def test_300_lines_are_whole_in_the_attached_file():
    read = crowded_print("contract")

    rows = read.attachments["lines.csv"][0].decode().splitlines()

    assert len(rows) == 301
    assert rows[300].startswith("0300,")
    assert len(read.pages) < 12
