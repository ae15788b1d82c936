"""Answers are drafted where nobody else reads them."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.solicitations.operations.answer import answer_question
from contracting.solicitations.operations.ask import ask_question
from contracting.solicitations.operations.release_answers import release_answers
from contracting.solicitations.queries import drafted_answers, released_answers
from contracting.solicitations.refusals import QuestionClosed, TermInvalid
from tests.builders import released_solicitation
from tests.cast import days, nothing_happens


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
