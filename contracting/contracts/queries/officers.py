"""Reads of which contracting officer a contract is with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Membership
from accounts.states import Role
from contracting.contracts.models import Contract
from contracting.contracts.models.officers import OfficerAssignment
from contracting.contracts.states import ContractState
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible

IN_HAND = (ContractState.AWARDED, ContractState.COMPLETED)
"""The states in which somebody has to have a contract in hand."""


def officer_of(contract: Contract) -> Membership | None:
    """Whose contract it is: the last one assigned, else who signed the award."""
    last = assignments_of(contract).first()
    signed: Membership | None = contract.signed_by
    return last.officer if last is not None else signed


def assignments_of(contract: Contract) -> QuerySet[OfficerAssignment]:
    """Who has had the contract in hand and why it went over, the last one first."""
    rows = OfficerAssignment.objects.filter(contract=contract).select_related(
        "officer__user", "officer__organization", "former__user", "assigned_by__user"
    )
    return rows.order_by("-pk")


def in_hand(agency_id: int) -> QuerySet[Any, Any]:
    """The contracts of an agency that go on, each with ``officer_id``."""
    last = OfficerAssignment.objects.filter(contract=OuterRef("pk")).order_by("-pk")
    found: QuerySet[Any, Any] = Contract.objects.filter(
        agency_id=agency_id, state__in=IN_HAND
    ).annotate(
        officer_id=Coalesce(
            Subquery(last.values("officer_id")[:1]),
            "signed_by_id",
            output_field=BigIntegerField(),
        )
    )
    return found.order_by("pk")


def contracts_with(officer: Membership) -> QuerySet[Contract]:
    """The contracts that this officer has in hand, the oldest first."""
    found: QuerySet[Contract] = in_hand(officer.organization_id).filter(
        officer_id=officer.pk
    )
    return found


def assignable(agency_id: int, on: date) -> QuerySet[Membership]:
    """The contracting officers of an agency who hold a warrant in force on a day."""
    found: QuerySet[Membership] = Membership.objects.filter(
        organization_id=agency_id,
        role=Role.CONTRACTING_OFFICER,
        is_active=True,
        user__is_active=True,
        warrants__valid_from__lte=on,
        warrants__valid_to__gte=on,
    ).exclude(warrants__revoked_on__lte=on)
    return found.select_related("user", "organization").distinct().order_by("pk")


@dataclass(frozen=True, slots=True)
class InHand:
    """One officer, how many contracts they have, and why they cannot go on, if so."""

    officer: Membership
    contracts: int
    until: date | None
    gap: str


def officers_of(agency_id: int, on: date) -> list[InHand]:
    """Everybody who has a contract of the agency in hand, those with a gap first."""
    counted = dict(
        in_hand(agency_id)
        .order_by()
        .values_list("officer_id")
        .annotate(count=Count("pk"))
    )
    people = (
        Membership.objects.filter(pk__in=counted)
        .select_related("user", "organization")
        .prefetch_related("warrants")
    )
    found = []
    for each in people:
        until = warranted_until(each, on)
        found.append(InHand(each, counted[each.pk], until, gap_of(each, until)))
    return sorted(found, key=lambda each: (not each.gap, str(each.officer.user)))


def warranted_until(officer: Membership, on: date) -> date | None:
    """The last day of the officer's warrants that are in force on a day, if any is."""
    standing = [
        each.valid_to
        for each in officer.warrants.all()
        if each.valid_from <= on <= each.valid_to
        and (each.revoked_on is None or each.revoked_on > on)
    ]
    return max(standing, default=None)


def gap_of(officer: Membership, until: date | None) -> str:
    """Why an officer can have no contract in hand any more, else nothing."""
    if not officer.is_active or not officer.user.is_active:
        return "no longer holds this role"
    return "" if until is not None else "holds no warrant in force"


def get_officer_for(actor: Actor, public_id: str) -> Membership:
    """A person of the actor's own agency who has contracts in hand.

    :raises NotVisible: for anybody else, and to everybody of another organization
    """
    found = None
    if actor.is_agency:
        found = (
            Membership.objects.filter(
                organization_id=actor.own_organization_id, public_id=public_id
            )
            .select_related("user", "organization")
            .first()
        )
    if found is None or not contracts_with(found).exists():
        message = "Nobody like that has a contract in hand."
        raise NotVisible(message)
    return found
