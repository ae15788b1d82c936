"""The contracting officer answers everybody at one instant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.queries import known_vendors
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.errors import Stale
from contracting.core.permissions import require
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations import (
    calculations,
    events,
    paperwork,
    permissions,
    queries,
)
from contracting.solicitations.models import Answer, AnswerRelease, Solicitation
from contracting.solicitations.refusals import AmendmentNeeded, NoAnswerDrafted


@transaction.atomic
def release_answers(
    *, solicitation_id: int, by: Actor, at: datetime, seen_sha256: str = ""
) -> AnswerRelease:
    """Release every drafted answer to all vendors and the public at one instant.

    Nothing that is released says who asked (FAR 15.201(f), R-SOL-10).

    :param seen_sha256: hash of the drafts that were read, where somebody read them
    :raises NotAllowed: if ``by`` is no contracting officer of the agency
    :raises Stale: if other answers are drafted than those that were read
    :raises NoAnswerDrafted: if there is nothing to release
    :raises AmendmentNeeded: if an answer changes terms and no amendment has been issued
        since it was drafted (R-SOL-10)
    """
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.can_release_answers(by, solicitation))
    answers = queries.drafted_answers(solicitation)
    if not answers:
        message = "No answer is drafted, so there is nothing to release."
        raise NoAnswerDrafted(message)
    if seen_sha256 not in {"", calculations.answers_sha256(answers)}:
        message = "An answer was drafted or changed since you read them. Read again."
        raise Stale(message)
    _require_amended(solicitation, answers)
    release = AnswerRelease.objects.create(solicitation=solicitation, released_at=at)
    release.answers.add(*answers)
    post_notice(
        recipients=[Recipient(vendor.pk) for vendor in known_vendors()],
        subject=solicitation.subject,
        title=f"Answers on {solicitation.piid}",
        body=f"{len(answers)} answers to questions have been released to everybody.",
        url_path=solicitation.public_path,
        due_on=paperwork.deadline_day(solicitation),
        by=by,
        at=at,
    )
    record_event(
        events.ANSWERS_RELEASED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={"questions": [answer.question.public_id for answer in answers]},
    )
    return release


def _require_amended(solicitation: Solicitation, answers: Sequence[Answer]) -> None:
    changing = [answer for answer in answers if answer.changes_terms]
    if not changing:
        return
    latest = max(answer.answered_at for answer in changing)
    if not solicitation.amendments.filter(issued_at__gte=latest).exists():
        message = (
            "An answer changes the terms. Issue the amendment that changes them, then "
            "release the answers."
        )
        raise AmendmentNeeded(
            message, questions=[answer.question.public_id for answer in changing]
        )
