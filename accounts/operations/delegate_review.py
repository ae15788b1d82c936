"""A reviewer lets a colleague review in their place."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts import events, permissions, queries
from accounts.models import Delegation, Membership
from accounts.refusals import NotDelegable, WrongPeriod
from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.permissions import require


@transaction.atomic
def delegate_review(
    *,
    delegate_id: int,
    valid_from: date,
    valid_to: date,
    reason: str,
    by: Actor,
    at: datetime,
) -> Delegation:
    """Delegate one's reviews, and nothing else, for a number of days (R-ROL-10).

    The delegate decides in the delegator's seat and carries the exclusions of both. A
    warrant is never delegated. FAR 1.603.

    :param delegate_id: the membership of the colleague
    :param valid_to: last day on which it is in force
    :raises NotAllowed: if ``by`` is no reviewer
    :raises NotVisible: if the delegate is not of the same organization
    :raises NotDelegable: if the delegate is no reviewer, or is the same person
    :raises WrongPeriod: if it ends before it begins, or has ended
    """
    both = Membership.objects.locked().select_related("user", "organization")
    found = {m.pk: m for m in both.filter(pk__in=[by.membership_id, delegate_id])}
    delegate: Membership | None = found.get(delegate_id)
    require(permissions.can_delegate_review(by))
    if delegate is None or not by.acts_for(delegate.organization_id):
        message = "There is no such colleague."
        raise NotVisible(message)
    _refuse_wrong_delegate(by, delegate)
    if valid_to < valid_from or valid_to < delegate.organization.local_day(at):
        message = "The delegation ends before it begins, or has ended already."
        raise WrongPeriod(message, valid_from=valid_from, valid_to=valid_to)
    delegation = Delegation.objects.create(
        delegator_id=by.own_membership_id,
        delegate=delegate,
        valid_from=valid_from,
        valid_to=valid_to,
        reason=reason,
    )
    record_event(
        events.REVIEW_DELEGATED,
        subject=queries.subject_of(delegation, by.organization_id),
        by=by,
        at=at,
        data={
            "delegator": by.membership_id,
            "delegate": delegate_id,
            "valid_from": valid_from,
            "valid_to": valid_to,
            "reason": reason,
        },
    )
    return delegation


def _refuse_wrong_delegate(by: Actor, delegate: Membership) -> None:
    if delegate.user_id == by.user_id:
        message = "Nobody delegates to themselves."
        raise NotDelegable(message)
    if delegate.role != Role.REVIEWER or not delegate.is_active:
        message = (
            f"Reviews are delegated to a reviewer; {delegate.user} is "
            f"{delegate.role_label}."
        )
        raise NotDelegable(message, role=delegate.role)
