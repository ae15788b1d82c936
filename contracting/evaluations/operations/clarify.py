"""Ask an offeror about a price that its offer leaves open."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.evaluations import calculations, events, permissions, queries
from contracting.evaluations.models import PriceQuestion
from contracting.evaluations.pricing.gaps import open_gap
from contracting.evaluations.refusals import AlreadyAsked, NarrativeMissing
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations.models import Solicitation
from contracting.submissions.models import Submission


@transaction.atomic
def clarify_price(
    *, submission_id: int, line_id: int, question: str, by: Actor, at: datetime
) -> PriceQuestion:
    """Ask whether a price of $0 is meant, or why a line has no price (FAR 15.306(a)).

    An answer may confirm $0; it never changes an offer. Until then the offer has no
    rank (R-EVL-05).

    :raises NotAllowed: unless ``by`` is a contracting officer who may see the prices
    :raises NotOpened: unless the offers are open
    :raises AlreadyDecided: once the selection is decided
    :raises NothingToClarify: if the line has a price that counts
    :raises AlreadyAsked: if it was asked about this line before
    :raises NarrativeMissing: without a question
    """
    found = Submission.objects.get(pk=submission_id)
    solicitation = Solicitation.objects.locked().get(pk=found.solicitation_id)
    submission = Submission.objects.locked().get(pk=submission_id)
    require(permissions.can_clarify_price(by, solicitation))
    queries.require_undecided(solicitation)
    gap = open_gap(submission, line_id)
    if gap.question is not None:
        message = f"{submission.called} has been asked about {gap.line.slin}."
        raise AlreadyAsked(message, question=gap.question.public_id)
    if not calculations.has_words(question):
        message = "Write what you ask the offeror."
        raise NarrativeMissing(message, rule="R-EVL-05")
    asked = PriceQuestion.objects.create(
        submission=submission,
        line=gap.line,
        question=question.strip(),
        asked_by_id=by.own_membership_id,
        asked_at=at,
    )
    slin, reference = gap.line.slin, submission.reference
    post_notice(
        recipients=[Recipient(organization_id=submission.vendor_id)],
        subject=submission.subject,
        title=f"A question about your price of {slin} on {reference}",
        body=asked.question,
        url_path=f"/clarifications/{asked.public_id}/confirm",
        by=by,
        at=at,
    )
    record_event(
        events.PRICE_CLARIFICATION_ASKED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={"question": asked.public_id, "submission": submission.public_id},
    )
    return asked
