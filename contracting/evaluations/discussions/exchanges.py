"""Where exchanges with the offerors stand: range, discussions, cutoff."""

from __future__ import annotations

from datetime import datetime

from contracting.evaluations.models import (
    ConsensusRating,
    Discussion,
    RangeStanding,
    RevisionRequest,
)
from contracting.evaluations.refusals import DiscussionsOpen, NotInTheRange
from contracting.solicitations.models import Solicitation
from contracting.submissions.models import Submission


def standings_of(solicitation: Solicitation) -> list[RangeStanding]:
    """Every offer in or outside the range; empty before it is determined."""
    found = RangeStanding.objects.filter(submission__solicitation=solicitation)
    return list(
        found.select_related("submission__vendor", "determined_by__user").order_by("pk")
    )


def kept_in_range(solicitation: Solicitation) -> list[Submission]:
    """The offers in the competitive range."""
    return [each.submission for each in standings_of(solicitation) if each.is_kept]


def discussions_of(solicitation: Solicitation) -> list[Discussion]:
    """What is discussed with whom; empty before discussions are opened."""
    found = Discussion.objects.filter(submission__solicitation=solicitation)
    return list(found.select_related("submission__vendor").order_by("pk"))


def revision_request_of(solicitation: Solicitation) -> RevisionRequest | None:
    """The request for final revisions with its one cutoff."""
    return RevisionRequest.objects.filter(solicitation=solicitation).first()


def has_agreed(solicitation: Solicitation) -> bool:
    """Whether the panel has recorded a consensus on any offer."""
    agreed = ConsensusRating.objects.filter(submission__solicitation=solicitation)
    return agreed.exists()


def require_discussions_ended(solicitation: Solicitation, at: datetime) -> None:
    """Insist that no discussions are open, or that their one cutoff has passed.

    :raises DiscussionsOpen: until then (R-EVL-04)
    """
    if not discussions_of(solicitation):
        return
    request = revision_request_of(solicitation)
    if request is None:
        message = (
            "Discussions are open. They end with a request for final revisions by one "
            "cutoff (FAR 15.307(b))."
        )
        raise DiscussionsOpen(message)
    if at <= request.cutoff:
        message = "Final revisions may still come in: their cutoff has not passed."
        raise DiscussionsOpen(message, cutoff=request.cutoff)


def require_in_range(submission_id: int) -> None:
    """Insist on an offer that the competitive range has not left out.

    :raises NotInTheRange: if it has (R-EVL-04)
    """
    left = RangeStanding.objects.filter(submission_id=submission_id, is_kept=False)
    if left.exists():
        message = "This offer was left out of the competitive range."
        raise NotInTheRange(message)
