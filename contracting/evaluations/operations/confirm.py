"""Answer whether a price of zero is meant."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.evaluations import calculations, events, permissions, queries
from contracting.evaluations.models import PriceAnswer, PriceQuestion
from contracting.evaluations.pricing.gaps import open_gap
from contracting.evaluations.refusals import (
    AlreadyAsked,
    NarrativeMissing,
    NothingToClarify,
)
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations.models import Solicitation
from contracting.submissions.models import Submission


@transaction.atomic
def confirm_price(
    *, question_id: int, is_meant: bool, text: str, by: Actor, at: datetime
) -> PriceAnswer:
    """Answer the officer's question about a price; $0 counts once it is meant.

    A line without a price stays without one, whatever is answered: an offer is not
    revised by a clarification (FAR 15.306(a)).

    :raises NotAllowed: unless ``by`` is a signer of the vendor
    :raises NotOpened: once it is awarded or cancelled
    :raises AlreadyDecided: once the selection is decided
    :raises AlreadyAsked: if it was answered before
    :raises NothingToClarify: if zero is confirmed for a line that has no price
        (R-EVL-05)
    :raises NarrativeMissing: without words
    """
    found = PriceQuestion.objects.select_related("submission").get(pk=question_id)
    solicitation = Solicitation.objects.locked().get(
        pk=found.submission.solicitation_id
    )
    submission = Submission.objects.locked().get(pk=found.submission_id)
    require(permissions.can_confirm_price(by, submission))
    queries.require_undecided(solicitation)
    if PriceAnswer.objects.filter(question=found).exists():
        message = "This question is answered. An answer is given once."
        raise AlreadyAsked(message)
    if is_meant and not open_gap(submission, found.line_id).is_zero:
        message = (
            f"Your offer has no price for {found.line.slin}, so there is no $0 to "
            "confirm. An answer cannot put a price in."
        )
        raise NothingToClarify(message, rule="R-EVL-05")
    if not calculations.has_words(text):
        message = "Say in a sentence what your offer means."
        raise NarrativeMissing(message, rule="R-EVL-05")
    answer = PriceAnswer.objects.create(
        question=found,
        is_meant=is_meant,
        text=text.strip(),
        answered_by_id=by.own_membership_id,
        answered_at=at,
    )
    post_notice(
        recipients=[Recipient(solicitation.agency_id, Role.CONTRACTING_OFFICER)],
        subject=solicitation.subject,
        title=f"An offeror answered about a price on {solicitation.piid}",
        body="Read the answer beside the prices.",
        url_path=f"/solicitations/{solicitation.public_id}/price",
        by=by,
        at=at,
    )
    record_event(
        events.PRICE_CONFIRMED,
        subject=submission.subject,
        by=by,
        at=at,
        data={"question": found.public_id, "is_meant": is_meant},
    )
    return answer
