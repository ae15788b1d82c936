"""Answers are drafted where nobody else reads them."""

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from contracting.core.errors import NotAllowed
from contracting.solicitations.operations.answer import answer_question
from contracting.solicitations.operations.ask import ask_question
from contracting.solicitations.operations.release_answers import release_answers
from contracting.solicitations.publishing.asked import (
    likeness,
    questions_beside,
    together,
)
from contracting.solicitations.queries import drafted_answers, released_answers
from contracting.solicitations.refusals import QuestionClosed, TermInvalid
from tests.builders import released_solicitation
from tests.cast import actor, client_for, days, nothing_happens, submit


@pytest.fixture
def question(vendor_a_member, at):
    return ask_question(
        solicitation_id=released_solicitation(at).pk,
        text="Is batch included?",
        by=vendor_a_member,
        at=at + days(2),
    )


def answer(question, by, at, text="Yes.", changes_terms=False):
    return answer_question(
        question_id=question.pk,
        text=text,
        changes_terms=changes_terms,
        by=by,
        at=at,
    )


def test_an_answer_is_a_draft_that_nobody_reads_yet(question, contract_specialist, at):
    answer(question, contract_specialist, at + days(3))

    assert released_answers(question.solicitation) == []


def test_the_last_draft_is_the_one_that_counts(question, contract_specialist, at):
    answer(question, contract_specialist, at + days(3), "No.")
    last = answer(question, contract_specialist, at + days(3), "Yes.")

    assert drafted_answers(question.solicitation) == [last]


def test_an_answer_has_words(question, contract_specialist, at):
    with nothing_happens(), pytest.raises(TermInvalid):
        answer(question, contract_specialist, at, " ")


def test_a_question_is_answered_to_everybody_once(
    question, contract_specialist, contracting_officer, at
):
    answer(question, contract_specialist, at + days(3))
    release_answers(
        solicitation_id=question.solicitation_id,
        by=contracting_officer,
        at=at + days(4),
    )

    with nothing_happens(), pytest.raises(QuestionClosed):
        answer(question, contract_specialist, at + days(5), "No.")


@pytest.mark.parametrize("outsider", ["vendor_b_member", "other_agency_officer", "cor"])
def test_nobody_else_answers(request, question, outsider, at):
    by = request.getfixturevalue(outsider)

    with nothing_happens(), pytest.raises(NotAllowed):
        answer(question, by, at)


def test_one_answer_is_drafted_to_all_who_ask_the_same(
    question, vendor_b_member, contract_specialist, contracting_officer, at
):
    # Given another vendor who asks the same in other words, and one who asks else
    solicitation = question.solicitation
    same, else_ = (
        ask_question(
            solicitation_id=solicitation.pk,
            text=text,
            by=vendor_b_member,
            at=at + days(2),
        )
        for text in ("Is batch usage included as well?", "Who pays for training?")
    )

    # When the specialist answers both at once, and the officer releases
    answer_question(
        question_id=question.pk,
        text="Yes, batch is included.",
        changes_terms=False,
        also=[same.pk],
        by=contract_specialist,
        at=at + days(3),
    )
    told = [each.question_id for each in drafted_answers(solicitation)]
    assert told == [question.pk, same.pk]
    release_answers(
        solicitation_id=solicitation.pk, by=contracting_officer, at=at + days(4)
    )

    # Then everybody reads the two beside each other with one answer
    (asked,) = together(released_answers(solicitation), lambda each: each.answer)
    assert [each.question for each in asked] == [question.text, same.text]
    assert not else_.answers.exists()


def test_what_was_answered_or_asked_elsewhere_is_not_answered_along(
    question, vendor_b_member, contract_specialist, contracting_officer, at
):
    other = ask_question(
        solicitation_id=question.solicitation_id,
        text="Is batch included, too?",
        by=vendor_b_member,
        at=at + days(2),
    )
    answer(other, contract_specialist, at + days(3))
    release_answers(
        solicitation_id=question.solicitation_id,
        by=contracting_officer,
        at=at + days(4),
    )
    elsewhere = ask_question(
        solicitation_id=released_solicitation(at).pk,
        text="Is batch included?",
        by=vendor_b_member,
        at=at + days(2),
    )
    for also, error in (([other.pk], QuestionClosed), ([elsewhere.pk], TermInvalid)):
        with nothing_happens(), pytest.raises(error):
            answer_question(
                question_id=question.pk,
                text="Yes.",
                changes_terms=False,
                also=also,
                by=contract_specialist,
                at=at + days(5),
            )


def test_the_page_puts_what_is_most_alike_first(
    question, vendor_b_member, contract_specialist, at, monkeypatch
):
    # Given three questions, of which two ask much the same
    solicitation = question.solicitation
    other, same = (
        ask_question(
            solicitation_id=solicitation.pk,
            text=text,
            by=vendor_b_member,
            at=at + days(2),
        )
        for text in ("Who pays for training?", "Is batch included then?")
    )
    assert [pk for pk, _label in questions_beside(question)] == [same.pk, other.pk]
    instant = at + days(3)
    monkeypatch.setattr("contracting.core.clock.now", lambda: instant)
    browser = client_for(contract_specialist)
    url = reverse(
        "solicitations:answer_question",
        args=[solicitation.public_id, question.public_id],
    )
    assert "Is batch included then? (much the same)" in (
        browser.get(url).content.decode()
    )

    # When the specialist answers both on it
    reply = submit(browser, url, {"text": "Yes.", "also": [same.pk]})
    assert reply.status_code == 303

    # Then the page that releases and the public page show the two as one
    release = reverse("solicitations:release_answers", args=[solicitation.public_id])
    officer = client_for(actor("contracting_officer"))
    shown = officer.get(release)
    assert "asked in 2 ways" in shown.content.decode()
    again = browser.get(url).content.decode()
    assert "checked" in again
    read = shown.context["form"].initial
    assert submit(officer, release, read).status_code == 303
    public = reverse("opportunities:opportunity", args=[solicitation.public_id])
    page = Client().get(public).content.decode()
    assert "asked in 2 ways" in page
    assert page.count("<strong>Answer</strong>") == 1


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_a_share_and_the_same_both_ways(one, other):
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, other) == likeness(other, one)
