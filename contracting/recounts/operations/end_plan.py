"""Draw no more calls by a plan, and tell its key or keep it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.recounts import events, permissions, queries
from contracting.recounts.calculations import commitment_of
from contracting.recounts.models import RecountPlan
from contracting.recounts.refusals import BadPlan, PlanEnded, WrongKey

_LISTED = 200


@transaction.atomic
def end_recount_plan(
    *, plan_id: int, reason: str, key: str = "", by: Actor, at: datetime
) -> RecountPlan:
    """End a plan. With the key told, anyone can check what was drawn.

    The sample is drawn anew from the calls of the meter, and what it misses or has
    beside them is kept with the plan.

    :param key: in hexadecimal; empty where the agency keeps it
    :raises NotAllowed: if ``by`` is no contracting officer of the agency
    :raises PlanEnded: if it has ended
    :raises WrongKey: if it is not the key that was committed to
    :raises BadPlan: without a reason
    """
    plan = RecountPlan.objects.locked().get(pk=plan_id)
    require(permissions.can_end_recount_plan(by, plan))
    if not plan.is_running:
        message = "This plan has ended."
        raise PlanEnded(message)
    if not reason.strip():
        message = "Say why no more calls are drawn."
        raise BadPlan(message, pointer="/reason")
    told = _read(key.strip(), plan)
    if told is not None:
        found = queries.sampling_by(plan, told, at)
        plan.revealed_key = told.hex()
        plan.proof_found = {
            **asdict(found),
            "missing": found.missing[:_LISTED],
            "missing_count": len(found.missing),
            "alien": found.alien[:_LISTED],
            "alien_count": len(found.alien),
        }
    plan.ended_at = at
    plan.ended_by_name = by.name
    plan.end_reason = reason.strip()[:400]
    plan.save()
    record_event(
        events.RECOUNT_PLAN_ENDED,
        subject=plan.subject,
        by=by,
        at=at,
        data={"reason": plan.end_reason, "key": plan.revealed_key},
    )
    return plan


def _read(key: str, plan: RecountPlan) -> bytes | None:
    if not key:
        return None
    try:
        told = bytes.fromhex(key)
    except ValueError as error:
        message = "A key is written in hexadecimal digits."
        raise WrongKey(message, pointer="/key") from error
    if commitment_of(told) != plan.key_commitment:
        message = "This is not the key whose SHA-256 stands in the plan."
        raise WrongKey(message, pointer="/key")
    return told
