"""The vendor answers a cure or a show-cause notice."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.terminations import events, permissions
from contracting.terminations.models import LetterAnswer
from contracting.terminations.operations.receive import _lock_letter
from contracting.terminations.refusals import WordsMissing


@transaction.atomic
def answer_letter(
    *, letter_id: int, text: str, by: Actor, at: datetime
) -> LetterAnswer:
    """Say what was cured, or why nothing ends; the officers are told.

    :raises NotAllowed: unless ``by`` signs for the vendor and nobody has answered
    :raises WordsMissing: without words
    """
    letter = _lock_letter(letter_id)
    require(permissions.can_answer_letter(by, letter))
    if not text.strip():
        message = "Say what was cured, or why nothing should end."
        raise WordsMissing(message, pointer="/text")
    answer = LetterAnswer.objects.create(
        letter=letter,
        text=text.strip(),
        answered_by_id=by.own_membership_id,
        answered_at=at,
    )
    contract = letter.contract
    post_notice(
        recipients=[
            Recipient(organization_id=contract.agency_id, role=Role.CONTRACTING_OFFICER)
        ],
        subject=letter.subject,
        title=f"The {letter.get_kind_display()} on {letter.about} is answered",
        body=answer.text,
        url_path=letter.path,
        by=by,
        at=at,
    )
    record_event(
        events.LETTER_ANSWERED,
        subject=letter.subject,
        by=by,
        at=at,
        data={"about": letter.about, "text": answer.text},
    )
    return answer
