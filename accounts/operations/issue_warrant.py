"""Record a contracting officer's certificate of appointment (SF 1402)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts import events, permissions, queries
from accounts.models import Membership, Warrant
from accounts.refusals import WrongPeriod, WrongRole
from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.errors import Invalid
from contracting.core.permissions import require
from contracting.core.quantities import Dollars


@transaction.atomic
def issue_warrant(
    *,
    membership_id: int,
    number: str,
    limit: Dollars,
    valid_from: date,
    valid_to: date,
    by: Actor,
    at: datetime,
) -> Warrant:
    """Let a contracting officer sign up to ``limit`` per action. FAR 1.603-3.

    :param valid_to: last day on which it is in force
    :raises NotAllowed: if ``by`` does not administer the agency, or is the officer
    :raises WrongRole: if the membership is not a contracting officer's
    :raises WrongPeriod: if it ends before it begins
    :raises Invalid: for a limit of zero or with fractions of a cent, or a number in use
    """
    membership: Membership = Membership.objects.locked().get(pk=membership_id)
    require(permissions.can_issue_warrant(by, membership))
    if membership.role != Role.CONTRACTING_OFFICER:
        message = "Only a contracting officer holds a warrant."
        raise WrongRole(message, role=membership.role)
    if valid_to < valid_from:
        message = "The warrant ends before it begins."
        raise WrongPeriod(message)
    if limit <= Dollars() or limit != limit.to_cents():
        message = "The limit is an amount in dollars and cents above zero."
        raise Invalid(message)
    if Warrant.objects.filter(number=number).exists():
        message = f"A warrant has the number {number} already."
        raise Invalid(message, number=number)
    warrant = Warrant.objects.create(
        membership=membership,
        number=number,
        limit_dollars=limit.amount,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    record_event(
        events.WARRANT_ISSUED,
        subject=queries.subject_of(warrant, membership.organization_id),
        by=by,
        at=at,
        data={
            "membership": membership.pk,
            "number": number,
            "limit": limit,
            "valid_from": valid_from,
            "valid_to": valid_to,
        },
    )
    return warrant
