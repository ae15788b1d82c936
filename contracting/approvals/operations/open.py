"""Freeze who must review a version, and open its route."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import Membership, Organization
from contracting.approvals import events, permissions, queries
from contracting.approvals.calculations import unfillable
from contracting.approvals.models import (
    Decision,
    Policy,
    PolicyStep,
    Route,
    Step,
)
from contracting.approvals.refusals import NobodyToDecide, NoPolicy, RouteOpen
from contracting.approvals.states import Need, RouteState
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.core.subjects import Subject


@transaction.atomic
def open_route(
    *,
    subject: Subject,
    agency_id: int,
    kind: str,
    title: str,
    url_path: str,
    value: Dollars,
    risk: str,
    version: int,
    content_sha256: str,
    excluded_user_ids: Iterable[int | None],
    changes_since: Callable[[int], Iterable[str]] | None = None,
    by: Actor,
    at: datetime,
) -> Route:
    """Open the review of one version; the caller holds the lock of its subject.

    The policy in force on the agency's day decides the steps, which are copied: a later
    change of policy leaves this route as it is.

    Where the review before was voided by a change, the route starts again at the first
    step that looks at a changed term: the decisions of the others up to there are
    carried to this version, each by a record of its own (R-ROL-08). Where no step looks
    at what was changed, the route is complete at once.

    :param excluded_user_ids: persons who made it; ``by``, who submits it, is added
    :param changes_since: the names of the terms that were changed since a version;
        without it every decision is taken anew
    :raises NotAllowed: if ``by`` is nobody of the agency
    :raises RouteOpen: if the subject is under review already
    :raises NoPolicy: if no policy says who reviews this kind at this value
    :raises NobodyToDecide: if a step has too few people left, or the steps together
    """
    agency = Organization.objects.get(pk=agency_id)
    require(permissions.can_open_route(by, agency_id))
    if queries.open_route_of(subject) is not None:
        message = "This is under review already."
        raise RouteOpen(message)
    day = agency.local_day(at)
    policy = queries.policy_for(agency_id, kind, value, risk, day)
    if policy is None:
        words = kind.replace("_", " ")
        message = f"No approval policy of {agency} is in force for a {words}."
        raise NoPolicy(message, kind=kind, value=value)
    made_by = {user for user in excluded_user_ids if user is not None}
    route = Route.objects.create(
        subject_kind=subject.kind,
        subject_id=subject.id,
        stream=subject.stream,
        agency=agency,
        policy=policy,
        kind=kind,
        title=title,
        url_path=url_path,
        value_dollars=value.to_cents().amount,
        risk=risk,
        version=version,
        content_sha256=content_sha256,
        submitted_by_user_id=by.user_id,
        excluded_user_ids=sorted(made_by),
        opened_at=at,
    )
    steps = _freeze(policy, route)
    carried: list[int] = []
    if changes_since is not None:
        carried = _carry(route, steps, changes_since, by, at)
    record_event(
        events.ROUTE_OPENED,
        subject=route.as_subject,
        by=by,
        at=at,
        data={
            "of": [subject.kind, subject.id],
            "policy": policy.pk,
            "value": value,
            "version": version,
            "content_sha256": content_sha256,
            "excluded": route.excluded_user_ids,
            "steps": [[step.position, step.label, step.needed] for step in steps],
            "carried": carried,
        },
    )
    return route


def _carry(
    route: Route,
    steps: list[Step],
    changes_since: Callable[[int], Iterable[str]],
    by: Actor,
    at: datetime,
) -> list[int]:
    """Carry what no change has touched from the review that was voided.

    :returns: the persons whose decisions are carried, by the numbers of their users
    """
    before = queries.routes_of(route.subject).exclude(pk=route.pk).last()
    if before is None or before.state != RouteState.VOIDED:
        return []
    changed = sorted(set(changes_since(before.version)))
    touched = [step.position for step in steps if step.touched_by(changed)]
    kept = [
        step
        for step in steps
        if not step.touched_by(changed) and step.position <= min([*touched, 99])
    ]
    found = [
        (step, old) for step in kept for old in queries.carriable(step, before, route)
    ]
    for step, old in found:
        _carry_one(step, old, changed, by, at)
    if not queries.progress(route).steps_left:
        route.move_to(RouteState.COMPLETE)
        route.closed_at = at
        route.save(update_fields=["closed_at"])
    return [old.by_user_id for _step, old in found]


def _carry_one(
    step: Step, old: Decision, changed: list[str], by: Actor, at: datetime
) -> None:
    carried = Decision.objects.create(
        step=step,
        route=step.route,
        membership=old.membership,
        by_user_id=old.by_user_id,
        on_behalf_of=old.on_behalf_of,
        seat_membership_id=old.seat_membership_id,
        verdict=old.verdict,
        comment=old.comment,
        version=step.route.version,
        content_sha256=step.route.content_sha256,
        carried_from=old,
        at=at,
    )
    record_event(
        events.DECISION_CARRIED,
        subject=carried.as_subject,
        by=by,
        at=at,
        data={
            "route": step.route_id,
            "step": step.label,
            "verdict": old.verdict,
            "decision": old.pk,
            "from_version": old.version,
            "version": step.route.version,
            "content_sha256": step.route.content_sha256,
            "looks_at": step.looks_at,
            "changed": changed,
        },
    )


def _freeze(policy: Policy, route: Route) -> list[Step]:
    terms = list(policy.steps.order_by("position", "role", "review_field"))
    asked = [_asked(term, route) for term in terms]
    steps = [_frozen(*each, route) for each in zip(terms, asked, strict=True)]
    _refuse_too_few(steps, asked)
    return Step.objects.bulk_create(steps)


def _asked(term: PolicyStep, route: Route) -> list[Membership]:
    """Who is asked, without those who made it."""
    people = queries.people_asked(term.role, term.review_field, route.agency_id)
    return [person for person in people if not route.excludes(person.user_id)]


def _frozen(term: PolicyStep, asked: list[Membership], route: Route) -> Step:
    is_all = term.need == Need.ALL
    needed = max(len(asked) if is_all else term.needed, 1)
    persons = {membership.user_id for membership in asked}
    if len(persons) < needed:
        message = (
            f"Too few people can decide as {term.label}: {needed} needed, "
            f"{len(persons)} left besides those who made this."
        )
        raise NobodyToDecide(message, step=term.label)
    return Step(
        route=route,
        position=term.position,
        role=term.role,
        review_field=term.review_field,
        need=term.need,
        needed=needed,
        member_ids=[m.pk for m in asked] if is_all else [],
        working_days=term.working_days,
        escalates_to=term.escalates_to,
        looks_at=term.looks_at,
        is_independent=term.is_independent,
    )


def _refuse_too_few(steps: list[Step], asked: list[list[Membership]]) -> None:
    """Nobody decides twice on one route, so one person cannot carry two of its steps.

    A delegate does not help: who decides in a colleague's seat uses up both of them.
    """
    seats: list[tuple[Step, set[int]]] = []
    for step, people in zip(steps, asked, strict=True):
        persons = {membership.user_id for membership in people}
        if step.need == Need.ALL:
            seats += [(step, {person}) for person in sorted(persons)]
        else:
            seats += [(step, persons)] * step.needed
    empty = unfillable([persons for _, persons in seats])
    if empty is not None:
        label = seats[empty][0].label
        message = (
            f"Too few people can decide: the steps need {len(seats)} decisions, each "
            f"of another person, and nobody is left for the {label}. Give one more "
            "person the role, or adopt a policy that asks fewer."
        )
        raise NobodyToDecide(message, step=label)
