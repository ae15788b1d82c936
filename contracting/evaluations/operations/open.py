"""Open discussions with every offeror in the competitive range."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.evaluations import calculations, events, permissions, queries
from contracting.evaluations.discussions.exchanges import (
    discussions_of,
    kept_in_range,
    standings_of,
)
from contracting.evaluations.models import Discussion
from contracting.evaluations.refusals import (
    AlreadyDiscussed,
    DiscussionsWithSome,
    RangeMissing,
)
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations.models import Solicitation


@transaction.atomic
def open_discussions(
    *, solicitation_id: int, topics: Mapping[int, str], by: Actor, at: datetime
) -> list[Discussion]:
    """Open discussions with all in the range at one instant, each about its own offer.

    Whoever opens them with one opens them with all (FAR 15.306(d)(1), R-EVL-04).

    :param topics: by submission, what is discussed with its offeror
    :raises NotAllowed: unless ``by`` is a contracting officer of the agency
    :raises NotOpened: unless the offers are open
    :raises AlreadyDecided: once the selection is decided
    :raises RangeMissing: before the competitive range is determined (R-EVL-04)
    :raises AlreadyDiscussed: if they are open
    :raises DiscussionsWithSome: unless there are topics for each offer in the range and
        for no other (R-EVL-04)
    """
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.can_open_discussions(by, solicitation))
    queries.require_undecided(solicitation)
    if not standings_of(solicitation):
        message = "First determine the competitive range: discussions are held with it."
        raise RangeMissing(message)
    if discussions_of(solicitation):
        message = "Discussions are open with everybody in the range."
        raise AlreadyDiscussed(message)
    kept = kept_in_range(solicitation)
    named = {pk for pk, words in topics.items() if calculations.has_words(words)}
    if named != {each.pk for each in kept} or len(topics) != len(named):
        missing = ", ".join(each.called for each in kept if each.pk not in named)
        message = (
            "Discussions are opened with every offeror in the competitive range and "
            f"with nobody else{'; without topics: ' if missing else ''}{missing}."
        )
        raise DiscussionsWithSome(message)
    opened = [
        Discussion.objects.create(
            submission=each,
            topics=topics[each.pk].strip(),
            opened_by_id=by.own_membership_id,
            opened_at=at,
        )
        for each in kept
    ]
    for each in opened:
        words = each.submission.offer_words
        post_notice(
            recipients=[Recipient(organization_id=each.submission.vendor_id)],
            subject=each.submission.subject,
            title=f"Discussions about your {words} on {solicitation.piid}",
            body=each.topics,
            url_path=f"/discussions/{each.submission.public_id}",
            by=by,
            at=at,
        )
    record_event(
        events.DISCUSSIONS_OPENED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={"rule": "R-EVL-04", "with": [each.public_id for each in kept]},
    )
    return opened
