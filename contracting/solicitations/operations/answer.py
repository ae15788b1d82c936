"""The contracting office drafts an answer that nobody else sees yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.solicitations import events, permissions
from contracting.solicitations.models import Answer, Question, Solicitation
from contracting.solicitations.refusals import QuestionClosed, TermInvalid


@transaction.atomic
def answer_question(
    *,
    question_id: int,
    text: str,
    changes_terms: bool,
    also: Sequence[int] = (),
    by: Actor,
    at: datetime,
) -> Answer:
    """Draft an answer; the last draft before the release is what everybody reads.

    Where several vendors ask the same, one answer is drafted to all of their questions.

    :param changes_terms: the answer is released only with an amendment that says so
    :param also: other questions on the same solicitation that it answers too
    :raises NotAllowed: if ``by`` is not of the contracting office
    :raises QuestionClosed: if an answer to one of them was released
    :raises TermInvalid: for an answer without words, or a question asked elsewhere
    """
    known = Question.objects.get(pk=question_id)
    solicitation = Solicitation.objects.locked().get(pk=known.solicitation_id)
    question = Question.objects.get(pk=question_id)
    question.solicitation = solicitation
    require(permissions.can_answer_question(by, question))
    others = list(solicitation.questions.filter(pk__in=also).exclude(pk=question_id))
    if {each.pk for each in others} != {*also} - {question_id}:
        message = "Only questions on this solicitation are answered together."
        raise TermInvalid(message, term="also")
    _require_open([question, *others])
    if not text.strip():
        message = "Write an answer."
        raise TermInvalid(message, term="text")
    answers = [
        Answer.objects.create(
            question=each,
            text=text.strip(),
            changes_terms=changes_terms,
            answered_by_id=by.own_membership_id,
            answered_at=at,
        )
        for each in (question, *others)
    ]
    record_event(
        events.QUESTION_ANSWERED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "question": question.public_id,
            "also": [each.public_id for each in others],
            "changes_terms": changes_terms,
        },
    )
    return answers[0]


def _require_open(questions: Sequence[Question]) -> None:
    for question in questions:
        if question.answers.filter(releases__isnull=False).exists():
            which = "This question" if question is questions[0] else "One of them"
            message = f"{which} has been answered to everybody."
            raise QuestionClosed(message, question=question.public_id)
