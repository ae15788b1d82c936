"""Write a beat of the health log."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.states import Role
from contracting.core.actors import SYSTEM
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations.models import Solicitation
from contracting.solicitations.states import SolicitationState
from contracting.submissions.health.log import TOLERANCE
from contracting.submissions.health.models import HealthBeat


@transaction.atomic
def log_health(*, at: datetime) -> HealthBeat:
    """Write that schedule, worker and database are at work at this instant.

    After a silence it tells the contracting officers whose deadline lay in it: the
    log is the evidence on which they rule (FAR 52.212-1(f)(4), R-SUB-08).
    """
    last = HealthBeat.objects.order_by("beat_at").last()
    beat = HealthBeat.objects.create(beat_at=at)
    if last is not None and at - last.beat_at > TOLERANCE:
        hit = Solicitation.objects.filter(
            state=SolicitationState.RELEASED,
            closing__isnull=True,
            deadline__gte=last.beat_at,
            deadline__lt=at,
        )
        for solicitation in hit.order_by("pk"):
            post_notice(
                recipients=[
                    Recipient(solicitation.agency_id, Role.CONTRACTING_OFFICER)
                ],
                subject=solicitation.subject,
                title=f"Outage at the deadline of {solicitation.piid}",
                body=(
                    "The health log is silent around the deadline. Confirm the outage, "
                    "which moves the deadline for everybody, or dismiss it; receipts "
                    "are not closed before."
                ),
                url_path=f"/solicitations/{solicitation.public_id}/resolve_outage",
                by=SYSTEM,
                at=at,
            )
    return beat
