"""Where routes stand, and who must decide next."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet

from accounts.models import Membership
from accounts.queries import delegators_of, ever_delegators_of, members
from contracting.approvals.models import (
    Decision,
    Escalation,
    ParagraphComment,
    Policy,
    PolicyStep,
    Route,
    Step,
)
from contracting.approvals.states import (
    FINAL,
    Decided,
    Need,
    RouteState,
)
from contracting.core.actors import Actor
from contracting.core.periods import add_business_days
from contracting.core.quantities import Dollars
from contracting.core.subjects import Subject


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a route is."""

    complete: bool
    returned: bool
    steps_left: int


@dataclass(frozen=True, slots=True)
class Seat:
    """The step in which a person may decide, and the colleague whose seat they take."""

    step: Step
    membership_id: int
    on_behalf_of: Membership | None = None

    @property
    def seat_membership_id(self) -> int:
        return self.on_behalf_of.pk if self.on_behalf_of else self.membership_id


@dataclass(frozen=True, slots=True)
class Said:
    """One decision as a page shows it."""

    id: int
    verdict: Decided
    by_name: str
    by_role: str
    at: datetime
    version: int
    content_sha256: str
    comment: str
    voided_at: datetime | None
    voided_because: str
    disposition: str
    on_paragraphs: list[ParagraphComment] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class StepStanding:
    """One step as ``components/approvals.html`` shows it."""

    label: str
    state: str
    why: str
    decisions: list[Said] = field(default_factory=list)


def open_route_of(subject: Subject) -> Route | None:
    """The route under which the subject is reviewed now."""
    return _routes_of(subject).filter(state=RouteState.OPEN).first()


def latest_route_of(subject: Subject) -> Route | None:
    """The last route of the subject, in whatever state."""
    return _routes_of(subject).order_by("-pk").first()


def routes_of(subject: Subject) -> QuerySet[Route]:
    """Every route the subject ever had, oldest first."""
    return _routes_of(subject).order_by("pk")


def policy_for(
    agency_id: int, kind: str, value: Dollars, risk: str, on: date
) -> Policy | None:
    """The policy in force on that day with the highest threshold within the value.

    A policy for just this risk goes before one for every risk.
    """
    in_force = Q(valid_to__isnull=True) | Q(valid_to__gte=on)
    return (
        Policy.objects.filter(
            in_force,
            agency_id=agency_id,
            kind=kind,
            min_value_dollars__lte=value.amount,
            risk__in=["", risk],
            valid_from__lte=on,
        )
        .order_by("-risk", "-min_value_dollars", "-valid_from")
        .first()
    )


def policies_of(agency_id: int) -> QuerySet[Policy]:
    """Every policy of the agency with its steps, by kind and value."""
    return (
        Policy.objects.filter(agency_id=agency_id)
        .prefetch_related(
            Prefetch("steps", PolicyStep.objects.order_by("position", "review_field"))
        )
        .order_by("kind", "-min_value_dollars", "-valid_from")
    )


def day_of(agency_id: int) -> date:
    """The day it is now where the agency is, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (clock_timestamp() AT TIME ZONE time_zone)::date "
            "FROM accounts_organization WHERE id = %s",
            [agency_id],
        )
        today: date = cursor.fetchone()[0]
    return today


def progress(route: Route) -> Progress:
    """Whether the route is complete or returned, and how many steps are not done."""
    left = sum(1 for step in _steps(route) if not _is_done(step))
    return Progress(
        complete=route.state == RouteState.COMPLETE,
        returned=route.state == RouteState.RETURNED,
        steps_left=left,
    )


def current_steps(route: Route) -> list[Step]:
    """The steps that wait for a decision: those of the first unfinished position."""
    if route.state != RouteState.OPEN:
        return []
    waiting = [step for step in _steps(route) if not _is_done(step)]
    return [step for step in waiting if step.position == waiting[0].position]


def seats_of(by: Actor, route: Route, on: date) -> list[Seat]:
    """Where this person may decide now, their own seat before a colleague's.

    Exclusions are not weighed here: ``permissions.can_record_decision`` does.
    """
    return _seats(by, route, delegators_of(by, on))


def lapsed_delegators(by: Actor, route: Route, on: date) -> list[Membership]:
    """Colleagues asked now whose delegation to this person does not hold that day."""
    in_force = set(delegators_of(by, on))
    return [
        colleague
        for colleague in ever_delegators_of(by)
        if colleague not in in_force
        and any(
            _is_asked(step, colleague.pk, colleague.role, colleague.review_field)
            for step in current_steps(route)
        )
    ]


def people_who_decided(route: Route) -> set[int]:
    """The persons who have decided on the route, or in whose seat it was done."""
    made = route.decisions.all()
    persons = {decision.by_user_id for decision in made}
    return persons | {
        decision.on_behalf_of.user_id for decision in made if decision.on_behalf_of
    }


def people_asked(step_role: str, review_field: str, agency_id: int) -> list[Membership]:
    """The agency's people who hold a role, and review that field if there is one."""
    found = members(agency_id, step_role).filter(review_field=review_field)
    return list(found)


def standing(route: Route, by: Actor | None = None) -> list[StepStanding]:
    """Every step with its decisions, in order, for ``components/approvals.html``.

    :param by: who looks: somebody who is asked for an independent opinion reads the
        others' decisions after their own
    """
    current = {step.pk for step in current_steps(route)}
    is_hidden = by is not None and must_not_see_others(by, route)
    return [
        StepStanding(
            label=step.label.capitalize(),
            state=_state_of(step, route, is_current=step.pk in current),
            why=_why(step, route, is_current=step.pk in current, is_hidden=is_hidden),
            decisions=[]
            if is_hidden
            else [_said(decision, route) for decision in _decisions(step)],
        )
        for step in _steps(route)
    ]


def standings(subject: Subject, by: Actor) -> list[tuple[Route, list[StepStanding]]]:
    """Every review that the subject ever had, the newest first."""
    return [(each, standing(each, by)) for each in routes_of(subject).reverse()]


def must_not_see_others(by: Actor, route: Route) -> bool:
    """Whether an independent step asks this person, who has not decided yet."""
    if route.state != RouteState.OPEN or by.user_id in people_who_decided(route):
        return False
    return any(
        step.is_independent
        and by.membership_id is not None
        and _is_asked(step, by.membership_id, by.role, by.review_field)
        for step in _steps(route)
    )


def current_since(route: Route) -> datetime:
    """Since when the present position is asked: the opening, or the last decision."""
    position = min((step.position for step in current_steps(route)), default=0)
    before = [
        decision.at
        for step in route.steps.all()
        if step.position < position
        for decision in step.decisions.all()
    ]
    return max([route.opened_at, *before])


def due_on(step: Step, route: Route) -> date | None:
    """The last federal working day that the step has; ``None`` without a limit."""
    if step.working_days is None:
        return None
    begun = route.agency.local_day(current_since(route))
    return add_business_days(begun, step.working_days)


def carriable(step: Step, before: Route, route: Route) -> list[Decision]:
    """What was decided in this step of the review before, by people who still may.

    Who has since written a part of it, or holds the role no more, decides anew.
    """
    said = (
        before.decisions.filter(
            step__position=step.position,
            step__role=step.role,
            step__review_field=step.review_field,
            verdict__in=FINAL,
            membership__is_active=True,
            membership__user__is_active=True,
        )
        .select_related("membership", "on_behalf_of")
        .order_by("pk")
    )
    return [
        each
        for each in said
        if not route.excludes(each.by_user_id)
        and not (each.on_behalf_of and route.excludes(each.on_behalf_of.user_id))
    ]


def standing_decisions(subject: Subject) -> list[Decision]:
    """What a change of content may void: the decisions of the route in force."""
    route = latest_route_of(subject)
    if route is None or route.state not in {RouteState.OPEN, RouteState.COMPLETE}:
        return []
    found = route.decisions.filter(verdict__in=FINAL)
    return list(found.select_related("membership__user", "step").order_by("pk"))


def is_complete_for(subject: Subject, version: int, content_sha256: str) -> bool:
    """Whether exactly this version has been through its whole route."""
    return (
        _routes_of(subject)
        .filter(
            state=RouteState.COMPLETE, version=version, content_sha256=content_sha256
        )
        .exists()
    )


def undisposed_nonconcurrences(route: Route) -> list[Decision]:
    """The non-concurrences on which the contracting officer has not yet written."""
    return list(
        route.decisions.filter(verdict=Decided.NONCONCUR, disposition__isnull=True)
        .select_related("membership__user", "step", "route")
        .order_by("pk")
    )


def waiting_for(actor: Actor, on: date | None = None) -> list[Route]:
    """The routes on which this person may decide now, the longest waiting first.

    :param on: the day on which delegations must hold; by default the agency's own day,
        on which ``record_decision`` weighs them
    """
    if not actor.is_person or actor.organization_id is None:
        return []
    day = on or day_of(actor.organization_id)
    lenders = delegators_of(actor, day)
    open_routes = (
        Route.objects.filter(agency_id=actor.organization_id, state=RouteState.OPEN)
        .exclude(submitted_by_user_id=actor.user_id)
        .exclude(excluded_user_ids__contains=[actor.user_id])
        .select_related("agency")
        .prefetch_related(
            "steps__decisions", "steps__escalations", "decisions__on_behalf_of"
        )
        .order_by("opened_at", "pk")
    )
    return [route for route in open_routes if _free(actor, route, lenders)]


def free_seats(
    by: Actor, route: Route, on: date, lenders: list[Membership] | None = None
) -> list[Seat]:
    """The seats of ``seats_of`` that no exclusion and no earlier decision closes.

    :param lenders: who has delegated to them on that day, where it is known already
    """
    return _free(by, route, delegators_of(by, on) if lenders is None else lenders)


def routes_visible_to(actor: Actor) -> QuerySet[Route]:
    """The routes of the actor's agency."""
    if not actor.is_agency:
        return Route.objects.none()
    return Route.objects.filter(agency_id=actor.organization_id)


def _routes_of(subject: Subject) -> QuerySet[Route]:
    return Route.objects.filter(subject_kind=subject.kind, subject_id=subject.id)


def _seats(by: Actor, route: Route, lenders: list[Membership]) -> list[Seat]:
    if by.membership_id is None or not by.acts_for(route.agency_id):
        return []
    steps = current_steps(route)
    own = [
        Seat(step, by.membership_id)
        for step in steps
        if _is_asked(step, by.membership_id, by.role, by.review_field)
    ]
    lent = [
        Seat(step, by.membership_id, colleague)
        for colleague in lenders
        if colleague.organization_id == route.agency_id
        for step in steps
        if _is_asked(step, colleague.pk, colleague.role, colleague.review_field)
    ]
    return own + lent


def _free(by: Actor, route: Route, lenders: list[Membership]) -> list[Seat]:
    decided = people_who_decided(route)
    if route.excludes(by.user_id) or by.user_id in decided:
        return []
    return [
        seat
        for seat in _seats(by, route, lenders)
        if seat.on_behalf_of is None
        or not (
            route.excludes(seat.on_behalf_of.user_id)
            or seat.on_behalf_of.user_id in decided
        )
    ]


def _steps(route: Route) -> list[Step]:
    steps = route.steps.all()
    return sorted(steps, key=lambda step: (step.position, step.role, step.review_field))


def _decisions(step: Step) -> list[Decision]:
    return list(
        step.decisions.select_related(
            "membership__user", "on_behalf_of__user", "disposition", "carried_from"
        ).order_by("pk")
    )


def _is_done(step: Step) -> bool:
    verdicts = [decision.verdict for decision in step.decisions.all()]
    said = sum(verdict in FINAL for verdict in verdicts)
    needed = step.needed
    if step.need == Need.ALL:
        needed = max(needed - verdicts.count(Decided.ABSTAIN), 1)
    return said >= needed


def _is_asked(step: Step, membership_id: int, role: str, review_field: str) -> bool:
    if (step.role, step.review_field) != (role, review_field):
        return False
    return step.need != Need.ALL or membership_id in step.member_ids


def _state_of(step: Step, route: Route, *, is_current: bool) -> str:
    if route.state == RouteState.VOIDED:
        return "VOIDED"
    if any(d.verdict == Decided.RETURN for d in step.decisions.all()):
        return "RETURNED"
    if _is_done(step):
        return "COMPLETED"
    return "IN_PROGRESS" if is_current else "WAITING"


def _why(step: Step, route: Route, *, is_current: bool, is_hidden: bool) -> str:
    words = ["Any one of them decides."]
    if step.need == Need.ALL:
        words = [f"All {step.needed} of them decide."]
    if step.need == Need.N:
        words = [f"{step.needed} of them decide."]
    if step.looks_at:
        words.append(f"They look at: {', '.join(step.looks_at)}.")
    if is_current and (due := due_on(step, route)):
        words.append(f"Due on {due:%d %b %Y}, {step.working_days} working days.")
    words += [f"Escalated: {each.get_why_display()}." for each in _escalations(step)]
    if is_hidden:
        words.append("What others said is shown when you have decided yourself.")
    return " ".join(words)


def _escalations(step: Step) -> list[Escalation]:
    return list(step.escalations.order_by("pk"))


def _said(decision: Decision, route: Route) -> Said:
    name = decision.membership.user.name
    if decision.on_behalf_of is not None:
        name = f"{name}, in the seat of {decision.on_behalf_of.user.name}"
    is_void = route.state == RouteState.VOIDED
    disposed = getattr(decision, "disposition", None)
    carried = decision.carried_from
    comment = decision.comment
    if carried is not None:
        words = f"Carried from version {carried.version} of {carried.at:%d %b %Y}."
        comment = f"{comment} {words}".strip()
    return Said(
        id=decision.pk,
        verdict=Decided(decision.verdict),
        by_name=name,
        by_role=decision.membership.role_label,
        at=decision.at,
        version=decision.version,
        content_sha256=decision.content_sha256,
        comment=comment,
        voided_at=route.closed_at if is_void else None,
        voided_because=route.void_reason if is_void else "",
        disposition=disposed.text if disposed is not None else "",
        on_paragraphs=list((carried or decision).paragraph_comments.order_by("pk")),
    )
