"""Who may adopt a policy, decide on a route, and dispose of a non-concurrence."""

from __future__ import annotations

from datetime import date

from accounts.permissions import role_in
from accounts.states import Role
from contracting.approvals.models import Decision, Route
from contracting.approvals.queries import (
    current_steps,
    free_seats,
    lapsed_delegators,
    people_who_decided,
    seats_of,
)
from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Refused, Verdict


def can_adopt_policy(by: Actor, agency_id: int) -> Verdict:
    """An administrator of the agency, or the operator of the installation."""
    if by.is_system:
        return Allowed()
    return role_in(by, agency_id, Role.ADMINISTRATOR, doing="adopt a policy")


def can_open_route(by: Actor, agency_id: int) -> Verdict:
    """Whoever submits, which the calling verb has weighed, within their own agency."""
    if by.is_person and by.acts_for(agency_id):
        return Allowed()
    return Refused("Only a person of this agency may submit for review.")


def can_record_decision(by: Actor, route: Route, on: date) -> Verdict:
    """Whether this person may decide on the route now.

    Nobody decides on what they made or submitted, in their own seat or a colleague's,
    nor in the seat of a colleague who did (R-ROL-09); a delegation must be in force
    (R-ROL-10).
    """
    if route.excludes(by.user_id):
        return Refused(
            "You made or submitted this, so others decide on it.", "R-ROL-09"
        )
    if by.user_id in people_who_decided(route):
        return Refused("You have decided on this, or a colleague did in your seat.")
    if free_seats(by, route, on):
        return Allowed()
    lent = [seat.on_behalf_of for seat in seats_of(by, route, on) if seat.on_behalf_of]
    for colleague in lent:
        if route.excludes(colleague.user_id):
            return Refused(
                f"{colleague.user} made or submitted this, so nobody decides on it in "
                "their place.",
                "R-ROL-09",
            )
    for colleague in lapsed_delegators(by, route, on):
        return Refused(
            f"The delegation of {colleague.user} to you is not in force on {on}.",
            "R-ROL-10",
        )
    return Refused(_who_decides(route))


def can_dispose_nonconcurrence(by: Actor, decision: Decision) -> Verdict:
    """A contracting officer of the agency writes how it is disposed of (R-TO-09)."""
    return role_in(
        by,
        decision.route.agency_id,
        Role.CONTRACTING_OFFICER,
        doing="dispose of a non-concurrence",
        rule="R-TO-09",
    )


def can_escalate_review(by: Actor) -> Verdict:
    """The clock tells somebody above; people who want to may write to each other."""
    if by.is_system:
        return Allowed()
    return Refused("Reviews are escalated by the clock, by nobody else.")


def can_void_route(by: Actor, route: Route) -> Verdict:
    """Whoever changed the content, which the calling verb has weighed."""
    if by.is_system or by.acts_for(route.agency_id):
        return Allowed()
    return Refused("Only this agency may void its route.")


def _who_decides(route: Route) -> str:
    waiting = " and ".join(f"a {step.label}" for step in current_steps(route))
    if not waiting:
        return "Nothing waits for a decision on this route."
    return f"You are not among those who decide now: it waits for {waiting}."
