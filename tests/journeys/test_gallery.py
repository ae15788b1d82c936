"""Every paper that there is: what an archive, a reader and a screen reader ask of it.

The papers are those that the story's verbs have asked for; a kind that the story does
not need hangs as a filled sample. A kind without either fails here.
"""

import hashlib
import json
import os

import jsonschema
import pytest

from contracting.documents import paperwork
from contracting.documents.states import DocumentKind
from tests.architecture.tree import ROOT
from tests.databases import pointing_at
from tests.documents import verapdf
from tests.documents.papers import squeezed
from tests.journeys import gallery
from tests.journeys.gallery import AnotherProcess, Exhibit

KINDS = sorted(DocumentKind.values)


@pytest.fixture(scope="module")
def world(played, story_database, django_db_blocker):
    """The sheets, as they were frozen."""
    with django_db_blocker.unblock(), pointing_at(story_database):
        return list(gallery.sheets())


@pytest.fixture(scope="module")
def elsewhere(world) -> AnotherProcess:
    """Another process, which prints them too, meanwhile."""
    return AnotherProcess([sheet for sheet, _ in world])


@pytest.fixture(scope="module")
def exhibits(world, elsewhere, tmp_path_factory) -> dict[str, Exhibit]:
    """Each paper, printed and signed with a key of this run."""
    from django.test import override_settings

    place = tmp_path_factory.mktemp("gallery")
    with override_settings(SEAL_FILE=str(place / "seal.pem"), SEAL_IS_MADE=True):
        return {
            sheet.kind: gallery.hung(sheet, is_real, place) for sheet, is_real in world
        }


def test_every_kind_of_paper_hangs_in_the_gallery(exhibits):
    assert set(exhibits) == set(KINDS)


def test_most_of_them_come_from_the_story(exhibits):
    real = {kind for kind, exhibit in exhibits.items() if exhibit.is_real}

    assert {"solicitation", "contract", "task_order", "voucher", "receipt"} <= real


def test_both_standards_hold_before_and_after_each_signature(exhibits):
    lacking = verapdf.missing()
    if lacking and os.environ.get("CI"):
        pytest.fail(lacking)
    elif lacking:
        pytest.skip(lacking)
    hanging = [file for exhibit in exhibits.values() for file in exhibit.files]
    assert len(hanging) >= 4 * len(exhibits)

    assert verapdf.failures(hanging) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_file_is_sound(exhibits, kind):
    said = gallery.run("qpdf", "--check", exhibits[kind].files[-1])

    assert "No syntax or stream encoding errors found" in said


@pytest.mark.parametrize("kind", KINDS)
def test_each_required_block_can_be_read(exhibits, kind):
    exhibit = exhibits[kind]
    values = exhibit.sheet.context.get("blocks") or {}
    blocks = paperwork.form_blocks(paperwork.FORM_OF.get(kind, ""))
    laid = {
        block["number"] or block["caption"]: block
        for rows in paperwork.laid_out(kind, exhibit.sheet.context)["form"].values()
        for row in rows
        for column in row
        for block in column["blocks"]
    }

    for block in blocks:
        number = "" if "unnumbered" in block.shape else f"{block.block}."
        assert squeezed(f"{number}{block.caption}") in exhibit.text
        if block.block in values:
            shown = laid[block.block if number else block.caption]
            for words in (shown["value"], shown["signed_by"]):
                assert squeezed(words) in exhibit.text, block.block


@pytest.mark.parametrize("kind", KINDS)
def test_a_reader_is_told_title_language_and_outline(exhibits, kind):
    exhibit, root = exhibits[kind], exhibits[kind].pdf.Root

    assert str(root.Lang) == "en"
    assert root.MarkInfo.Marked
    assert root.ViewerPreferences.DisplayDocTitle
    assert str(exhibit.pdf.docinfo["/Title"]) == exhibit.sheet.title
    with exhibit.pdf.open_outline() as outline:
        (first, *_) = outline.root
        assert first.title
        assert [each.title for each in first.children][-1] == "Record"


@pytest.mark.parametrize("kind", KINDS)
def test_no_letter_is_missing_and_every_word_has_its_own_place(exhibits, kind):
    exhibit = exhibits[kind]

    assert gallery.missing_glyphs(exhibit.pdf) == 0
    assert "\ufffd" not in exhibit.text
    words = gallery.words_of(exhibit.files[-1])
    assert [word.text for word in words if word.is_outside] == []
    assert gallery.words_on_each_other(exhibit.files[-1]) == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_says_which_paper_it_belongs_to(exhibits, kind):
    exhibit = exhibits[kind]
    pages = len(exhibit.pdf.pages)

    for number in range(1, pages + 1):
        of_page = ("-f", str(number), "-l", str(number))
        page = squeezed(
            gallery.run("pdftotext", "-raw", *of_page, exhibit.files[-1], "-")
        )
        assert squeezed(exhibit.sheet.number) in page
        assert f"page{number}of{pages}" in page


@pytest.mark.parametrize("kind", KINDS)
def test_the_record_holds_nothing_that_is_not_printed(exhibits, kind):
    assert gallery.not_printed(exhibits[kind]) == []


def test_the_record_has_the_published_shape(exhibits):
    schema = json.loads((ROOT / "docs/reference/document.schema.json").read_text())
    published = jsonschema.Draft202012Validator(schema)

    wrong = [
        f"{kind}: {error.json_path} {error.message[:200]}"
        for kind, exhibit in exhibits.items()
        for error in published.iter_errors(exhibit.record)
    ]
    assert wrong == []


def test_another_process_prints_the_same_bytes(exhibits, elsewhere):
    ours = {
        kind: hashlib.sha256(exhibit.files[0].read_bytes()).hexdigest()
        for kind, exhibit in exhibits.items()
    }

    assert elsewhere.hashes() == ours
