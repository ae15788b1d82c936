"""Who reads source selection information is logged before it is shown."""

import json

import pytest
from django.urls import reverse

from contracting.audit.queries import reads_of
from contracting.documents.models import Document
from contracting.evaluations.queries import rated_factors
from tests.cast import actor, client_for, nothing_happens
from tests.offers import after, decided_solicitation

pytestmark = pytest.mark.django_db


@pytest.mark.rule("R-EVL-10", case="allowed")
def test_every_page_with_source_selection_information_logs_its_reader(
    evaluator, contracting_officer, monkeypatch
):
    # Given an evaluation that is decided
    decision = decided_solicitation()
    solicitation = decision.solicitation
    at = after(solicitation, hours=8)
    monkeypatch.setattr("contracting.core.clock.now", lambda: at)
    offer = solicitation.submissions.order_by("pk")[0]
    both = [offer.public_id, rated_factors(solicitation)[0].public_id]
    paper = Document.objects.get(kind="decision")
    pages = [
        reverse("evaluations:offers", args=[solicitation.public_id]),
        reverse("evaluations:price", args=[solicitation.public_id]),
        reverse("evaluations:offer", args=[offer.public_id]),
        reverse("evaluations:rate_submission", args=both),
        reverse("evaluations:agree_consensus", args=both),
        reverse("evaluations:note_dissent", args=both),
        reverse("evaluations:lock_ratings", args=[offer.public_id]),
        reverse("evaluations:decision", args=[decision.public_id]),
        reverse("documents:document", args=[paper.public_id]),
    ]
    browser = client_for(evaluator)

    # When an evaluator reads each of them
    for page in pages:
        assert browser.get(page).status_code == 200, page

    # Then each reading is logged, with the person and the time
    logged = list(reads_of(solicitation.stream).order_by("seq"))
    assert [json.loads(each.payload)["data"]["what"] for each in logged] == pages
    assert {(each.actor_user_id, each.at) for each in logged} == {
        (evaluator.user_id, at)
    }

    # And the officer sees who it was; the evaluator does not
    reads = reverse("evaluations:reads", args=[solicitation.public_id])
    said = client_for(contracting_officer).get(reads).content.decode()
    assert f"1 person read source selection information {len(pages)} times" in said
    assert browser.get(reads).status_code == 403


def test_who_is_shown_nothing_is_not_logged():
    solicitation = decided_solicitation().solicitation
    page = reverse("evaluations:offers", args=[solicitation.public_id])

    for part in ("vendor_a_signer", "program_manager"):
        with nothing_happens():
            assert client_for(actor(part)).get(page).status_code == 404
