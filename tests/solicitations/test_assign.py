"""A question is handed to a colleague, who is told."""

import pytest
from django.urls import reverse

from contracting.core.errors import NotAllowed
from contracting.notices.models import Notice
from contracting.solicitations.operations.answer import answer_question
from contracting.solicitations.operations.ask import ask_question
from contracting.solicitations.operations.assign import assign_question
from contracting.solicitations.operations.release_answers import release_answers
from contracting.solicitations.refusals import QuestionClosed, TermInvalid
from tests.builders import RELEASED_AT, released_solicitation
from tests.cast import actor, client_for, membership, nothing_happens, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def question():
    return ask_question(
        solicitation_id=released_solicitation().pk,
        text="Is caching priced by itself?",
        by=actor("vendor_a_member"),
        at=RELEASED_AT,
    )


def assigned(question, to="contract_specialist", by="contracting_officer"):
    return assign_question(
        question_id=question.pk,
        assignee_id=membership(actor(to)).pk,
        by=actor(by),
        at=RELEASED_AT,
    )


def test_a_colleague_is_told_and_named_and_the_last_one_counts(
    question, contracting_officer, vendor_a_member, other_agency_officer, client
):
    # Given a page that offers it
    solicitation = question.solicitation
    page = reverse(
        "solicitations:assign_question",
        args=[solicitation.public_id, question.public_id],
    )
    listed = reverse("solicitations:questions", args=[solicitation.public_id])
    browser = client_for(contracting_officer)
    assert page in browser.get(listed).content.decode()

    # When it is assigned, and then to another
    assigned(question, to="contracting_officer", by="contract_specialist")
    to = actor("contract_specialist")
    chosen = membership(to).public_id
    assert submit(browser, page, {"assignee": chosen}).status_code == 303

    # Then the last is named to the office alone, and told without the asker
    assert "with Cleo Specialist to answer" in browser.get(listed).content.decode()
    notice = Notice.objects.filter(recipient_user_id=to.user_id).latest("pk")
    assert "yours to answer" in notice.title
    assert "Meridian" not in notice.title + notice.body
    assert client_for(vendor_a_member).get(page).status_code == 404
    assert client_for(other_agency_officer).get(page).status_code == 404
    public = reverse("opportunities:opportunity", args=[solicitation.public_id])
    assert "Cleo Specialist to answer" not in client.get(public).content.decode()


@pytest.mark.parametrize(
    "who", ["evaluator", "vendor_a_signer", "other_agency_officer"]
)
def test_only_the_contracting_office_answers(question, who):
    with nothing_happens(), pytest.raises(TermInvalid):
        assigned(question, to=who)
    with nothing_happens(), pytest.raises(NotAllowed):
        assigned(question, by=who)


def test_what_everybody_has_read_is_assigned_no_more(question):
    answer_question(
        question_id=question.pk,
        text="Yes.",
        changes_terms=False,
        by=actor("contract_specialist"),
        at=RELEASED_AT,
    )
    release_answers(
        solicitation_id=question.solicitation_id,
        by=actor("contracting_officer"),
        at=RELEASED_AT,
    )
    with nothing_happens(), pytest.raises(QuestionClosed):
        assigned(question)
