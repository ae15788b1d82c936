"""Request final revisions by one common cutoff."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.evaluations import events, permissions, queries
from contracting.evaluations.discussions.exchanges import (
    discussions_of,
    revision_request_of,
)
from contracting.evaluations.models import RevisionRequest
from contracting.evaluations.refusals import NotDiscussed, OneCutoff
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations.models import Solicitation
from contracting.submissions.queries import box_of
from contracting.submissions.sealing.openers import shares_of


@transaction.atomic
def request_revisions(
    *, solicitation_id: int, cutoff: datetime, by: Actor, at: datetime
) -> RevisionRequest:
    """End discussions: everybody in the range may revise until one cutoff.

    All are told at one instant, in the same words (FAR 15.307(b), R-EVL-04).

    :param cutoff: the last instant, itself included
    :raises NotAllowed: unless ``by`` is a contracting officer of the agency
    :raises NotOpened: unless the offers are open
    :raises AlreadyDecided: once the selection is decided
    :raises NotDiscussed: before discussions are opened (R-EVL-04)
    :raises OneCutoff: if a cutoff is set, or this one has passed (R-EVL-04)
    """
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.can_request_revisions(by, solicitation))
    queries.require_undecided(solicitation)
    discussed = discussions_of(solicitation)
    if not discussed:
        message = "Final revisions end discussions. Open discussions first."
        raise NotDiscussed(message)
    if revision_request_of(solicitation) is not None:
        message = "The cutoff is set. It is one for everybody and is not set again."
        raise OneCutoff(message)
    if cutoff <= at:
        message = "The cutoff lies ahead, so that everybody can still revise."
        raise OneCutoff(message, cutoff=cutoff)
    request = RevisionRequest.objects.create(
        solicitation=solicitation,
        cutoff=cutoff,
        requested_by_id=by.own_membership_id,
        requested_at=at,
    )
    for each in discussed:
        post_notice(
            recipients=[Recipient(organization_id=each.submission.vendor_id)],
            subject=each.submission.subject,
            title=f"Final revisions on {each.submission.reference} are requested",
            body=(
                "Discussions have ended. You may revise your offer once more, in "
                f"writing, until {cutoff.isoformat()}; everybody in the competitive "
                "range has the same cutoff. Without a revision your offer stands."
            ),
            url_path=f"/discussions/{each.submission.public_id}",
            by=by,
            at=at,
        )
    _tell_the_openers(solicitation, request, by, at)
    record_event(
        events.REVISIONS_REQUESTED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={"rule": "R-EVL-04", "cutoff": cutoff},
    )
    return request


def _tell_the_openers(
    solicitation: Solicitation, request: RevisionRequest, by: Actor, at: datetime
) -> None:
    box = box_of(solicitation)
    openers = [] if box is None else list(shares_of(box))
    post_notice(
        recipients=[Recipient(user_id=share.user_id) for share in openers],
        subject=solicitation.subject,
        title=f"Final revisions on {solicitation.piid} are to be opened",
        body=f"They stay sealed until {request.cutoff.isoformat()} has passed.",
        url_path=f"/solicitations/{solicitation.public_id}/exchanges/open_revisions",
        by=by,
        at=at,
    )
