"""Say who reviews what, from a day on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.models import Organization
from accounts.states import Role
from contracting.approvals import events, permissions
from contracting.approvals.models import Policy, PolicyStep
from contracting.approvals.refusals import BadPolicy
from contracting.approvals.states import Need
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.core.subjects import Subject


@dataclass(frozen=True, slots=True)
class StepTerms:
    """One step of a policy; steps of one position run side by side."""

    position: int
    role: str
    review_field: str = ""
    need: str = Need.ANY
    needed: int = 1
    working_days: int | None = None
    escalates_to: str = Role.CONTRACTING_OFFICER
    looks_at: tuple[str, ...] = ()
    is_independent: bool = False


@transaction.atomic
def adopt_policy(
    *,
    agency_id: int,
    kind: str,
    title: str,
    steps: Sequence[StepTerms],
    valid_from: date,
    by: Actor,
    at: datetime,
    min_value: Dollars = Dollars(),  # noqa: B008 (frozen)
    risk: str = "",
    valid_to: date | None = None,
) -> Policy:
    """Adopt a policy for one kind of document from a value on.

    It replaces nothing: of the policies in force, the one with the highest threshold
    within the value applies. Routes that are open keep the steps they were frozen with.

    :param kind: such as ``"solicitation"``, ``"task_order"``, ``"award"``
    :raises NotAllowed: if ``by`` does not administer the agency
    :raises BadPolicy: without steps, or with a step that cannot be satisfied
    """
    agency: Organization = Organization.objects.locked().get(pk=agency_id)
    require(permissions.can_adopt_policy(by, agency_id))
    _refuse_bad_steps(steps)
    policy = Policy.objects.create(
        agency=agency,
        kind=kind,
        title=title,
        min_value_dollars=min_value.amount,
        risk=risk,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    PolicyStep.objects.bulk_create(
        PolicyStep(
            policy=policy,
            position=step.position,
            role=step.role,
            review_field=step.review_field,
            need=step.need,
            needed=step.needed,
            working_days=step.working_days,
            escalates_to=step.escalates_to,
            looks_at=list(step.looks_at),
            is_independent=step.is_independent,
        )
        for step in steps
    )
    record_event(
        events.POLICY_ADOPTED,
        subject=Subject("approvals.policy", policy.pk, f"organization:{agency_id}"),
        by=by,
        at=at,
        data={
            "kind": kind,
            "min_value": min_value,
            "risk": risk,
            "valid_from": valid_from,
            "steps": [[s.position, s.role, s.review_field] for s in steps],
        },
    )
    return policy


def _refuse_bad_steps(steps: Sequence[StepTerms]) -> None:
    if not steps:
        message = "A policy asks somebody."
        raise BadPolicy(message)
    for step in steps:
        if (step.role == Role.REVIEWER) != bool(step.review_field):
            message = "A reviewer's step names a field of review, no other step does."
            raise BadPolicy(message, role=step.role)
        if step.needed < 1 or (step.need != Need.N and step.needed != 1):
            message = "Only a step that needs a number of people says how many."
            raise BadPolicy(message, need=step.need, needed=step.needed)
        if step.working_days is not None and step.working_days < 1:
            message = "A step has at least one working day, or no limit."
            raise BadPolicy(message, working_days=step.working_days)
