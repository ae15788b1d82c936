"""What waits for whom, for how long, and of what somebody above must be told."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Q, QuerySet

from accounts.models import Membership
from accounts.queries import delegators_of
from accounts.states import Role
from contracting.approvals.models import Decision, Override, Route, Step
from contracting.approvals.queries import (
    Seat,
    current_since,
    current_steps,
    day_of,
    due_on,
    free_seats,
    people_asked,
    people_who_decided,
    waiting_for,
)
from contracting.approvals.states import Need, Overdue, RouteState
from contracting.core.actors import Actor
from contracting.core.periods import business_days_between
from contracting.core.subjects import Subject

ANSWERABLE: Final = (Role.AUDITOR, Role.CONTRACTING_OFFICER, Role.ADMINISTRATOR)
"""Who answers for overrides, and reads all of them."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of a reviewer's queue.

    Days are federal working days: how many have passed since it was this step's turn,
    and how many its policy gives (``None`` for no limit).
    """

    route: Route
    label: str
    in_seat_of: str
    since: date
    days: int
    allowed: int | None
    due_on: date | None
    told: list[str]

    @property
    def is_late(self) -> bool:
        return self.allowed is not None and self.days > self.allowed


def overdue(step: Step, route: Route, on: date) -> Overdue | None:
    """Why somebody above must be told of the step on that day, if they were not yet."""
    if step.pk not in {each.pk for each in current_steps(route)}:
        return None
    told = {each.why for each in step.escalations.all()}
    due = due_on(step, route)
    if Overdue.NOBODY not in told and not people_left(step, route):
        return Overdue.NOBODY
    if Overdue.DAYS not in told and due is not None and on > due:
        return Overdue.DAYS
    return None


def people_left(step: Step, route: Route) -> list[Membership]:
    """Who of those asked may still decide: not its makers, not who has decided."""
    decided = people_who_decided(route)
    return [
        person
        for person in people_asked(step.role, step.review_field, route.agency_id)
        if not route.excludes(person.user_id) and person.user_id not in decided
        if step.need != Need.ALL or person.pk in step.member_ids
    ]


def to_escalate(at: datetime) -> list[Step]:
    """Every step of whatever agency of which somebody above must be told now."""
    open_routes = (
        Route.objects.filter(state=RouteState.OPEN)
        .select_related("agency")
        .prefetch_related("steps__decisions", "steps__escalations", "decisions")
        .order_by("pk")
    )
    return [
        step
        for route in open_routes
        for step in current_steps(route)
        if overdue(step, route, route.agency.local_day(at)) is not None
    ]


def queue_of(actor: Actor, chosen: Collection[str] = ()) -> list[Waiting]:
    """What waits for this reviewer as the queue shows it, the oldest first.

    :param chosen: public ids of routes; only these, or all if there is none
    """
    routes = waiting_for(actor)
    if chosen:
        routes = [route for route in routes if route.public_id in chosen]
    if not routes:
        return []
    on = day_of(actor.own_organization_id)
    lenders = delegators_of(actor, on)
    return [
        _waiting(route, free_seats(actor, route, on, lenders)[0], on)
        for route in routes
    ]


def last_decision_of(actor: Actor) -> Decision | None:
    """What this person decided last, in whatever seat."""
    return (
        Decision.objects.filter(by_user_id=actor.user_id or 0)
        .filter(route__agency_id=actor.organization_id or 0)
        .select_related("route")
        .order_by("-at", "-pk")
        .first()
    )


def _waiting(route: Route, seat: Seat, on: date) -> Waiting:
    since = route.agency.local_day(current_since(route))
    colleague = seat.on_behalf_of
    return Waiting(
        route=route,
        label=seat.step.label,
        in_seat_of=colleague.user.name if colleague else "",
        since=since,
        days=business_days_between(since, on),
        allowed=seat.step.working_days,
        due_on=due_on(seat.step, route),
        told=[each.get_why_display() for each in seat.step.escalations.all()],
    )


def overrides_visible_to(actor: Actor) -> QuerySet[Override]:
    """What was overridden in the agency, the newest first, for those who answer."""
    if not actor.has_role(*ANSWERABLE):
        return Override.objects.none()
    found = Override.objects.filter(agency_id=actor.organization_id or 0)
    return found.select_related("membership__user", "second_approver__user").order_by(
        "-pk"
    )


def overrides_on(actor: Actor, subject: Subject) -> QuerySet[Override]:
    """What was overridden on one thing or on what belongs to it, oldest first."""
    if not actor.is_agency:
        return Override.objects.none()
    own = Q(subject_kind=subject.kind, subject_id=subject.id)
    found = Override.objects.filter(own, agency_id=actor.organization_id)
    if not actor.has_role(*ANSWERABLE):
        tells_of_offers = Q(rule__startswith="R-SUB") | Q(rule__startswith="R-EVL")
        found = found.exclude(tells_of_offers)
    return found.select_related("membership__user", "second_approver__user").order_by(
        "pk"
    )
