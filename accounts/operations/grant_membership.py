"""Give a person a role in an organization."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts import events, permissions, queries
from accounts.models import Membership, Organization
from accounts.refusals import AlreadyMember, OnBothSides, WrongRole
from accounts.states import VENDOR_ROLES, OrganizationKind, Role
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require


@transaction.atomic
def grant_membership(
    *,
    organization_id: int,
    user_id: int,
    role: str,
    by: Actor,
    at: datetime,
    review_field: str = "",
) -> Membership:
    """Let a person act in ``role``; a role that had been taken away is given back.

    :raises NotAllowed: if ``by`` does not administer the organization, or is the person
    :raises WrongRole: if the role does not go with the organization or the field
    :raises OnBothSides: if the person acts for the other side of contracts
    :raises AlreadyMember: if the person holds the role
    """
    organization: Organization = Organization.objects.locked().get(pk=organization_id)
    require(permissions.can_grant_membership(by, organization_id, user_id))
    _refuse_wrong_role(organization, role, review_field)
    held = queries.memberships_of(user_id)
    if held.exclude(organization__kind=organization.kind).exists():
        message = "This person acts for the other side of contracts."
        raise OnBothSides(message)
    membership, is_new = Membership.objects.select_for_update().get_or_create(
        user_id=user_id,
        organization=organization,
        role=role,
        review_field=review_field,
    )
    if not is_new:
        if membership.is_active:
            message = f"This person is {membership.role_label} here already."
            raise AlreadyMember(message)
        membership.is_active = True
        membership.save(update_fields=["is_active"])
    record_event(
        events.MEMBERSHIP_GRANTED,
        subject=queries.subject_of(membership, organization_id),
        by=by,
        at=at,
        data={"user": user_id, "role": role, "review_field": review_field},
    )
    return membership


def _refuse_wrong_role(
    organization: Organization, role: str, review_field: str
) -> None:
    is_vendor = organization.kind == OrganizationKind.VENDOR
    if (role in VENDOR_ROLES) != is_vendor:
        message = f"Nobody is {Role(role).label} in {organization}."
        raise WrongRole(message, role=role)
    if (role == Role.REVIEWER) != bool(review_field):
        message = "A reviewer has a field of review, and only a reviewer has one."
        raise WrongRole(message, role=role, review_field=review_field)
