"""Accept no offer: the solicitation ends without an award."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.evaluations import calculations, events, permissions, queries
from contracting.evaluations.models import AllRejection
from contracting.evaluations.refusals import NoAwardUnexplained
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations.models import Solicitation
from contracting.solicitations.states import SolicitationState
from contracting.submissions.models import Submission
from contracting.submissions.states import SubmissionState


@transaction.atomic
def decline_offers(
    *, solicitation_id: int, reason: str, rationale: str, by: Actor, at: datetime
) -> AllRejection:
    """Reject every offer, as it is in the Government's interest (FAR 15.305(b)).

    Every offeror is told the reason at once and everybody reads it on the public page;
    the need may be solicited again. It cannot be taken back.

    :param reason: what everybody is told, without anybody's secrets
    :param rationale: for the file: the authority's own reasons
    :raises NotAllowed: unless ``by`` is the designated authority, having declared
    :raises NotOpened: unless the offers are open
    :raises AlreadyDecided: if an offer is selected
    :raises NoAwardUnexplained: without a reason
    :raises RationaleNotOwn: if the rationale is empty or the panel's text (R-EVL-06)
    """
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.can_decline_offers(by, solicitation))
    queries.require_undecided(solicitation)
    if not calculations.has_words(reason):
        message = "Say what the offerors are told: why no offer was accepted."
        raise NoAwardUnexplained(message)
    queries.require_own_words(solicitation, rationale)
    rejection = AllRejection.objects.create(
        solicitation=solicitation,
        reason=reason.strip(),
        rationale=rationale.strip(),
        rejected_by_id=by.own_membership_id,
        rejected_at=at,
    )
    solicitation.no_award_reason = rejection.reason
    solicitation.save(update_fields=["no_award_reason"])
    solicitation.move_to(SolicitationState.NO_AWARD)
    _tell(solicitation, rejection, by, at)
    record_event(
        events.OFFERS_DECLINED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={"piid": solicitation.piid, "reason": rejection.reason},
    )
    return rejection


def _tell(
    solicitation: Solicitation, rejection: AllRejection, by: Actor, at: datetime
) -> None:
    """Each offeror once, whoever is not withdrawn; and the contracting office."""
    offered = Submission.objects.filter(solicitation=solicitation).exclude(
        state=SubmissionState.WITHDRAWN
    )
    first = {each.vendor_id: each for each in offered.order_by("-pk")}
    for each in sorted(first.values(), key=lambda offer: offer.pk):
        post_notice(
            recipients=[Recipient(organization_id=each.vendor_id)],
            subject=each.subject,
            title=f"No offer on {solicitation.piid} was accepted",
            body=rejection.reason,
            url_path=f"/submissions/{each.public_id}/status",
            by=by,
            at=at,
        )
    roles = (Role.CONTRACTING_OFFICER, Role.CONTRACT_SPECIALIST)
    post_notice(
        recipients=[Recipient(solicitation.agency_id, role) for role in roles],
        subject=solicitation.subject,
        title=f"{solicitation.piid} ends without an award",
        body="The need may be solicited again.",
        url_path=solicitation.path,
        by=by,
        at=at,
    )
