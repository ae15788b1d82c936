"""Where exchanges with the offerors stand: range, discussions, cutoff."""

from __future__ import annotations

from datetime import datetime

from contracting.audit.queries import events_of
from contracting.core.models import new_public_id
from contracting.evaluations.events import REVISION_RECEIVED
from contracting.evaluations.models import (
    ConsensusRating,
    Discussion,
    FinalRevision,
    RangeStanding,
    RevisionRequest,
)
from contracting.evaluations.refusals import (
    CutoffPassed,
    DiscussionsOpen,
    NotInTheRange,
)
from contracting.solicitations.models import Solicitation
from contracting.submissions.calculations import Place
from contracting.submissions.models import GivenShare, Submission
from contracting.submissions.queries import box_of, given_shares, opening_of
from contracting.submissions.states import OpeningPurpose


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
    """Insist that no discussions are open, or that their final revisions are.

    :raises DiscussionsOpen: until then (R-EVL-04)
    """
    if not discussions_of(solicitation):
        return
    require_cutoff_passed(solicitation, at)
    if not revisions_are_open(solicitation):
        message = "The final revisions are sealed. Their openers open them first."
        raise DiscussionsOpen(message)


def revisions_are_open(solicitation: Solicitation) -> bool:
    """Whether a quorum has opened the final revisions."""
    opening = opening_of(box_of(solicitation), OpeningPurpose.REVISIONS)
    return opening is not None and opening.completed_at is not None


def shares_given(solicitation: Solicitation) -> list[GivenShare]:
    """Who has given a share to the opening of the final revisions."""
    opening = opening_of(box_of(solicitation), OpeningPurpose.REVISIONS)
    return list(given_shares(opening))


def is_past_cutoff(solicitation: Solicitation, at: datetime) -> bool:
    """Whether final revisions were requested and their cutoff, inclusive, is over."""
    request = revision_request_of(solicitation)
    return request is not None and at > request.cutoff


def require_cutoff_passed(solicitation: Solicitation, at: datetime) -> None:
    """Insist that final revisions were requested and that their cutoff has passed.

    :raises DiscussionsOpen: until then (R-EVL-04)
    """
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


def require_revisable(solicitation: Solicitation, at: datetime) -> None:
    """Insist on a request for final revisions whose cutoff, inclusive, is ahead.

    :raises CutoffPassed: otherwise (R-EVL-04)
    """
    request = revision_request_of(solicitation)
    if request is None:
        message = "No final revision is asked for."
        raise CutoffPassed(message)
    if at > request.cutoff:
        message = "The cutoff has passed. Without a revision in time your offer stands."
        raise CutoffPassed(message, cutoff=request.cutoff)
    if revisions_are_open(solicitation):
        message = "The final revisions were opened while yours was on its way."
        raise CutoffPassed(message, cutoff=request.cutoff)


def last_revisions(solicitation: Solicitation) -> list[FinalRevision]:
    """The last final revision of each offer that has one."""
    found = FinalRevision.objects.filter(submission__solicitation=solicitation)
    latest = found.order_by("submission_id", "-number").distinct("submission_id")
    return list(latest.select_related("submission", "sealed_blob"))


def next_place(submission: Submission) -> Place:
    """Where the next final revision of an offer belongs: a browser binds it to that."""
    return Place(
        submission.solicitation.public_id,
        new_public_id(FinalRevision.PREFIX),
        submission.final_revisions.count() + 1,
    )


def received_key_sha256(revision: FinalRevision) -> str:
    """The hash of its wrapped key, as the audit recorded it on receipt; or empty."""
    of_the_offer = events_of(revision.submission.subject)
    for found in of_the_offer.filter(event=REVISION_RECEIVED.code):
        data = found.read["data"]
        if data["revision"] == revision.public_id:
            return str(data.get("wrapped_key_sha256", ""))
    return ""


def require_in_range(submission_id: int) -> None:
    """Insist on an offer that the competitive range has not left out.

    :raises NotInTheRange: if it has (R-EVL-04)
    """
    left = RangeStanding.objects.filter(submission_id=submission_id, is_kept=False)
    if left.exists():
        message = "This offer was left out of the competitive range."
        raise NotInTheRange(message)
