"""What the public page tells beside the package itself."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from contracting.audit.models import AuditEvent
from contracting.audit.queries import events_of
from contracting.solicitations import events
from contracting.solicitations.models import Solicitation
from contracting.solicitations.queries import PUBLIC_STATES
from contracting.solicitations.states import SolicitationState


def past_opportunities(at: datetime) -> QuerySet[Solicitation]:
    """Every other solicitation that was ever released, newest first."""
    return (
        Solicitation.objects.filter(state__in=PUBLIC_STATES)
        .exclude(state=SolicitationState.RELEASED, deadline__gte=at)
        .select_related("agency")
        .order_by("-deadline", "-pk")
    )


def public_events_of(solicitation: Solicitation) -> QuerySet[AuditEvent]:
    """What the public page tells of the history."""
    codes = [event.code for event in events.PUBLIC_EVENTS]
    return events_of(solicitation.subject).filter(event__in=codes)
