"""A vendor keeps its offer open for longer."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.evaluations import events, permissions, queries
from contracting.evaluations.models import OfferExtension, SelectedOffer
from contracting.evaluations.refusals import ExtensionUnfit
from contracting.evaluations.standing.validity import valid_until
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations.calculations import MOST_VALID_DAYS
from contracting.solicitations.models import Solicitation
from contracting.solicitations.states import SolicitationState
from contracting.submissions.models import Submission


@transaction.atomic
def extend_offer(
    *, submission_id: int, until: date, words: str, by: Actor, at: datetime
) -> OfferExtension:
    """Let an opened offer be accepted up to a later day, prices and terms unchanged.

    It is the vendor's written word (FAR 52.212-1(c), R-SUB-09); an offer that has
    expired comes back to life with it.

    :param until: the last day on which the offer may be accepted
    :param words: what the signer writes, at least a sentence
    :raises NotAllowed: unless ``by`` signs for the vendor whose offer it is
    :raises NotOpened: before the opening, and once it is cancelled or awarded to others
    :raises ExtensionUnfit: without words, or for a day that is not later
    """
    found = Submission.objects.get(pk=submission_id)
    solicitation = Solicitation.objects.locked().get(pk=found.solicitation_id)
    submission = Submission.objects.locked().get(pk=submission_id)
    require(permissions.can_extend_offer(by, submission))
    _require_acceptable(submission)
    was_until = valid_until(submission)
    _require_later(solicitation, until, was_until, at)
    if not words.strip():
        message = "Write that you keep your offer open; your words are the extension."
        raise ExtensionUnfit(message)
    extension = OfferExtension.objects.create(
        submission=submission,
        valid_until=until,
        words=words.strip(),
        extended_by_id=by.own_membership_id,
        extended_at=at,
    )
    roles = (Role.CONTRACTING_OFFICER, Role.CONTRACT_SPECIALIST)
    post_notice(
        recipients=[Recipient(solicitation.agency_id, role) for role in roles],
        subject=solicitation.subject,
        title=f"{submission.called} extends its offer on {solicitation.piid}",
        body=f"It may be accepted until {until}.",
        url_path=f"/offers/{submission.public_id}",
        by=by,
        at=at,
    )
    record_event(
        events.OFFER_EXTENDED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "rule": "R-SUB-09",
            "submission": submission.public_id,
            "was_until": was_until,
            "valid_until": until,
            "words": extension.words,
        },
    )
    return extension


def _require_acceptable(submission: Submission) -> None:
    """After the first of several awards, the other selected offers may follow."""
    solicitation = submission.solicitation
    chosen = SelectedOffer.objects.filter(
        decision__solicitation=solicitation, forgone__isnull=True
    )
    is_left = chosen.filter(submission=submission).exists() and chosen.count() > 1
    if solicitation.state != SolicitationState.AWARDED or not is_left:
        queries.require_open(solicitation)


def _require_later(
    solicitation: Solicitation, until: date, was_until: date | None, at: datetime
) -> None:
    today = solicitation.agency.local_day(at)
    if until < today or (was_until is not None and until <= was_until):
        message = "Name a later day than the one until which your offer is open now."
        raise ExtensionUnfit(message, valid_until=was_until)
    if (until - today).days > MOST_VALID_DAYS:
        message = f"An offer is kept open for at most {MOST_VALID_DAYS} days more."
        raise ExtensionUnfit(message, valid_until=was_until)
