"""A vendor asks; nobody is told which."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.core.actors import PERSON, Actor
from contracting.core.permissions import require
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations import events, permissions
from contracting.solicitations.models import Question, Solicitation
from contracting.solicitations.refusals import TermInvalid, TooLateToAsk

SOMEBODY: Final = Actor(kind=PERSON, name="A vendor", role_label="vendor")
"""Who asked, as every record tells it; the question's row alone knows more."""


@transaction.atomic
def ask_question(
    *, solicitation_id: int, text: str, by: Actor, at: datetime
) -> Question:
    """Ask about a released solicitation, until questions close (FAR 15.201(f)).

    Notice and event say only that somebody asked (R-SOL-10).

    :raises NotAllowed: if ``by`` is no person of a vendor, or it is not released
    :raises TooLateToAsk: after the instant at which questions close
    :raises TermInvalid: for a question without words
    """
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.can_ask_question(by, solicitation))
    until = solicitation.questions_until
    if until is None or at > until:
        days = solicitation.questions_close_days
        closed = (
            f"Questions closed {days} day{'s' if days > 1 else ''} before the deadline"
            if days is not None and until is not None
            else "The deadline has passed; questions are closed"
        )
        message = f"{closed}. An amendment that moves the deadline opens them again."
        raise TooLateToAsk(message, deadline=solicitation.deadline, until=until)
    if not text.strip():
        message = "Write your question."
        raise TermInvalid(message, term="text")
    question = Question(
        solicitation=solicitation,
        vendor_id=by.own_organization_id,
        asked_by_id=by.own_membership_id,
        text=text.strip(),
        asked_at=at,
    )
    question.save()
    post_notice(
        recipients=[
            Recipient(solicitation.agency_id, role)
            for role in (Role.CONTRACTING_OFFICER, Role.CONTRACT_SPECIALIST)
        ],
        subject=solicitation.subject,
        title=f"A question on {solicitation.name}",
        body="A vendor has asked. Answers are released to everybody at once.",
        url_path=f"{solicitation.path}/questions",
        by=SOMEBODY,
        at=at,
    )
    record_event(
        events.QUESTION_ASKED,
        subject=solicitation.subject,
        by=SOMEBODY,
        at=at,
        data={"question": question.public_id},
    )
    return question
