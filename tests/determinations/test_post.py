"""An approved justification is made public, once, and its place is on record."""

import pytest

from accounts.models import ApiKey
from contracting.approvals.states import Decided
from contracting.core.errors import NotAllowed
from contracting.determinations.operations.post import post_determination
from contracting.determinations.operations.review import review_determination
from contracting.determinations.refusals import DeterminationIncomplete
from contracting.determinations.states import Kind
from contracting.documents.models import Document
from contracting.documents.operations.render import render_document
from contracting.documents.paperwork.redaction import Withheld
from tests.cast import days, key_client, nothing_happens
from tests.documents.papers import squeezed, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def justified(make, ladder, second_contracting_officer, at):
    """A justification that a second contracting officer has approved."""
    return review_determination(
        determination_id=make().pk,
        verdict=Decided.CONCUR,
        comment="",
        by=second_contracting_officer,
        at=at,
    )


def post(determination, by, at, **change):
    terms = {"place": "Notice 4711", "posted_on": at.date()}
    return post_determination(
        determination_id=determination.pk, by=by, at=at, **{**terms, **change}
    )


def test_its_place_and_day_are_on_record(justified, contracting_officer, at):
    posting = post(justified, contracting_officer, at)

    assert (posting.place, posting.posted_on) == ("Notice 4711", at.date())


def test_it_is_posted_once(justified, contracting_officer, at):
    post(justified, contracting_officer, at)

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        post(justified, contracting_officer, at)
    assert "posted already" in refusal.value.message


@pytest.mark.parametrize("wrong", ["place", "posted_on"])
def test_a_posting_has_a_place_and_is_not_yet_to_come(
    justified, contracting_officer, at, wrong
):
    value = {"place": " ", "posted_on": at.date() + days(1)}[wrong]

    with nothing_happens(), pytest.raises(DeterminationIncomplete):
        post(justified, contracting_officer, at, **{wrong: value})


def test_what_is_not_approved_or_no_justification_is_not_posted(
    make, ladder, contracting_officer, at
):
    for made in (make(), make(kind=Kind.RESPONSE_WINDOW)):
        with nothing_happens(), pytest.raises(NotAllowed):
            post(made, contracting_officer, at)


def test_another_agency_does_not_post_it(justified, other_agency_officer, at):
    with nothing_happens(), pytest.raises(NotAllowed):
        post(justified, other_agency_officer, at)


def test_a_machine_fetches_the_public_copy_and_is_not_told_what_it_leaves_out(
    justified, contracting_officer, gateway, vendor_a_machine, at
):
    ApiKey.objects.filter(pk__in=[gateway.key_id, vendor_a_machine.key_id]).update(
        scopes=["documents:read"]
    )
    cut = Withheld("one source", "(b)(4)")
    post(justified, contracting_officer, at, withheld=[cut])
    render_document(document_id=Document.objects.get(is_public=True).pk)

    (listed,) = (
        key_client(vendor_a_machine).get("/api/v1/release_copies").json()["data"]
    )
    (ours,) = key_client(gateway).get("/api/v1/release_copies").json()["data"]

    assert (listed["kind"], listed["answers"]) == ("justification", "Notice 4711")
    assert (listed["withheld"], listed["original"]) == (None, None)
    assert ours["withheld"] == [
        {"passage": "one source", "exemption": "(b)(4)", "is_heading": False}
    ]
    file = key_client(vendor_a_machine).get(listed["download"])
    assert squeezed("Only one source") not in squeezed(text_of(file.content))
