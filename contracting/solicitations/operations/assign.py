"""Hand a question to somebody of the contracting office."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.queries import members
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations import events, permissions
from contracting.solicitations.models import (
    Question,
    QuestionAssignment,
    Solicitation,
)
from contracting.solicitations.refusals import QuestionClosed, TermInvalid


@transaction.atomic
def assign_question(
    *, question_id: int, assignee_id: int, by: Actor, at: datetime
) -> QuestionAssignment:
    """Ask a colleague to draft the answer; the last assignment counts.

    It takes nothing from the others: whoever may answer still may.

    :param assignee_id: a membership of the contracting office
    :raises NotAllowed: if ``by`` is not of the contracting office
    :raises QuestionClosed: if an answer was released to everybody
    :raises TermInvalid: for somebody who may not answer
    """
    known = Question.objects.get(pk=question_id)
    solicitation = Solicitation.objects.locked().get(pk=known.solicitation_id)
    question = Question.objects.get(pk=question_id)
    question.solicitation = solicitation
    require(permissions.can_assign_question(by, question))
    if question.answers.filter(releases__isnull=False).exists():
        message = "This question has been answered to everybody."
        raise QuestionClosed(message, question=question.public_id)
    office = members(solicitation.agency_id, *permissions.WRITERS)
    assignee = office.filter(pk=assignee_id).first()
    if assignee is None:
        message = "A question is answered by somebody of the contracting office."
        raise TermInvalid(message, term="assignee")
    made = QuestionAssignment.objects.create(
        question=question,
        assignee=assignee,
        assigned_by_id=by.own_membership_id,
        assigned_at=at,
    )
    post_notice(
        recipients=[Recipient(user_id=assignee.user_id)],
        subject=solicitation.subject,
        title=f"A question on {solicitation.name} is yours to answer",
        body="Draft the answer; everybody reads it with the others, at one instant.",
        url_path=f"{solicitation.path}/questions/{question.public_id}",
        by=by,
        at=at,
    )
    record_event(
        events.QUESTION_ASSIGNED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={"question": question.public_id, "assignee": assignee.public_id},
    )
    return made
