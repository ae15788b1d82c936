"""Rule on an outage at the deadline."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.queries import known_vendors
from accounts.states import Role
from contracting.approvals.operations.override import override_rule
from contracting.audit.operations.record import record_event
from contracting.core.actors import SYSTEM, Actor
from contracting.core.canonical import content_sha256
from contracting.core.periods import zone_of
from contracting.core.permissions import require
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations import calculations as packages
from contracting.solicitations.models import Solicitation
from contracting.solicitations.states import SolicitationState
from contracting.submissions import events, permissions, queries
from contracting.submissions.health.log import (
    moved_deadline,
    open_outage,
    ruling_on,
)
from contracting.submissions.health.models import LateRelief, OutageRuling
from contracting.submissions.models import Submission, SubmissionVersion
from contracting.submissions.refusals import NotOpenForOffers, OutageNotShown
from contracting.submissions.states import SubmissionState


@transaction.atomic
def resolve_outage(
    *, solicitation_id: int, is_confirmed: bool, reason: str, by: Actor, at: datetime
) -> OutageRuling:
    """Confirm or dismiss what the health log shows at the deadline in force.

    A confirmed outage moves the deadline for everybody to the same time of the first
    working day on which work has resumed (FAR 52.212-1(f)(4), R-SUB-08). What was
    received late up to then is in time, and all vendors are told at once. It is no
    amendment: nobody has to acknowledge anything.

    :param reason: why it kept offers from being received, or why it did not
    :raises NotAllowed: unless ``by`` is a contracting officer of the agency
    :raises NotOpenForOffers: unless it is released and its receipts are not closed
    :raises OutageNotShown: unless the log shows an outage at the deadline that is over
        and nobody has ruled on it, or without a reason (R-SUB-08)
    """
    queries.end_receiving(solicitation_id)
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.can_resolve_outage(by, solicitation))
    ruling = _ruling(solicitation, reason, at)
    ruling.is_confirmed = is_confirmed
    ruling.ruled_by_id = by.own_membership_id
    if is_confirmed:
        ruling.new_deadline = moved_deadline(solicitation, ruling.resumed_at)
    ruling.save()
    if ruling.new_deadline is not None:
        _move(solicitation, ruling.new_deadline)
        _relieve(solicitation, ruling, at)
        _tell_everybody(solicitation, ruling, by, at)
        override_rule(
            rule="R-SUB-08",
            subject=solicitation.subject,
            title=str(solicitation),
            url_path=solicitation.path,
            reason_code="OUTAGE_CONFIRMED",
            words=ruling.reason,
            by=by,
            at=at,
        )
    record_event(
        events.OUTAGE_RESOLVED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "rule": "R-SUB-08",
            "is_confirmed": is_confirmed,
            "reason": ruling.reason,
            "begun_at": ruling.begun_at,
            "resumed_at": ruling.resumed_at,
            "old_deadline": ruling.old_deadline,
            "new_deadline": ruling.new_deadline,
        },
    )
    return ruling


def _ruling(solicitation: Solicitation, reason: str, at: datetime) -> OutageRuling:
    deadline = queries.deadline_of(solicitation)
    is_closed = queries.closing_of(solicitation) is not None
    if solicitation.state != SolicitationState.RELEASED or is_closed:
        message = "Receipts are closed, or it takes no offers: its deadline stands."
        raise NotOpenForOffers(message)
    outage = open_outage(solicitation, at)
    if outage is None:
        ruled = ruling_on(solicitation) is not None
        message = (
            "The outage at this deadline is ruled on already."
            if ruled
            else "The health log shows no outage at the deadline."
        )
        raise OutageNotShown(message, deadline=deadline)
    if outage.resumed_at is None:
        message = "The outage is not over: the log has no beat since."
        raise OutageNotShown(message, begun_at=outage.begun_at)
    if not reason.strip():
        message = "Say why offers could not be received, or why they could."
        raise OutageNotShown(message)
    return OutageRuling(
        solicitation=solicitation,
        old_deadline=deadline,
        begun_at=outage.begun_at,
        resumed_at=outage.resumed_at,
        reason=reason.strip(),
        ruled_at=at,
    )


def _move(solicitation: Solicitation, deadline: datetime) -> None:
    solicitation.deadline = deadline
    solicitation.version += 1
    solicitation.content_sha256 = content_sha256(packages.content(solicitation))
    solicitation.save(update_fields=["deadline", "version", "content_sha256"])


def _relieve(solicitation: Solicitation, ruling: OutageRuling, at: datetime) -> None:
    """What came late and up to the moved deadline is in time."""
    versions = SubmissionVersion.objects.filter(
        submission__solicitation=solicitation,
        is_late=True,
        received_at__lte=ruling.new_deadline,
    )
    LateRelief.objects.bulk_create(
        LateRelief(version=version, ruling=ruling) for version in versions
    )
    late = Submission.objects.locked().filter(
        pk__in=versions.values("submission_id"), state=SubmissionState.LATE
    )
    for submission in late.order_by("pk"):
        submission.move_to(SubmissionState.SUBMITTED)
        record_event(
            events.SUBMISSION_RELIEVED,
            subject=submission.subject,
            by=SYSTEM,
            at=at,
            data={
                "rule": "R-SUB-08",
                "solicitation": solicitation.public_id,
                "new_deadline": ruling.new_deadline,
            },
        )


def _tell_everybody(
    solicitation: Solicitation, ruling: OutageRuling, by: Actor, at: datetime
) -> None:
    roles = (Role.CONTRACTING_OFFICER, Role.CONTRACT_SPECIALIST)
    office = [Recipient(solicitation.agency_id, role) for role in roles]
    local = queries.deadline_of(solicitation).astimezone(
        zone_of(solicitation.time_zone)
    )
    post_notice(
        recipients=[*(Recipient(each.pk) for each in known_vendors()), *office],
        subject=solicitation.subject,
        title=f"The deadline of {solicitation.piid} has moved",
        body=(
            "Offers could not be received at the deadline. It is now "
            f"{local:%A, %Y-%m-%d %H:%M %Z}, for everybody. What has arrived since "
            "the old deadline is in time."
        ),
        url_path=solicitation.public_path,
        by=by,
        at=at,
    )
