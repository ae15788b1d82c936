"""Write down a dissent from what the panel agreed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.evaluations import calculations, events, permissions, queries
from contracting.evaluations.models import DissentNote, PanelMember
from contracting.evaluations.refusals import (
    AlreadyDecided,
    ConsensusMissing,
    NarrativeMissing,
)
from contracting.solicitations.models import EvaluationFactor, Solicitation
from contracting.submissions.models import Submission


@transaction.atomic
def note_dissent(
    *, submission_id: int, factor_id: int, text: str, by: Actor, at: datetime
) -> DissentNote:
    """Say where one does not go along with a consensus; it goes to the authority.

    :raises NotAllowed: unless ``by`` is a designated evaluator who has declared
    :raises NotOpened: once the solicitation is cancelled or awarded
    :raises AlreadyDecided: once the selection is decided
    :raises ConsensusMissing: if there is no consensus to dissent from
    :raises NarrativeMissing: without words
    """
    found = Submission.objects.get(pk=submission_id)
    solicitation = Solicitation.objects.locked().get(pk=found.solicitation_id)
    submission = Submission.objects.locked().get(pk=submission_id)
    require(permissions.can_note_dissent(by, submission))
    queries.require_open(solicitation)
    if queries.decision_of(solicitation) is not None:
        message = "The selection is decided; what the panel wrote stands."
        raise AlreadyDecided(message)
    factor = EvaluationFactor.objects.get(pk=factor_id)
    consensus = queries.consensus_of(submission, factor)
    if consensus is None:
        message = "The panel has not agreed on this yet. Say it to your colleagues."
        raise ConsensusMissing(message)
    if not calculations.has_words(text):
        message = "Write where you do not go along, and why."
        raise NarrativeMissing(message)
    note = DissentNote.objects.create(
        consensus=consensus,
        panel_member=PanelMember.objects.get(
            solicitation=solicitation, membership_id=by.own_membership_id
        ),
        text=text.strip(),
        written_at=at,
    )
    record_event(
        events.DISSENT_NOTED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={"submission": submission.public_id, "factor": factor.public_id},
    )
    return note
