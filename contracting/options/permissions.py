"""Who does what with an option."""

from __future__ import annotations

from datetime import date

from accounts.permissions import all_of, can_sign, role_in
from accounts.states import Role
from contracting.contracts.models import Contract, ContractOption
from contracting.contracts.states import ContractState
from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Refused, Verdict
from contracting.core.quantities import Dollars
from contracting.determinations.queries import About
from contracting.determinations.states import Kind
from contracting.modifications.permissions import can_draft_contract_modification
from contracting.options.models import OptionIntent
from contracting.options.queries import get_option_for


def can_give_option_intent(by: Actor, option: ContractOption, on: date) -> Verdict:
    """A contracting officer with a warrant tells the vendor (FAR 17.207(a))."""
    doing = "give notice of an option"
    return all_of(_officer(by, option.contract, doing, on), _left(option))


def can_receive_option_intent(by: Actor, intent: OptionIntent) -> Verdict:
    """Anybody of the vendor confirms that it arrived, once."""
    who = role_in(
        by,
        intent.option.contract.vendor_id,
        Role.VENDOR_SIGNER,
        Role.VENDOR_MEMBER,
        Role.VENDOR_ADMINISTRATOR,
        doing="confirm that it arrived",
    )
    if not isinstance(who, Refused) and hasattr(intent, "receipt"):
        return Refused("Its receipt is confirmed already.")
    return who


def can_determine_option(by: Actor, option: ContractOption, on: date) -> Verdict:
    """A contracting officer with a warrant makes the findings (FAR 17.207(c))."""
    doing = "determine on an option"
    return all_of(_officer(by, option.contract, doing, on), _left(option))


def can_draft_option_exercise(by: Actor, option: ContractOption) -> Verdict:
    """The contracting office drafts it; an officer who did not draft it signs."""
    return all_of(can_draft_contract_modification(by, option.contract), _left(option))


def can_represent_size(by: Actor, contract: Contract) -> Verdict:
    """A signer of the vendor states its size (FAR 52.219-28(e))."""
    signer = Role.VENDOR_SIGNER
    who = role_in(by, contract.vendor_id, signer, doing="state its size")
    return all_of(who, _in_force(contract))


def can_record_size_change(by: Actor, contract: Contract) -> Verdict:
    """The contracting office records a novation or merger of the vendor."""
    office = (Role.CONTRACTING_OFFICER, Role.CONTRACT_SPECIALIST)
    doing = "record a novation or merger"
    return all_of(
        role_in(by, contract.agency_id, *office, doing=doing), _in_force(contract)
    )


def can_alert_options(by: Actor) -> Verdict:
    """The machinery counts the days."""
    if by.is_system:
        return Allowed()
    return Refused("Only the system counts the days of options.")


def about_option(actor: Actor, public_id: str) -> About:
    """What the memo on a late notice of intent is about (R-OPT-01).

    :raises NotVisible: for everybody but its own agency
    """
    found = get_option_for(actor, public_id)
    contract = found.contract
    return About(
        subject=found.subject,
        agency_id=contract.agency_id,
        title=f"{found.name} of contract {contract.piid}",
        path=found.path,
        value=Dollars(found.ceiling_dollars),
        kinds=(Kind.LATE_INTENT,),
    )


def _officer(by: Actor, contract: Contract, doing: str, on: date) -> Verdict:
    officer, agency = Role.CONTRACTING_OFFICER, contract.agency_id
    return all_of(
        role_in(by, agency, officer, doing=doing, rule="R-ROL-01"),
        can_sign(by, Dollars(), on),
        _in_force(contract),
    )


def _in_force(contract: Contract) -> Verdict:
    if contract.state == ContractState.AWARDED:
        return Allowed()
    state = contract.get_state_display()
    return Refused(f"This contract is {state}; only an awarded one has options.")


def _left(option: ContractOption) -> Verdict:
    if option.is_exercised:
        return Refused("This option is exercised already.", "R-OPT-02")
    return Allowed()
