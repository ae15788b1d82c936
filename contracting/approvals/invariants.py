"""What must always hold of routes and decisions."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, Q

from contracting.approvals.models import Decision, Route
from contracting.approvals.queries import progress
from contracting.approvals.states import RouteState
from contracting.core.invariants import Invariant


def _decisions_on_another_version() -> Iterator[str]:
    same = Q(version=F("route__version"), content_sha256=F("route__content_sha256"))
    for decision in Decision.objects.exclude(same).select_related("route"):
        yield f"decision {decision.pk} on {decision.route}"


def _self_approvals() -> Iterator[str]:
    for decision in Decision.objects.select_related("route", "on_behalf_of"):
        delegator = decision.on_behalf_of
        persons = [decision.by_user_id, delegator.user_id if delegator else None]
        if any(decision.route.excludes(person) for person in persons):
            yield f"decision {decision.pk} on {decision.route}"


def _complete_without_decisions() -> Iterator[str]:
    routes = Route.objects.filter(state=RouteState.COMPLETE)
    for route in routes.prefetch_related("steps__decisions"):
        if progress(route).steps_left:
            yield f"{route}, route {route.pk}"


INVARIANTS = [
    Invariant(
        code="APR-1",
        sentence="Every decision is on the version and hash of its route.",
        check=_decisions_on_another_version,
    ),
    Invariant(
        code="APR-2",
        sentence="Nobody has decided on what they made, nor in the seat of who did.",
        check=_self_approvals,
    ),
    Invariant(
        code="APR-3",
        sentence="A complete route has every decision that its steps need.",
        check=_complete_without_decisions,
    ),
]
