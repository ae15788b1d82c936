"""A print is tagged, named, dated from its record, and the same whenever it is made."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from contracting.documents import rendering
from tests.documents.papers import (
    KINDS,
    REQUESTED,
    context_of,
    printed,
    read,
    sheet,
    squeezed,
    text_of,
    texts_of,
)


@pytest.mark.parametrize("kind", KINDS)
def test_a_paper_is_tagged_and_says_its_language_and_title(kind):
    root = read(printed(kind)).trailer["/Root"]

    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"].value
    assert root["/StructTreeRoot"]["/K"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert read(printed(kind)).metadata.title == sheet(kind).title
    assert read(printed(kind)).metadata.author == "Department of Examples"


@pytest.mark.parametrize("kind", KINDS)
def test_a_paper_claims_the_archive_and_the_accessibility_standard(kind):
    pdf = read(printed(kind))
    marks = pdf.trailer["/Root"]["/Metadata"].get_object().get_data().decode()

    assert re.search(r'pdfaid:part(="|>)3', marks)
    assert re.search(r'pdfaid:conformance(="|>)A', marks)
    assert re.search(r"<pdfuaid:part>1</pdfuaid:part>", marks)
    assert "PDF/UA identification schema" in marks


@pytest.mark.parametrize("kind", KINDS)
def test_a_paper_has_bookmarks(kind):
    titles = [entry["/Title"] for entry in _flat(read(printed(kind)).outline)]

    assert len(titles) >= 2
    assert titles[0]
    assert "Record" in titles


@pytest.mark.parametrize("kind", KINDS)
def test_a_paper_carries_its_record_and_nothing_else(kind):
    paper, pdf = sheet(kind), read(printed(kind))

    assert list(pdf.attachments) == [f"{kind}.json"]
    carried = json.loads(pdf.attachments[f"{kind}.json"][0])
    assert carried == {
        "schema": "urn:drawdown:document:1",
        "kind": kind,
        "number": paper.number,
        "version": 3,
        "content_sha256": paper.content_sha256,
        "issuer": "Department of Examples",
        "made_at": "2026-03-02T15:00:07Z",
        "context": context_of(kind),
    }
    assert pdf.trailer["/Root"]["/AF"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_prints_number_version_and_hash(kind):
    paper = sheet(kind)
    pages = texts_of(printed(kind))

    for number, page in enumerate(pages, 1):
        words = squeezed(page)
        assert squeezed(paper.number) in words
        assert "version3" in words
        assert paper.content_sha256 in words
        assert f"page{number}of{len(pages)}" in words


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_bears_the_marking_of_its_kind(kind):
    marking = "SOURCE SELECTION INFORMATION - SEE FAR 2.101 AND 3.104"
    marked = {"decision", "price_memo"}

    for number, page in enumerate(texts_of(printed(kind)), 1):
        times = squeezed(page).count(squeezed(marking))
        assert times == (2 if kind in marked else 0), f"page {number}"


@pytest.mark.parametrize("kind", KINDS)
def test_a_paper_uses_only_the_fonts_of_the_package(kind):
    names = {
        re.sub(r"^/?[A-Z]{6}\+", "", str(font.get_object()["/BaseFont"])).strip("/")
        for page in read(printed(kind)).pages
        for font in page["/Resources"]["/Font"].get_object().values()
    }

    assert names
    assert all(re.match(r"Public-?Sans|Roboto-?Mono", name) for name in names), names


@pytest.mark.parametrize("kind", ["task_order", "reconciliation"])
def test_the_same_record_gives_the_same_bytes(kind):
    assert rendering.render(sheet(kind)) == printed(kind)


def test_dates_and_identifier_come_from_the_record():
    pdf = read(printed("receipt"))

    assert pdf.metadata.creation_date == REQUESTED.replace(microsecond=0)
    assert pdf.metadata.modification_date == REQUESTED.replace(microsecond=0)
    assert _identifier(pdf) == sheet("receipt").identifier
    later = sheet("receipt", created_at=REQUESTED + timedelta(days=1))
    assert rendering.render(later) != printed("receipt")


def test_another_content_has_another_identifier():
    other = sheet("receipt", context={**context_of("receipt"), "summary": "Other."})

    assert other.identifier != sheet("receipt").identifier


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "file:///etc/hostname?https://paper.invalid/print.css",
        "http://127.0.0.1/secret",
        "http://example.test/a.png",
        "https://example.test/a.png",
        "ftp://example.test/a",
        "https://paper.invalid/../settings.py",
        "https://paper.invalid/fonts/../../base.html",
        "https://paper.invalid/_sheet.html",
        "https://paper.invalid.example.test/print.css",
        "print.css",
    ],
)
def test_nothing_outside_the_package_is_fetched(address):
    with pytest.raises(rendering.ForbiddenAddress):
        rendering.fetch_package_file(address)


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("print.css", "text/css"), ("fonts/PublicSans-Regular.ttf", "font/ttf")],
)
def test_a_file_of_the_package_is_served_by_its_name(name, media_type):
    content, kind = rendering.fetch_package_file(f"https://paper.invalid/{name}")

    assert kind == media_type
    assert content == (rendering.TEMPLATES / name).read_bytes()


def test_the_press_refuses_files_and_the_network_and_prints_on(monkeypatch):
    asked = []
    fetch = rendering.fetch_package_file

    def watched(url):
        asked.append(url)
        return fetch(url)

    monkeypatch.setattr(rendering, "fetch_package_file", watched)
    hostile = (
        '<img src="file:///etc/passwd" alt="a"><img src="http://127.0.0.1/x" alt="b">'
        '<link rel="stylesheet" href="http://127.0.0.1/x.css">'
        "<p>Printed all the same.</p>"
    )
    monkeypatch.setattr(rendering, "render_to_string", lambda *_: hostile)

    pdf = rendering.render(sheet("receipt"))

    assert "Printed all the same." in text_of(pdf)
    assert {"file:///etc/passwd", "http://127.0.0.1/x"} <= set(asked)
    assert "/Image" not in str(read(pdf).pages[0]["/Resources"])


def test_what_a_user_wrote_is_printed_and_not_obeyed():
    words = "<img src='file:///etc/passwd'> & <script>alert(1)</script>"
    hostile = context_of("receipt") | {"summary": words}

    pdf = rendering.render(sheet("receipt", context=hostile))

    assert squeezed(words) in squeezed(text_of(pdf))


ODD_WORDS = {
    "markup": "Müller & Söhne <b>GmbH</b> \"quoted\" 'single'",
    "unbroken": "W" * 300,
    "long": "A long description with many words. " * 140,
    "right to left": "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
}


@pytest.mark.parametrize("words", ODD_WORDS.values(), ids=ODD_WORDS)
def test_odd_words_break_no_paper(words):
    # Given a form whose names and descriptions are odd
    context = context_of("contract")
    context["blocks"] |= {"9": words, "17a": words, "31b": words}
    context["lines"] = [{"item": "0001", "description": words, "amount": "5"}]
    context["sections"] = [{"heading": words[:200], "text": words}]

    # When it is printed
    pdf = read(rendering.render(sheet("contract", context=context, title=words[:240])))

    # Then every word is on it, within the page; a foot may stand between two of them
    pages = [_text_and_beginnings_of(page) for page in pdf.pages]
    page = squeezed("".join(text for text, _ in pages))
    if words != ODD_WORDS["right to left"]:
        assert page.count(squeezed(words[:200])) >= 2
    if words == ODD_WORDS["long"]:
        assert page.count("manywords") >= 4 * words.count("many words")
    for sheet_of_paper, (_, beginnings) in zip(pdf.pages, pages, strict=True):
        assert max(beginnings) <= sheet_of_paper.mediabox.width


def test_what_no_font_of_ours_draws_is_named_by_its_number(caplog):
    # Given a name that would print its figures backwards, a bell and a picture
    tricky = "Total \u202e0001\u202c\x07 \U0001f600"
    context = context_of("receipt") | {"summary": tricky}

    pdf = rendering.render(sheet("receipt", context=context, title=tricky))

    # Then the paper says so, and its attachment keeps what was written
    assert squeezed("Total [U+202E]0001[U+202C][U+0007] [U+1F600]") in squeezed(
        text_of(pdf)
    )
    assert json.loads(read(pdf).attachments["receipt.json"][0])["context"][
        "summary"
    ] == (tricky)
    assert "notdef" not in caplog.text


def test_without_the_libraries_the_press_says_what_to_install(monkeypatch):
    import builtins

    real = builtins.__import__

    def without_pango(name, *rest, **more):
        if name.startswith("weasyprint"):
            raise OSError("cannot load library 'pango-1.0-0'")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without_pango)

    assert "libpango-1.0-0" in rendering.missing_libraries()
    with pytest.raises(rendering.LibrariesMissing, match="libharfbuzz-subset0"):
        rendering.render(sheet("receipt"))


def test_the_machine_can_print():
    assert rendering.missing_libraries() == ""
    assert re.fullmatch(r"WeasyPrint [\d.]+, Pango [\d.]+", rendering.renderer())


def test_the_hash_of_a_template_tells_kinds_apart():
    marks = {rendering.template_sha256(kind) for kind in KINDS}

    assert len(marks) == len(KINDS)


def _flat(outline):
    for entry in outline:
        if isinstance(entry, list):
            yield from _flat(entry)
        else:
            yield entry


def _identifier(pdf) -> bytes:
    first: Any = pdf.trailer["/ID"][0].get_object()
    return first if isinstance(first, bytes) else first.original_bytes


def _text_and_beginnings_of(page) -> tuple[str, list[float]]:
    """The words, and where each run of them begins: in points from the left edge."""
    found: list[float] = []
    text = page.extract_text(
        visitor_text=lambda text, cm, tm, font, size: found.append(
            (tm[4] * cm[0] + cm[4]) if text.strip() else 0.0
        )
    )
    return text, found
