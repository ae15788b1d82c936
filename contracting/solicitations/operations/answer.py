"""The contracting office drafts an answer that nobody else sees yet."""

from __future__ import annotations

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
    *, question_id: int, text: str, changes_terms: bool, by: Actor, at: datetime
) -> Answer:
    """Draft an answer; the last draft before the release is what everybody reads.

    :param changes_terms: the answer is released only with an amendment that says so
    :raises NotAllowed: if ``by`` is not of the contracting office
    :raises QuestionClosed: if an answer to it was released
    :raises TermInvalid: for an answer without words
    """
    known = Question.objects.get(pk=question_id)
    solicitation = Solicitation.objects.locked().get(pk=known.solicitation_id)
    question = Question.objects.get(pk=question_id)
    question.solicitation = solicitation
    require(permissions.can_answer_question(by, question))
    if question.answers.filter(releases__isnull=False).exists():
        message = "This question has been answered to everybody."
        raise QuestionClosed(message)
    if not text.strip():
        message = "Write an answer."
        raise TermInvalid(message, term="text")
    answer = Answer.objects.create(
        question=question,
        text=text.strip(),
        changes_terms=changes_terms,
        answered_by_id=by.own_membership_id,
        answered_at=at,
    )
    record_event(
        events.QUESTION_ANSWERED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={"question": question.public_id, "changes_terms": changes_terms},
    )
    return answer
