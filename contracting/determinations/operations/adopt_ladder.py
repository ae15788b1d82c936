"""An administrator adopts who approves justifications, by the amounts in force."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from accounts.models import Organization
from accounts.states import ReviewField, Role
from contracting.approvals.models import Policy
from contracting.approvals.operations.adopt import StepTerms, adopt_policy
from contracting.approvals.queries import policies_of
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.core.subjects import Subject
from contracting.determinations import events, permissions, queries
from contracting.determinations.refusals import LadderStands

CENT = Dollars(Decimal("0.01"))


@transaction.atomic
def adopt_justification_ladder(
    *, agency_id: int, valid_from: date, by: Actor, at: datetime
) -> list[Policy]:
    """Adopt a policy for each rung of the ladder, the rule of two and ratifications.

    Up to and including the amount of a rung its approver decides, a cent above it the
    next one (FAR 6.304). The finding on the rule of two is approved by the small
    business specialist; use beyond the funds is ratified by the head of the activity
    after legal counsel has concurred (FAR 1.602-3(b), (c)).

    :param valid_from: the first day; the amounts are those in force on it
    :raises NotAllowed: if ``by`` does not administer the agency
    :raises LadderStands: if policies for justifications begin on that day already
    :raises NoThreshold: if an amount of the ladder is not in force on that day
    """
    agency: Organization = Organization.objects.locked().get(pk=agency_id)
    require(permissions.can_adopt_ladder(by, agency_id))
    if policies_of(agency_id).filter(kind="justification", valid_from=valid_from):
        message = f"Who approves justifications from {valid_from} on is adopted."
        raise LadderStands(message, valid_from=valid_from)
    made = [
        adopt_policy(
            agency_id=agency_id,
            kind="justification",
            title=f"Justifications: {rung.title.lower()}",
            min_value=rung.above + CENT if rung.above > Dollars() else Dollars(),
            steps=[StepTerms(1, rung.role, rung.review_field)],
            valid_from=valid_from,
            by=by,
            at=at,
        )
        for rung in queries.ladder(valid_from)
    ]
    made.append(
        adopt_policy(
            agency_id=agency_id,
            kind="rule_of_two",
            title="Findings on the rule of two",
            steps=[StepTerms(1, Role.REVIEWER, ReviewField.SMALL_BUSINESS)],
            valid_from=valid_from,
            by=by,
            at=at,
        )
    )
    made.append(
        adopt_policy(
            agency_id=agency_id,
            kind="ratification",
            title="Ratifications of use beyond the funds",
            steps=[
                StepTerms(1, Role.REVIEWER, ReviewField.LEGAL),
                StepTerms(2, Role.REVIEWER, ReviewField.ACTIVITY_HEAD),
            ],
            valid_from=valid_from,
            by=by,
            at=at,
        )
    )
    record_event(
        events.LADDER_ADOPTED,
        subject=Subject(
            "accounts.organization", agency.pk, f"organization:{agency.pk}"
        ),
        by=by,
        at=at,
        data={
            "valid_from": valid_from,
            "from_values": [policy.min_value_dollars for policy in made],
        },
    )
    return made
