"""Reads of contracts."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q, QuerySet

from accounts.states import SOURCE_SELECTION_ROLES, Role
from contracting.contracts.models import Contract, CorDesignation, Protest, RateRow
from contracting.contracts.states import ContractState
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible

UNSIGNED = (ContractState.DRAFT, ContractState.DISCARDED)
DRAFT_ROLES = SOURCE_SELECTION_ROLES | {Role.FUNDS_CERTIFIER}
"""Who reads a draft award: it says who was selected, and at which prices."""


def visible_to(actor: Actor) -> QuerySet[Contract]:
    """The agency's own contracts; to a vendor, its own once they are awarded.

    A draft award is source selection information (FAR 3.104): only who takes part in
    the selection, certifies its funds or audits it reads one.
    """
    contracts = Contract.objects.select_related("agency", "vendor", "solicitation")
    if actor.is_agency and (actor.role or actor.is_key):
        own = contracts.filter(agency_id=actor.organization_id)
        if actor.has_role(*DRAFT_ROLES):
            return own.exclude(state=ContractState.DISCARDED)
        return own.exclude(state__in=UNSIGNED)
    if actor.is_vendor and (actor.role or actor.is_key):
        own = contracts.filter(vendor_id=actor.organization_id)
        return own.exclude(state__in=UNSIGNED)
    return contracts.none()


def get_contract_for(actor: Actor, public_id: str) -> Contract:
    """One contract by its opaque id.

    :raises NotVisible: if it is not there for this actor
    """
    contract = visible_to(actor).filter(public_id=public_id).first()
    if contract is None:
        message = "There is no such contract."
        raise NotVisible(message, rule="R-ROL-07")
    return contract


def public_awards() -> QuerySet[Contract]:
    """Awards as the public sees them (FAR 5.301), newest first."""
    return (
        Contract.objects.select_related("agency", "vendor", "solicitation")
        .exclude(state__in=UNSIGNED)
        .order_by("-awarded_at")
    )


def rates_in_force(contract: Contract, at: datetime) -> QuerySet[RateRow]:
    """The rate card at an instant, as known now."""
    return (
        RateRow.objects.filter(
            line__contract=contract, superseded_at__isnull=True, in_force__contains=at
        )
        .select_related("line", "model", "tokenizer", "token_class")
        .order_by("slin")
    )


def has_reasonable_price(contract: Contract) -> bool:
    """Whether the price analysis of its award found its prices reasonable (R-EVL-07).

    The record covers what is ordered at these prices or below; another price needs a
    record of its own.
    """
    decision = contract.decision
    return decision.selected_id in decision.price_analysis.reasonable_submission_ids


def representatives(contract: Contract, on: date) -> QuerySet[CorDesignation]:
    """Who represents the contracting officer on that day."""
    return CorDesignation.objects.filter(
        contract=contract, valid_from__lte=on, valid_to__gte=on
    ).select_related("membership__user")


def is_representative(actor: Actor, contract: Contract, on: date) -> bool:
    """Whether the actor is a designated representative in force (R-ROL-05's facts)."""
    if not actor.has_role(Role.COR):
        return False
    held = representatives(contract, on)
    return held.filter(membership_id=actor.own_membership_id).exists()


def search(actor: Actor, text: str) -> QuerySet[Contract]:
    """Contracts whose number is exactly this text, or whose title contains it."""
    return visible_to(actor).filter(
        Q(piid__iexact=text.strip()) | Q(title__icontains=text.strip())
    )


def suspending_protest(contract: Contract) -> Protest | None:
    """The protest that suspends performance and ordering now (R-AWD-07)."""
    found = Protest.objects.filter(
        contract=contract, suspends=True, finding__isnull=True
    )
    return found.order_by("pk").first()


def protests_of(contract: Contract) -> QuerySet[Protest]:
    """Every protest against the award, with what lifted its suspension."""
    return Protest.objects.filter(contract=contract).select_related("finding")
