"""What the public page tells beside the package itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from contracting.audit.models import AuditEvent
from contracting.audit.queries import events_of
from contracting.solicitations import events
from contracting.solicitations.models import Amendment, Solicitation
from contracting.solicitations.publishing.changes import merged, shown
from contracting.solicitations.queries import (
    PUBLISHED,
    AnsweredQuestion,
    amendments_of,
    released_answers,
)
from contracting.solicitations.states import SolicitationState


@dataclass(frozen=True, slots=True)
class News:
    """What was published after an instant; several amendments as one step."""

    since: datetime
    amendments: Sequence[Amendment]
    changes: Sequence[dict[str, Any]]
    answers: Sequence[AnsweredQuestion]

    def __bool__(self) -> bool:
        return bool(self.amendments or self.answers)


def past_opportunities(at: datetime) -> QuerySet[Solicitation]:
    """Every other solicitation that was ever released, newest first."""
    return (
        Solicitation.objects.filter(PUBLISHED)
        .exclude(state=SolicitationState.RELEASED, deadline__gte=at)
        .select_related("agency")
        .order_by("-deadline", "-pk")
    )


def public_events_of(solicitation: Solicitation) -> QuerySet[AuditEvent]:
    """What the public page tells of the history."""
    codes = [event.code for event in events.PUBLIC_EVENTS]
    return events_of(solicitation.subject).filter(event__in=codes)


def news_of(solicitation: Solicitation, since: datetime) -> News:
    """What is new for whoever looked at that instant."""
    amendments = list(amendments_of(solicitation).filter(issued_at__gt=since))
    changes = merged(change for each in amendments for change in each.changes)
    answers = released_answers(solicitation)
    return News(
        since=since,
        amendments=amendments,
        changes=shown(changes, solicitation.time_zone),
        answers=[each for each in answers if each.released_at > since],
    )
