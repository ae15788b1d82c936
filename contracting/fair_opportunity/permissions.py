"""Who gives notice, responds, considers, selects and asks to be debriefed."""

from __future__ import annotations

from accounts.permissions import role_in
from accounts.states import Role
from contracting.contracts.models import MULTIPLE_AWARD, Contract
from contracting.contracts.states import ContractState
from contracting.core.actors import Actor
from contracting.core.permissions import Refused, Verdict
from contracting.fair_opportunity.models import Opportunity
from contracting.fair_opportunity.queries import own_contract, unsuccessful
from contracting.fair_opportunity.states import OpportunityState as S

_OFFICE = (Role.CONTRACTING_OFFICER, Role.CONTRACT_SPECIALIST)


def can_notify_holders(by: Actor, contract: Contract) -> Verdict:
    """The contracting office, under one of several awards of a solicitation."""
    who = role_in(by, contract.agency_id, *_OFFICE, doing="give notice to the holders")
    return _of_several(who, contract)


def can_take_exception(by: Actor, contract: Contract) -> Verdict:
    """The contracting office; whoever the ladder names approves the justification."""
    who = role_in(by, contract.agency_id, *_OFFICE, doing="take an exception")
    return _of_several(who, contract)


def can_respond_to_opportunity(by: Actor, opportunity: Opportunity) -> Verdict:
    """A signer of a holder who was given the notice."""
    contract = own_contract(by, opportunity)
    vendor_id = contract.vendor_id if contract else None
    who = role_in(by, vendor_id, Role.VENDOR_SIGNER, doing="respond for a holder")
    return _in_state(who, opportunity, (S.OPEN,), "no response is taken any more")


def can_consider_response(by: Actor, opportunity: Opportunity) -> Verdict:
    """The contracting office writes how a response was considered."""
    who = role_in(by, opportunity.agency_id, *_OFFICE, doing="consider a response")
    return _in_state(
        who, opportunity, (S.OPEN, S.SELECTED), "no response is considered any more"
    )


def can_select_holder(by: Actor, opportunity: Opportunity) -> Verdict:
    """A contracting officer selects."""
    officer = Role.CONTRACTING_OFFICER
    who = role_in(by, opportunity.agency_id, officer, doing="select a holder")
    return _in_state(who, opportunity, (S.OPEN,), "nobody is selected any more")


def can_cancel_opportunity(by: Actor, opportunity: Opportunity) -> Verdict:
    """The contracting office gives it up as long as no order is placed on it."""
    who = role_in(by, opportunity.agency_id, *_OFFICE, doing="cancel it")
    if not isinstance(who, Refused) and hasattr(opportunity, "placement"):
        return Refused(f"Order {opportunity.placement.order_piid} was placed on it.")
    states = (S.OPEN, S.SELECTED, S.EXCEPTED)
    return _in_state(who, opportunity, states, "it is given up already")


def can_request_order_debriefing(by: Actor, opportunity: Opportunity) -> Verdict:
    """A signer or member of a holder who responded and was not selected."""
    contract = own_contract(by, opportunity)
    vendor_id = contract.vendor_id if contract else None
    roles = (Role.VENDOR_SIGNER, Role.VENDOR_MEMBER)
    who = role_in(by, vendor_id, *roles, doing="ask for a debriefing")
    if isinstance(who, Refused):
        return who
    if not hasattr(opportunity, "placement"):
        return Refused("No order is placed yet; you are told when it is.")
    if contract is None or contract.pk not in {
        each.contract_id for each in unsuccessful(opportunity)
    }:
        return Refused("Only a holder who responded and was not selected is debriefed.")
    return who


def _of_several(who: Verdict, contract: Contract) -> Verdict:
    if isinstance(who, Refused):
        return who
    if contract.state != ContractState.AWARDED:
        return Refused(f"This contract is {contract.get_state_display()}.", "R-TO-01")
    if contract.fair_opportunity != MULTIPLE_AWARD:
        return Refused("This is a single award: there is no other holder to ask.")
    return who


def _in_state(
    who: Verdict, opportunity: Opportunity, states: tuple[str, ...], why_not: str
) -> Verdict:
    if isinstance(who, Refused) or opportunity.state in states:
        return who
    return Refused(f"It is {opportunity.get_state_display()}; {why_not}.")
