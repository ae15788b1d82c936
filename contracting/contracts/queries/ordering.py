"""Reads of who may place orders on a contract, and within which limits."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from accounts.models import Membership
from accounts.states import Role
from contracting.contracts.models import Contract
from contracting.contracts.models.ordering import OrderingOfficer
from contracting.core.actors import Actor

MAY_ORDER = (Role.CONTRACTING_OFFICER, Role.CONTRACT_SPECIALIST, Role.PROGRAM_MANAGER)
"""In which roles somebody can be an ordering officer."""


def ordering_officers(contract: Contract) -> QuerySet[OrderingOfficer]:
    """Every letter to an ordering officer of the contract, the newest first."""
    found: QuerySet[OrderingOfficer] = contract.ordering_officers.select_related(
        "membership__user", "membership__organization", "appointed_by__user"
    ).select_related("revocation")
    return found.order_by("-pk")


def appointment_of(
    actor: Actor, contract: Contract, on: date
) -> OrderingOfficer | None:
    """The letter under which the actor may sign orders on a day, else the last one."""
    if actor.membership_id is None:
        return None
    own = list(ordering_officers(contract).filter(membership_id=actor.membership_id))
    standing = [letter for letter in own if not letter.gap(on)]
    return next(iter([*standing, *own]), None)


def appointable(contract: Contract) -> QuerySet[Membership]:
    """Who of the agency can be made an ordering officer."""
    found: QuerySet[Membership] = Membership.objects.filter(
        organization_id=contract.agency_id, role__in=MAY_ORDER, is_active=True
    ).select_related("user", "organization")
    return found.order_by("user__name", "pk")
