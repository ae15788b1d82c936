"""Who holds the contracts, who sees what, and whether an order may be placed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet

from accounts.states import Role
from contracting.contracts.calculations import last_day
from contracting.contracts.models import MULTIPLE_AWARD, Contract
from contracting.contracts.queries import rates_in_force
from contracting.contracts.states import ContractState
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible, Refusal
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars
from contracting.core.templatetags.drawdown import dollars
from contracting.determinations.models import Determination
from contracting.determinations.queries import approved, determinations_of
from contracting.determinations.states import Kind
from contracting.fair_opportunity.calculations import Amounts, amounts, enhanced_gaps
from contracting.fair_opportunity.models import (
    HolderResponse,
    Opportunity,
    OrderDebriefing,
    ResponseFile,
)
from contracting.fair_opportunity.refusals import (
    NoFairOpportunity,
    NotConsidered,
    NotEnhanced,
)
from contracting.fair_opportunity.states import (
    UNJUSTIFIED,
    ExceptionCode,
    OpportunityState,
)
from contracting.reference.queries import threshold

OFFICE = (
    Role.CONTRACTING_OFFICER,
    Role.CONTRACT_SPECIALIST,
    Role.PROGRAM_MANAGER,
    Role.AUDITOR,
)
"""Who of the agency reads what the holders answered."""


def holders_of(solicitation_id: int, on: date) -> list[Contract]:
    """The contracts of a multiple award under which orders are placed on a day."""
    found = Contract.objects.filter(
        solicitation_id=solicitation_id,
        state=ContractState.AWARDED,
        fair_opportunity=MULTIPLE_AWARD,
        ordering_start__lte=on,
        ordering_end__gte=on,
    )
    return list(found.select_related("vendor").order_by("pk"))


def visible_to(actor: Actor) -> QuerySet[Opportunity]:
    """The agency's own; to a vendor, those of which it was given notice as a holder."""
    found = Opportunity.objects.select_related("agency", "solicitation", "contract")
    if actor.is_agency and actor.role:
        return found.filter(agency_id=actor.organization_id)
    if actor.is_vendor and actor.role:
        return found.filter(invited__contract__vendor_id=actor.organization_id)
    return found.none()


def get_opportunity_for(actor: Actor, public_id: str) -> Opportunity:
    """One by its opaque id.

    :raises NotVisible: if it is not there for this actor
    """
    found = visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such fair opportunity."
        raise NotVisible(message, rule="R-ROL-07")
    return found


def may_read_responses(actor: Actor) -> bool:
    """Whether the actor belongs to those of the agency who read the responses."""
    return actor.is_agency and actor.has_role(*OFFICE)


def responses_for(actor: Actor, opportunity: Opportunity) -> list[HolderResponse]:
    """The last response of each holder; to a holder its own alone."""
    found = opportunity.responses.select_related("contract__vendor", "finding")
    if actor.is_vendor:
        found = found.filter(contract__vendor_id=actor.organization_id)
    elif not may_read_responses(actor):
        return []
    return list(
        found.prefetch_related("rates", "files")
        .order_by("contract", "-version")
        .distinct("contract")
    )


def last_responses(opportunity: Opportunity) -> list[HolderResponse]:
    """The response of each holder that counts: its last one."""
    found = opportunity.responses.select_related("contract__vendor", "finding")
    return list(found.order_by("contract", "-version").distinct("contract"))


def get_file_for(actor: Actor, public_id: str) -> ResponseFile:
    """A file of a response, for the office and for the holder itself.

    :raises NotVisible: for everybody else
    """
    found = ResponseFile.objects.filter(
        response__opportunity__in=visible_to(actor), public_id=public_id
    ).select_related("blob", "response")
    if actor.is_vendor:
        found = found.filter(response__contract__vendor_id=actor.organization_id)
    file = found.first() if actor.is_vendor or may_read_responses(actor) else None
    if file is None:
        message = "There is no such file."
        raise NotVisible(message, rule="R-ROL-07")
    return file


def own_contract(actor: Actor, opportunity: Opportunity) -> Contract | None:
    """Under which contract a vendor was given the notice."""
    found = Contract.objects.filter(
        pk__in=opportunity.invited.values("contract"), vendor_id=actor.organization_id
    )
    return found.select_related("vendor").first() if actor.is_vendor else None


def rates_of(contract: Contract, at: datetime) -> dict[str, Decimal]:
    """The holder's own contract rates at an instant, by subline."""
    rows = rates_in_force(contract, at)
    return {row.slin: row.usd_per_million_tokens for row in rows}


def asked_prices(opportunity: Opportunity) -> dict[str, Decimal]:
    """What the selected holder asks for each subline; nothing without a selection."""
    if opportunity.state != OpportunityState.SELECTED:
        return {}
    rates = opportunity.selection.response.rates.all()
    return {row.slin: row.usd_per_million_tokens for row in rates}


def usable_for(contract: Contract) -> QuerySet[Opportunity]:
    """Selections of this holder, or exceptions for it, on which no order is placed."""
    ready = (OpportunityState.SELECTED, OpportunityState.EXCEPTED)
    found = Opportunity.objects.filter(contract=contract, state__in=ready)
    return found.filter(placement__isnull=True).order_by("-pk")


def justification_of(opportunity: Opportunity) -> Determination | None:
    """The justification of an exception, whatever its state."""
    found = determinations_of(opportunity.subject).filter(kind=Kind.FAIR_OPPORTUNITY)
    return found.first()


def posting_due_on(opportunity: Opportunity) -> date | None:
    """The last day to post the justification of an order that is placed.

    FAR 16.505(b)(2)(ii)(D): 14 days after the order, 30 where it was urgent.
    """
    placed = getattr(opportunity, "placement", None)
    if placed is None or not opportunity.exception:
        return None
    if opportunity.exception in UNJUSTIFIED:
        return None
    is_urgent = opportunity.exception == ExceptionCode.URGENT
    code = "JUSTIFICATION_POSTING_URGENT" if is_urgent else "JUSTIFICATION_POSTING"
    return last_day(code, accounting_day(placed.placed_at, opportunity.time_zone))


def fair_opportunity_gap(
    contract: Contract, opportunity: Opportunity | None, value: Dollars, on: date
) -> Refusal | None:
    """Why an order of that value may not be placed on a day, if so.

    Above the micro-purchase threshold every holder of a multiple award is given a fair
    opportunity, or an exception stands for at least this value (R-TO-06); above the
    simplified threshold every response is considered (R-TO-07); above the enhanced one
    factors, time and a best-value statement are on record (R-TO-08).

    :raises NoThreshold: if an amount is not in force on that day
    """
    if contract.fair_opportunity != MULTIPLE_AWARD:
        return None
    limits = amounts(on)
    if value <= limits.micro_purchase:
        return None
    if opportunity is None or opportunity.contract_id != contract.pk:
        return NoFairOpportunity(
            f"The order is worth {dollars(value)}, above "
            f"{dollars(limits.micro_purchase)}, and {contract.piid} is one of several "
            "awards: no holder was selected after a notice to all, and no exception is "
            "taken."
        )
    if opportunity.state == OpportunityState.EXCEPTED:
        return _exception_gap(opportunity, value)
    if opportunity.state != OpportunityState.SELECTED:
        return NoFairOpportunity(
            f"The fair opportunity is {opportunity.get_state_display()}."
        )
    return selection_gap(opportunity, value, limits, opportunity.selection.best_value)


def _exception_gap(opportunity: Opportunity, value: Dollars) -> Refusal | None:
    justified = Dollars(opportunity.value_dollars)
    if value > justified:
        return NoFairOpportunity(
            f"The order is worth {dollars(value)}; the exception was taken for "
            f"{dollars(justified)} and approved at that value."
        )
    if opportunity.exception in UNJUSTIFIED:
        return None
    if approved(opportunity.subject, Kind.FAIR_OPPORTUNITY) is None:
        return NoFairOpportunity(
            "The justification of the exception is not approved at its level yet."
        )
    return None


def selection_gap(
    opportunity: Opportunity, value: Dollars, limits: Amounts, best_value: str
) -> Refusal | None:
    """Why a selection does not carry that value, if so (R-TO-07, R-TO-08)."""
    if value > limits.simplified:
        without = _not_considered(last_responses(opportunity))
        if without:
            return NotConsidered(
                f"Above {dollars(limits.simplified)} every response is considered; "
                f"{', '.join(without)} has no finding."
            )
    if value > limits.enhanced and opportunity.respond_by is not None:
        gaps = enhanced_gaps(
            factors=opportunity.factors,
            respond_by=opportunity.respond_by,
            told_at=opportunity.notified_at,
            zone=opportunity.time_zone,
            on=limits,
        )
        if not best_value.strip():
            gaps.append("No statement says what makes the selection the best value.")
        if gaps:
            return NotEnhanced(
                f"The order is worth {dollars(value)}, above "
                f"{dollars(limits.enhanced)}. {' '.join(gaps)}"
            )
    return None


def _not_considered(responses: Sequence[HolderResponse]) -> list[str]:
    return [
        str(each.contract.vendor) for each in responses if not hasattr(each, "finding")
    ]


def is_enhanced(opportunity: Opportunity, value: Dollars, on: date) -> bool:
    """Whether a debriefing is owed on an order of that value (FAR 16.505(b)(6))."""
    return value > Dollars(threshold("FAIR_OPPORTUNITY_ENHANCED", on).value)


def unsuccessful(opportunity: Opportunity) -> list[HolderResponse]:
    """The responses of the holders who were not selected."""
    return [
        each
        for each in last_responses(opportunity)
        if each.contract_id != opportunity.contract_id
    ]


def debriefings_for(actor: Actor, opportunity: Opportunity) -> list[OrderDebriefing]:
    """The requests to be debriefed; to a holder its own alone."""
    found = opportunity.debriefings.select_related("contract__vendor")
    if actor.is_vendor:
        found = found.filter(contract__vendor_id=actor.organization_id)
    return list(found.order_by("pk"))
