"""Who opens, answers, counts, decides and claims."""

from __future__ import annotations

from datetime import date

from accounts.permissions import all_of, can_sign, role_in
from accounts.states import Role
from contracting.contracts.models import Contract
from contracting.contracts.permissions import as_representative
from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Refused, Verdict
from contracting.core.quantities import Dollars
from contracting.disputes.models import (
    Claim,
    DisputeCase,
    JointRecount,
    ServiceCredit,
)
from contracting.orders.models import TaskOrder

_VENDOR = (Role.VENDOR_SIGNER, Role.VENDOR_MEMBER)


def _agency(by: Actor, contract: Contract, on: date, doing: str) -> Verdict:
    who = role_in(
        by, contract.agency_id, Role.COR, Role.CONTRACTING_OFFICER, doing=doing
    )
    return as_representative(who, by, contract, on)


def _while_open(who: Verdict, case: DisputeCase) -> Verdict:
    if who and not case.is_open:
        return Refused(f"This dispute is {case.state.label}.")
    return who


def can_open_dispute(
    by: Actor, order: TaskOrder, on: date, *, is_of_the_count: bool = False
) -> Verdict:
    """The designated representative, or the contracting officer (R-ROL-05).

    A dispute of the count withholds nothing, and is opened by a flag too.
    """
    if is_of_the_count and by.is_system:
        return Allowed()
    return _agency(by, order.contract, on, "open a dispute")


def can_freeze_evidence(by: Actor, case: DisputeCase, on: date) -> Verdict:
    """The designated representative, or the contracting officer, while it is open."""
    return _while_open(_agency(by, case.order.contract, on, "freeze evidence"), case)


def can_answer_dispute(by: Actor, case: DisputeCase) -> Verdict:
    """Signers and members of the contract's vendor, while it is open."""
    vendor = case.order.contract.vendor_id
    return _while_open(role_in(by, vendor, *_VENDOR, doing="answer a dispute"), case)


def can_withdraw_dispute(by: Actor, case: DisputeCase) -> Verdict:
    """A signer of the vendor: it gives up what the vendor asked for."""
    vendor = case.order.contract.vendor_id
    who = role_in(by, vendor, Role.VENDOR_SIGNER, doing="withdraw from a dispute")
    return _while_open(who, case)


def can_decide_dispute(
    by: Actor, case: DisputeCase, on: date, at_stake: Dollars
) -> Verdict:
    """The contracting officer, whose warrant covers what is at stake (R-ROL-01)."""
    who = role_in(
        by,
        case.order.contract.agency_id,
        Role.CONTRACTING_OFFICER,
        doing="decide a dispute",
    )
    return _while_open(all_of(who, can_sign(by, at_stake, on)) if who else who, case)


def can_remind_disputes(by: Actor) -> Verdict:
    """The schedule; nobody else sends reminders in its name."""
    if by.is_system:
        return Allowed()
    return Refused("Reminders are sent by the schedule.")


def can_start_recount(by: Actor, case: DisputeCase, on: date) -> Verdict:
    """The designated representative, or the contracting officer, while it is open."""
    return _while_open(_agency(by, case.order.contract, on, "start a recount"), case)


def can_join_recount(by: Actor, recount: JointRecount) -> Verdict:
    """Signers and members of the vendor, once."""
    case = recount.case
    vendor = case.order.contract.vendor_id
    who = _while_open(role_in(by, vendor, *_VENDOR, doing="join a recount"), case)
    if who and hasattr(recount, "draw"):
        return Refused("The sample of this recount is drawn already.")
    return who


def can_enter_recount(by: Actor, recount: JointRecount, on: date) -> Verdict:
    """Either side for itself, once the sample is drawn."""
    case = recount.case
    if by.is_vendor:
        vendor = case.order.contract.vendor_id
        who = role_in(by, vendor, *_VENDOR, doing="enter its counts")
    else:
        who = _agency(by, case.order.contract, on, "enter counts")
    who = _while_open(who, case)
    if who and not hasattr(recount, "draw"):
        return Refused("The sample is drawn once the vendor has given its seed.")
    return who


def can_submit_claim(by: Actor, contract: Contract) -> Verdict:
    """A signer of the contract's vendor, who may bind it (FAR 33.207(e))."""
    return role_in(by, contract.vendor_id, Role.VENDOR_SIGNER, doing="submit a claim")


def can_state_decision_date(by: Actor, claim: Claim) -> Verdict:
    """The contracting officer, once, while it is not decided (FAR 33.211(c))."""
    who = role_in(
        by,
        claim.contract.agency_id,
        Role.CONTRACTING_OFFICER,
        doing="state when a claim is decided",
    )
    if who and hasattr(claim, "decision"):
        return Refused("This claim is decided already.")
    if who and hasattr(claim, "stated_date"):
        return Refused("The date of the decision is stated already.")
    return who


def can_decide_claim(by: Actor, claim: Claim, on: date) -> Verdict:
    """The contracting officer, whose warrant covers the claim (FAR 33.210)."""
    who = role_in(
        by,
        claim.contract.agency_id,
        Role.CONTRACTING_OFFICER,
        doing="decide a claim",
    )
    if not who:
        return who
    if hasattr(claim, "decision"):
        return Refused("This claim is decided already.")
    return can_sign(by, Dollars(claim.dollars), on)


def can_charge_claim(by: Actor, claim: Claim) -> Verdict:
    """The contracting officer, once it is decided."""
    who = role_in(
        by,
        claim.contract.agency_id,
        Role.CONTRACTING_OFFICER,
        doing="charge what a claim allows",
        rule="R-PAY-07",
    )
    if who and not hasattr(claim, "decision"):
        return Refused("This claim is not decided yet.")
    return who


def can_set_service_level(by: Actor, contract: Contract) -> Verdict:
    """The contracting officer, who records what the contract says."""
    return role_in(
        by,
        contract.agency_id,
        Role.CONTRACTING_OFFICER,
        doing="record a service level",
    )


def can_propose_service_credits(by: Actor, contract: Contract, on: date) -> Verdict:
    """The designated representative, or the contracting officer."""
    return _agency(by, contract, on, "propose credits for the service")


def can_confirm_service_credit(by: Actor, credit: ServiceCredit) -> Verdict:
    """The contracting officer, once."""
    return _on_credit(by, credit, "confirm a credit")


def can_decline_service_credit(by: Actor, credit: ServiceCredit) -> Verdict:
    """The contracting officer, once."""
    return _on_credit(by, credit, "decline a credit")


def _on_credit(by: Actor, credit: ServiceCredit, doing: str) -> Verdict:
    agency = credit.order.contract.agency_id
    who = role_in(by, agency, Role.CONTRACTING_OFFICER, doing=doing)
    if who and hasattr(credit, "decision"):
        return Refused("This credit is decided already.")
    return who
