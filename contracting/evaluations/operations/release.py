"""Show the prices to the panel before it has agreed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.approvals.operations.override import override_rule
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.evaluations import calculations, events, permissions, queries
from contracting.evaluations.models import PriceRelease
from contracting.evaluations.refusals import AlreadyReleased, ReasonMissing
from contracting.solicitations.models import Solicitation


@transaction.atomic
def release_prices(
    *, solicitation_id: int, reason: str, by: Actor, at: datetime
) -> PriceRelease:
    """Let the evaluators see the prices now; the reason stands on the pages.

    :raises NotAllowed: unless ``by`` is a contracting officer of the agency who does
        not evaluate (R-EVL-02)
    :raises NotOpened: unless the offers are open
    :raises AlreadyReleased: if they are
    :raises ReasonMissing: without a reason (R-EVL-02)
    """
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.can_release_prices(by, solicitation))
    queries.require_open(solicitation)
    if queries.release_of(solicitation) is not None:
        message = "The evaluators see the prices already."
        raise AlreadyReleased(message)
    if not calculations.has_words(reason):
        message = "Say why the panel sees the prices before it has agreed."
        raise ReasonMissing(message)
    release = PriceRelease.objects.create(
        solicitation=solicitation,
        reason=reason.strip(),
        released_by_id=by.own_membership_id,
        released_at=at,
    )
    override_rule(
        rule="R-EVL-02",
        subject=solicitation.subject,
        title=str(solicitation),
        url_path=solicitation.path,
        reason_code="BEFORE_CONSENSUS",
        words=release.reason,
        by=by,
        at=at,
    )
    record_event(
        events.PRICES_RELEASED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={"rule": "R-EVL-02", "reason": release.reason},
    )
    return release
