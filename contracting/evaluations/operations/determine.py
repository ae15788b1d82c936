"""Determine the competitive range."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.evaluations import calculations, events, permissions, queries
from contracting.evaluations.discussions.exchanges import (
    has_agreed,
    standings_of,
)
from contracting.evaluations.models import RangeStanding
from contracting.evaluations.refusals import (
    AlreadyAgreed,
    RangeDetermined,
    RangeIncomplete,
    RatingsNotLocked,
)
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations.models import Solicitation
from contracting.submissions.models import Submission
from contracting.submissions.queries import offers_of


@transaction.atomic
def determine_range(
    *, solicitation_id: int, left_out: Mapping[int, str], by: Actor, at: datetime
) -> list[RangeStanding]:
    """Say which offers are among the most highly rated, and tell the others why not.

    On the ratings that every evaluator has locked, before the panel agrees: it agrees
    on final revisions (FAR 15.306(c), 15.503(a)).

    :param left_out: by submission, the reason as its offeror is told; the rest is kept
    :raises NotAllowed: unless ``by`` is a contracting officer of the agency
    :raises NotOpened: unless the offers are open
    :raises AlreadyDecided: once the selection is decided
    :raises RangeDetermined: if it is determined
    :raises RatingsNotLocked: until every evaluator has locked every rating
    :raises AlreadyAgreed: if the panel has agreed on an offer
    :raises RangeIncomplete: without a reason for each offer left out, with one that was
        not opened, or if nobody is left (R-EVL-04)
    """
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.can_determine_range(by, solicitation))
    queries.require_undecided(solicitation)
    opened = [offer.submission for offer in offers_of(solicitation)]
    _require_time(solicitation, opened)
    known = {each.pk for each in opened}
    if not set(left_out) <= known or not known - set(left_out):
        message = "The range has at least one offer, and only opened offers."
        raise RangeIncomplete(message)
    unexplained = [
        pk for pk, why in left_out.items() if not calculations.has_words(why)
    ]
    if unexplained:
        message = "Say for each offer that is left out why, as its offeror is told."
        raise RangeIncomplete(message)
    standings = []
    for each in opened:
        reason = left_out.get(each.pk, "").strip()
        standings.append(
            RangeStanding.objects.create(
                submission=each,
                is_kept=each.pk not in left_out,
                reason=reason,
                determined_by_id=by.own_membership_id,
                determined_at=at,
            )
        )
        if each.pk in left_out:
            _tell(solicitation, each, reason, by, at)
    record_event(
        events.RANGE_DETERMINED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "rule": "R-EVL-04",
            "kept": [each.public_id for each in opened if each.pk not in left_out],
            "left_out": [each.public_id for each in opened if each.pk in left_out],
        },
    )
    return standings


def _require_time(solicitation: Solicitation, opened: list[Submission]) -> None:
    if standings_of(solicitation):
        message = "The competitive range is determined; it is determined once."
        raise RangeDetermined(message)
    if has_agreed(solicitation):
        message = "The panel has agreed already; the range rests on its single ratings."
        raise AlreadyAgreed(message)
    owing = [each for each in opened if queries.have_not_locked(each).exists()]
    if owing or not queries.declared_evaluators(solicitation).exists():
        message = (
            "Every evaluator locks their ratings of every offer before the range is "
            "determined (FAR 15.306(c)(1))."
        )
        raise RatingsNotLocked(message, rule="R-EVL-04")


def _tell(
    solicitation: Solicitation, left: Submission, reason: str, by: Actor, at: datetime
) -> None:
    words = left.offer_words
    post_notice(
        recipients=[Recipient(organization_id=left.vendor_id)],
        subject=left.subject,
        title=f"Your {words} on {solicitation.piid} is not in the competitive range",
        body=reason,
        url_path=f"/submissions/{left.public_id}/status",
        by=by,
        at=at,
    )
