"""Void a route whose content has changed, in plain sight."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.approvals import events, permissions
from contracting.approvals.models import Route
from contracting.approvals.states import RouteState
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.subjects import Subject


@transaction.atomic
def void_route(
    *, subject: Subject, reason: str, by: Actor, at: datetime
) -> Route | None:
    """Void the subject's route, open or complete, with every decision on it (R-ROL-08).

    Whoever changes content calls this and need not know whether it was under review:
    where no route is open or complete, nothing is voided and ``None`` comes back, which
    is the one case in which nothing is recorded. Decisions stay and are shown as void.
    The caller holds the lock of the subject.

    :raises NotAllowed: if ``by`` is nobody of the agency
    """
    standing = Route.objects.locked().filter(
        subject_kind=subject.kind,
        subject_id=subject.id,
        state__in=[RouteState.OPEN, RouteState.COMPLETE],
    )
    route: Route | None = None
    for route in standing:
        require(permissions.can_void_route(by, route))
        before = route.state
        route.state = RouteState.VOIDED
        route.closed_at = at
        route.void_reason = reason
        route.save(update_fields=["state", "closed_at", "void_reason"])
        record_event(
            events.ROUTE_VOIDED,
            subject=route.as_subject,
            by=by,
            at=at,
            data={"was": before, "version": route.version, "reason": reason},
        )
    return route
