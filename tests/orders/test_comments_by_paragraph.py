"""A reviewer comments paragraph by paragraph, on the words that were read."""

import pytest

from contracting.approvals.calculations import paragraphs_of
from contracting.approvals.models import ParagraphComment, PolicyStep
from contracting.approvals.queries import latest_route_of, standing
from contracting.approvals.refusals import RemarkInvalid
from contracting.approvals.states import Remark
from contracting.orders.calculations import read
from contracting.orders.operations.edit import edit_task_order
from contracting.orders.operations.review import review_task_order
from contracting.orders.operations.submit import submit_task_order
from tests.builders_orders import ORDERED_AT, REVIEWERS, submitted_order
from tests.cast import actor, client_for, nothing_happens

pytestmark = pytest.mark.django_db

FIRST, LAST = REVIEWERS
TWO = "Summaries of claims.\n\nAnswers to the public, in Español and 日本語."


def in_review(**terms):
    return submitted_order(description=TWO, **terms)


def paragraph(order, place):
    found = {each.place: each for each in paragraphs_of(read(order))}
    return found[place]


def reviewed(order, *remarks, by=FIRST, verdict="CONCUR", comment=""):
    return review_task_order(
        order_id=order.pk,
        verdict=verdict,
        comment=comment,
        remarks=remarks,
        by=actor(by),
        at=ORDERED_AT,
        seen_version=order.version,
    )


def test_a_comment_is_kept_beside_the_words_that_were_read(other_agency_officer):
    # Given a reviewer on the page of an order whose description has two paragraphs
    order = in_review()
    second = paragraph(order, "Description, paragraph 2")
    url = f"{order.path}/review_task_order"
    browser = client_for(actor(FIRST))
    page = browser.get(url)
    assert second.passage in page.text

    # When they concur, with a comment on the second one
    said = {
        "verdict": "CONCUR",
        "comment": "",
        "seen_version": order.version,
        second.key: "Say in which languages exactly.",
    }
    sent = browser.post(url, {**said, "form_token": page.context["form_token"]})
    assert sent.status_code == 303

    # Then it stands with the decision, and the writers read it
    (kept,) = ParagraphComment.objects.all()
    assert (kept.place, kept.passage) == (second.place, second.passage)
    shown = client_for(actor("program_manager")).get(order.path).text
    assert "Say in which languages exactly." in shown
    assert "Description, paragraph 2" in shown
    assert client_for(other_agency_officer).get(url).status_code == 404


def test_a_comment_outlives_the_paragraph_that_was_changed_meanwhile(program_manager):
    # Given a reviewer who comments on both paragraphs while the second one is changed
    order = in_review()
    first = paragraph(order, "Description, paragraph 1")
    second = paragraph(order, "Description, paragraph 2")
    url = f"{order.path}/review_task_order"
    browser = client_for(actor(FIRST))
    token = browser.get(url).context["form_token"]
    edited = edit_task_order(
        order_id=order.pk,
        terms={"description": "Summaries of claims.\n\nAnswers in English."},
        by=program_manager,
        at=ORDERED_AT,
        seen_version=order.version,
    )
    order = submit_task_order(
        order_id=order.pk,
        by=program_manager,
        at=ORDERED_AT,
        seen_version=edited.version,
    )

    # When they send what they wrote
    said = {
        "verdict": "NONCONCUR",
        "comment": "Too wide.",
        "seen_version": 1,
        first.key: "Which claims?",
        second.key: "Which languages?",
    }
    with nothing_happens():
        page = browser.post(url, {**said, "form_token": token})

    # Then nothing is lost: one stays at its paragraph, the other is with the reasons
    assert page.status_code == 409
    form = page.context["form"]
    assert form[first.key].value() == "Which claims?"
    assert form["comment"].value() == "Too wide.\n\nWhich languages?"
    again = {"verdict": "NONCONCUR", "comment": form["comment"].value()}
    again |= {"seen_version": order.version, first.key: "Which claims?"}
    assert browser.post(url, {**again, "form_token": token}).status_code == 303
    assert ParagraphComment.objects.get().words == "Which claims?"


@pytest.mark.parametrize(
    "remarks",
    [
        [Remark("Description", "Words.", "  ")],
        [Remark("Description", "Words.", "x" * 4_001)],
        [Remark("", "Words.", "Why?")],
        [Remark("Description", "Words.", "Why?")] * 2,
        [Remark(f"Term {n}", "Words.", "Why?") for n in range(201)],
    ],
)
def test_what_is_no_comment_is_refused(remarks):
    order = in_review()

    with nothing_happens(), pytest.raises(RemarkInvalid):
        reviewed(order, *remarks)


def test_who_decides_for_themselves_reads_no_comments_before(policies):
    # Given an independent review in which one person has commented
    steps = PolicyStep.objects.filter(policy=policies["task_order"][0])
    steps.update(is_independent=True)
    order = in_review()
    route = latest_route_of(order.subject)
    assert route is not None
    reviewed(order, Remark("Description", "Words.", "Mine alone."))

    # Then the other one does not see it before they have decided
    hidden = standing(route, actor(LAST))
    assert [said for step in hidden for said in step.decisions] == []
    seen = standing(route, actor("program_manager"))
    said = [each for step in seen for each in step.decisions]
    assert [c.words for each in said for c in each.on_paragraphs] == ["Mine alone."]


def test_paragraphs_are_named_once_and_empty_terms_not_at_all():
    found = paragraphs_of(
        [("Title", "One"), ("Scope", "A\n \nB\n\n\nC"), ("Risk", " "), ("Title", "Two")]
    )

    assert [each.place for each in found] == [
        "Title",
        "Scope, paragraph 1",
        "Scope, paragraph 2",
        "Scope, paragraph 3",
        "Title, again",
    ]
    assert len({each.key for each in found}) == 5
