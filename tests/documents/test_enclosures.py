"""What a paper encloses: a record of a published shape, and its long tables whole."""

import csv
import io
import json

import jsonschema
import pytest

from contracting.core.plots.tables import rows_as_csv
from contracting.documents import enclosures, paperwork, rendering
from contracting.documents.checking.upload import check_upload
from contracting.documents.signing import orders
from contracting.documents.states import DocumentKind
from tests.architecture.tree import ROOT
from tests.documents import files
from tests.documents.papers import KINDS, context_of, read, sheet, squeezed, texts_of

SCHEMA = ROOT / "docs" / "reference" / "document.schema.json"
LONG = 1_234


@pytest.fixture(scope="module")
def long_paper():
    """A draft of a statement with more rows than pages should have."""
    context = context_of("reconciliation")
    (first, *_) = context["comparison"]
    context["comparison"] = [
        {**first, "item": f"{number:04}", "model": "=1+1", "difference_dollars": "-3.1"}
        for number in range(1, LONG + 1)
    ]
    context["draft"] = "version 3, not signed"
    return rendering.render(sheet("reconciliation", context=context))


@pytest.fixture(scope="module")
def published():
    """The schema as it is published, which accepts no key that it does not name."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("kind", KINDS)
def test_the_record_of_every_kind_has_the_published_shape(published, kind):
    record = json.loads(sheet(kind).enclosures[0].content)

    assert [error.message for error in published.iter_errors(record)] == []


@pytest.mark.parametrize(
    "spoilt",
    [
        {"kind": "promise"},
        {"version": "3"},
        {"content_sha256": "unknown"},
        {"context": {"blocks": {"99": "no such block"}}},
        {"context": {"lines": [{"item": "0001", "weight": "2"}]}},
        {"context": {"lines": [{"item": 1.5}]}},
        {"context": {"facts": [["Label only"]]}},
        {"context": {"secret": "not printed"}},
    ],
)
def test_another_shape_is_not_the_published_one(published, spoilt):
    record = json.loads(sheet("contract").enclosures[0].content)

    assert not published.is_valid(record | spoilt)


def test_what_no_page_prints_is_not_enclosed():
    context = context_of("decision")
    whole = context_of("decision")
    context["secret"] = "the estimate is $5"
    context["created_at"] = "2026-03-02T15:00:00.000000Z"
    context["offers"][0]["estimate"] = "5"
    own = {"caption": "Own", "columns": [{"key": "a", "label": "A"}]}
    context["tables"] = [{**own, "rows": [{"a": "1", "estimate": "5"}]}]
    whole["tables"] = [{**own, "rows": [{"a": "1"}]}]

    assert enclosures.printed_part_of(context) == whole


def test_a_long_table_is_enclosed_whole_and_the_page_says_so(long_paper):
    # Then the pages print its beginning, and say where all of it is
    words = squeezed("".join(texts_of(long_paper)))
    assert squeezed("The first 40 of 1,234 rows. All 1,234 stand in") in words
    assert squeezed("the file comparison.csv that is attached to this PDF") in words
    assert "0040" in words
    assert "0041gpt" not in words
    assert len(read(long_paper).pages) <= 3

    # And the file holds every row, exact, and no cell that a spreadsheet obeys
    attached = read(long_paper).attachments
    assert set(attached) == {"reconciliation.json", "comparison.csv"}
    rows = list(csv.DictReader(io.StringIO(attached["comparison.csv"][0].decode())))
    assert [row["Line"] for row in rows] == [f"{n:04}" for n in range(1, LONG + 1)]
    assert {row["Model"] for row in rows} == {"'=1+1"}
    assert {row["In dollars"] for row in rows} == {"-3.1"}


def test_each_file_within_a_paper_is_declared_as_its_data(long_paper):
    declared = read(long_paper).trailer["/Root"]["/AF"]

    assert {each.get_object()["/UF"] for each in declared} == {
        "reconciliation.json",
        "comparison.csv",
    }
    assert {each.get_object()["/AFRelationship"] for each in declared} == {"/Data"}


def test_a_paper_with_a_long_table_may_be_handed_in_again(long_paper):
    assert check_upload("statement.pdf", long_paper).words == ""


@pytest.mark.parametrize("blank", ["", " ", "\u00a0", "\u2003", "\x0b", "\t"])
def test_our_own_table_may_always_be_handed_in_again(blank):
    """Whatever blank stands before it: a cell is quoted as the check reads it."""
    table = "".join(rows_as_csv(["Item"], [[f"{blank}=1+1"], [f"{blank}-5 %"]]))
    made = files.pdf_with_attachment(table.encode(), "/Data", name="lines.csv")

    assert check_upload("order.pdf", made).words == ""


@pytest.mark.parametrize("content", [b"a,b\r\n=1+1,2\r\n", b"a,b\r\n1\r\n", b"a\0,b"])
def test_a_table_that_could_do_harm_is_not_taken(content):
    made = files.pdf_with_attachment(content, "/Data", name="lines.csv")

    assert check_upload("order.pdf", made).findings[0].code == "pdf_attachment"


def test_a_table_that_just_fits_is_printed_whole():
    lines = [{"item": f"{n:04}"} for n in range(paperwork.LONG_TABLE)]

    (table,) = paperwork.laid_out("reconciliation", {"lines": lines})["tables"]

    assert len(table["rows"]) == paperwork.LONG_TABLE
    assert not table["rest"]


def test_a_long_table_of_its_own_is_named_by_its_place():
    own = {"caption": "Calls", "columns": [{"key": "call", "label": "Call"}]}
    context = {"tables": [own, {**own, "rows": [{"call": "x"}] * 201}]}

    files_of_it = rendering.render(sheet("letter", context=context_of("letter")))
    assert list(read(files_of_it).attachments) == ["letter.json"]
    names = [each.name for each in sheet("letter", context=context).enclosures]
    assert names == ["letter.json", "table-2.csv"]


def test_a_draft_says_so_on_every_page(long_paper):
    pages = texts_of(long_paper)

    assert len(pages) > 1
    assert squeezed("Draft, not issued: version 3, not signed") in squeezed(pages[0])
    assert all("draft,notissued" in squeezed(page) for page in pages)


def test_a_long_tables_head_is_repeated_on_every_page(long_paper):
    pages = texts_of(long_paper)

    assert all("vendorreport" in squeezed(page) for page in pages[:2])


def test_every_kind_says_whether_it_is_sealed_signed_and_marked():
    assert set(orders.papers()) == set(DocumentKind.values)


@pytest.mark.parametrize("lines", range(34, 46, 3))
def test_no_signature_stands_on_a_page_without_what_it_signs(lines):
    """However long the text is, the last of it and the signature stay together."""
    text = "\n\n".join(["One line of it."] * lines)
    context = context_of("letter") | {"sections": [{"heading": "It", "text": text}]}

    pages = texts_of(rendering.render(sheet("letter", context=context)))

    (signed,) = [page for page in pages if "signed electronically" in page]
    assert "One line of it." in signed
