"""What stands is printed; a justification is posted without what is withheld."""

import json

import pytest

from contracting.approvals.states import Decided
from contracting.core.quantities import Dollars
from contracting.determinations.operations.post import post_determination
from contracting.determinations.operations.review import review_determination
from contracting.determinations.refusals import DeterminationIncomplete
from contracting.determinations.states import Kind
from contracting.documents.models import Document
from contracting.documents.operations.render import render_document
from contracting.documents.paperwork.redaction import Withheld, redacted
from contracting.documents.queries import documents_of, read_blob
from tests.cast import actor, client_for, nothing_happens
from tests.documents.papers import read, squeezed, text_of
from tests.justified import PARTS

pytestmark = pytest.mark.django_db

SECRET = "$2.40 a million tokens"


@pytest.fixture
def justified(make, ladder, second_contracting_officer, at):
    """A justification that names a price, approved by a second officer."""
    made = make(text=f"One source alone asks  {SECRET}; nobody else has the model.")
    return review_determination(
        determination_id=made.pk,
        verdict=Decided.CONCUR,
        comment="",
        by=second_contracting_officer,
        at=at,
    )


def paper(determination, **more):
    return documents_of(determination.subject).get(**more)


def headings(document):
    return [each["heading"] for each in document.context["sections"]]


def posted(determination, by, at, *withheld):
    post_determination(
        determination_id=determination.pk,
        place="Notice 4711",
        posted_on=at.date(),
        withheld=withheld,
        by=by,
        at=at,
    )
    return paper(determination, is_public=True)


def test_a_memo_is_printed_in_the_parts_of_a_determination(make, agency):
    memo = make(
        kind=Kind.RESPONSE_WINDOW, text="The funds lapse on Friday.", authority=""
    )

    document = paper(memo)

    assert document.kind == "determination"
    assert (document.agency, document.vendor) == (agency, None)
    assert document.content_sha256 == memo.content_sha256
    assert headings(document) == [
        "Action",
        "Authority",
        "Findings",
        "Determination",
        "Expiration",
    ]
    said = {each["heading"]: each["text"] for each in document.context["sections"]}
    assert said["Findings"] == "The funds lapse on Friday."
    assert "FAR 5.203" in said["Authority"]
    assert document.context["signatures"][0]["signed_by"] == "Ada Officer"


def test_every_kind_that_stands_at_once_has_words_for_its_determination(make):
    for kind in set(Kind) - {Kind.RULE_OF_TWO, Kind.RATIFICATION, *_justifications()}:
        made = make(kind=kind, document_sha256="a" * 64)
        assert paper(made).context["sections"][3]["text"].endswith(".")


def test_a_justification_is_printed_once_it_is_approved(make, ladder, justified):
    waiting = make(kind=Kind.BRAND_NAME)
    assert not documents_of(waiting.subject)

    document = paper(justified)

    assert document.kind == "justification"
    assert not document.is_public
    assert headings(document) == [
        "Nature of the action",
        "Supplies or services that are required",
        "Authority",
        "Why it is used",
        "Why the anticipated price will be fair and reasonable",
        "What will be done to remove the barrier before another acquisition",
        "Who certifies the supporting data, and in which words",
        "Efforts to solicit offers from as many sources as practicable",
        "Market research, or why none was conducted",
        "Sources that expressed an interest in writing",
        "Contracting officer's certification",
        "Approving official's determination",
    ]
    capacities = [each["capacity"] for each in document.context["signatures"]]
    assert capacities == [
        "Written, and certified by the contracting officer",
        "Approved by the contracting officer",
    ]
    certified = document.context["sections"][-2]["text"]
    assert "I, Ada Officer, contracting officer, certify" in certified
    assert "FAR 6.303-2(b)(12)" in certified


def test_who_approves_as_officer_certifies_what_a_specialist_wrote(
    make, ladder, contract_specialist, second_contracting_officer, at
):
    made = make(by=contract_specialist)
    review_determination(
        determination_id=made.pk,
        verdict=Decided.CONCUR,
        comment="",
        by=second_contracting_officer,
        at=at,
    )

    document = paper(made)

    written, certified = document.context["signatures"]
    assert written["capacity"] == "Written by"
    assert certified["capacity"] == (
        "Certified, and approved by the contracting officer"
    )
    text = document.context["sections"][-2]["text"]
    assert f"I, {certified['signed_by']}, contracting officer, certify" in text


def test_a_contracting_officer_takes_part_in_each_justification(
    make, ladder, contract_specialist
):
    """Above the first rung no officer approves: one has to write it (R-SOL-09)."""
    with nothing_happens(), pytest.raises(DeterminationIncomplete) as refusal:
        make(by=contract_specialist, value=Dollars("90000000.00"))

    assert refusal.value.data["missing"] == "certification"


@pytest.mark.parametrize("part", sorted(set(PARTS) - {"other"}))
def test_a_justification_says_every_part_that_is_asked(make, ladder, part):
    with nothing_happens(), pytest.raises(DeterminationIncomplete) as refusal:
        make(parts={**PARTS, part: " "})

    assert refusal.value.data["missing"] == "parts"


def test_the_agency_reads_it_in_the_browser_and_nobody_else(justified):
    document = paper(justified)
    address = f"/documents/{document.public_id}"

    page = client_for(actor("contracting_officer")).get(justified.path)
    assert address in page.content.decode()
    for stranger in ("other_agency_officer", "vendor_a_signer"):
        assert client_for(actor(stranger)).get(address).status_code == 404


def test_what_is_withheld_is_nowhere_in_the_public_copy(
    justified, contracting_officer, at
):
    # Given a justification that names a price, at a value that people read as dollars
    withheld = (Withheld(SECRET, "(b)(4)"), Withheld("$400,000", "(b)(5)"))

    # When it is posted without the two
    copy = posted(justified, contracting_officer, at, *withheld)

    # Then neither the row nor a page nor the attachment of the file holds them
    render_document(document_id=copy.pk)
    pdf = read_blob(copy.rendering.blob)
    words = text_of(pdf) + json.dumps(copy.context) + copy.title
    attached = read(pdf).attachments["justification.json"][0].decode()
    for passage in ("2.40", "400,000", "400000"):
        assert passage not in words + attached
    for basis in ("(b)(4)", "(b)(5)"):
        assert f"redacted:{basis}" in squeezed(text_of(pdf))
    assert copy.content_sha256 != justified.content_sha256

    # And the agency's own paper is whole
    assert "2.40" in json.dumps(paper(justified, is_public=False).context)


def test_everybody_reads_the_public_copy_once_it_is_printed(
    justified, contracting_officer, at, client
):
    copy = posted(justified, contracting_officer, at)
    render_document(document_id=copy.pk)

    assert client.get(f"/documents/{copy.public_id}").status_code == 200
    whole = paper(justified, is_public=False)
    render_document(document_id=whole.pk)
    assert client.get(f"/documents/{whole.public_id}").status_code in {302, 404}


@pytest.mark.parametrize(
    "withheld",
    [("nobody wrote this", "(b)(4)"), (SECRET, " "), ("a", "(b)(4)")],
)
def test_a_passage_is_there_and_names_its_exemption(
    justified, contracting_officer, at, withheld
):
    with nothing_happens(), pytest.raises(DeterminationIncomplete):
        posted(justified, contracting_officer, at, Withheld(*withheld))
    assert not Document.objects.filter(is_public=True).exists()


def test_passages_that_overlap_leave_no_end_behind():
    withheld = [
        Withheld("Meridian Models of", "(b)(4)"),
        Withheld("of Austin", "(b)(6)"),
    ]

    left = redacted(["To MERIDIAN\n Models of Austin, Texas"], withheld)

    assert left == ["To [redacted: (b)(4), (b)(6)], Texas"]


def test_a_figure_goes_as_a_whole():
    left = redacted("$120,000.00 or 20,000 more", [Withheld("20,000", "(b)(4)")])

    assert left == "$[redacted: (b)(4)] or [redacted: (b)(4)] more"


def _justifications():
    return {Kind.BRAND_NAME, Kind.OTHER_THAN_FULL, Kind.FAIR_OPPORTUNITY}
