"""Page one bears the address at which anybody asks about the paper."""

import json
import re

import pytest
import segno

from contracting.documents import rendering
from contracting.documents.models import Document
from contracting.documents.operations.render import render_document
from contracting.documents.paperwork.quick_code import quick_code
from tests.documents.papers import read, request, sheet, squeezed, texts_of

ADDRESS = "https://drawdown.example.gov/verify/7k3m9qxv2pht7k3m9qxv2pht7k"


@pytest.fixture(scope="module")
def coded():
    return rendering.render(sheet("letter", verify_at=ADDRESS))


def test_the_address_stands_on_page_one_in_words(coded):
    first, *others = texts_of(coded)

    assert squeezed(ADDRESS) in squeezed(first)
    assert all(squeezed(ADDRESS) not in squeezed(page) for page in others)


def test_the_code_is_a_picture_with_words_for_who_cannot_see_it(coded):
    tree = read(coded).trailer["/Root"]["/StructTreeRoot"]
    figures = [each for each in _elements(tree) if each.get("/S") == "/Figure"]

    assert [figure["/Alt"] for figure in figures] == [
        f"QR code of the address at which this paper is verified: {ADDRESS}"
    ]


def test_the_code_is_one_path_that_says_the_address_and_no_more(coded):
    picture = quick_code(ADDRESS)

    assert picture == quick_code(ADDRESS)
    assert picture.count("%3Cpath") == 1
    same = segno.make(ADDRESS, error="m", micro=False, boost_error=False)
    assert picture == same.svg_data_uri(
        border=4, omitsize=True, svgclass=None, lineclass=None
    )
    assert rendering.render(sheet("letter", verify_at=ADDRESS)) == coded


def test_the_file_names_the_address_where_a_program_finds_it(coded):
    assert read(coded).metadata["/Keywords"] == ADDRESS
    assert ADDRESS not in json.dumps(read(coded).attachments["letter.json"][0].decode())


def test_the_same_content_with_another_code_is_another_file(coded):
    other = sheet("letter", verify_at=ADDRESS[:-1] + "0")

    assert other.identifier != sheet("letter", verify_at=ADDRESS).identifier


def _noting(seen):
    """A press that notes what it is to print."""

    def render(sheet):
        seen.append(sheet)
        return b"%PDF-1.7"

    return render


def test_each_paper_has_a_code_of_its_own(
    contracting_officer, at, settings, monkeypatch
):
    settings.SITE_URL = "https://drawdown.example.gov"
    one, other = (request(contracting_officer, at) for _ in range(2))
    seen: list[rendering.Sheet] = []
    monkeypatch.setattr(rendering, "render", _noting(seen))

    render_document(document_id=one.pk)

    assert one.verification_code != other.verification_code
    assert re.fullmatch(r"[0-9a-hjkmnp-tv-z]{26}", one.verification_code)
    assert [each.verify_at for each in seen] == [
        f"https://drawdown.example.gov/verify/{one.verification_code}"
    ]
    assert one.public_id not in seen[0].verify_at


def test_a_paper_older_than_the_codes_has_none(contracting_officer, at, monkeypatch):
    old = request(contracting_officer, at)
    copy = Document.objects.get(pk=old.pk)
    copy.pk, copy.public_id, copy.verification_code = None, "", ""
    copy.save()
    seen: list[rendering.Sheet] = []
    monkeypatch.setattr(rendering, "render", _noting(seen))

    render_document(document_id=copy.pk)

    assert [each.verify_at for each in seen] == [""]
    assert "QR code" not in rendering.html_of(seen[0])


def _elements(node):
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        found = kid.get_object()
        if isinstance(found, dict):
            yield found
            yield from _elements(found)
