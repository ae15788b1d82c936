"""Who stops, who ends, who answers."""

from __future__ import annotations

from datetime import date

from accounts.permissions import all_of, can_sign, role_in
from accounts.states import Role
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.permissions import Refused, Verdict
from contracting.core.quantities import Dollars
from contracting.determinations.permissions import keeps_parts_apart
from contracting.determinations.queries import About
from contracting.determinations.states import Kind
from contracting.orders import calculations as orders
from contracting.orders.models import TaskOrder
from contracting.terminations.models import Letter, Termination
from contracting.terminations.queries import get_termination_for
from contracting.terminations.states import ANSWERED, TerminationState


def can_stop_work(by: Actor, order: TaskOrder, on: date) -> Verdict:
    """A contracting officer with a warrant (FAR 42.1303)."""
    return _officer(by, order.contract.agency_id, "stop work", on)


def can_resume_work(by: Actor, order: TaskOrder, on: date) -> Verdict:
    """A contracting officer with a warrant."""
    return _officer(by, order.contract.agency_id, "let work go on", on)


def can_issue_cure_notice(by: Actor, contract: Contract, on: date) -> Verdict:
    """A contracting officer with a warrant (FAR 49.607)."""
    return _officer(by, contract.agency_id, "issue a cure notice", on)


def can_issue_show_cause_notice(by: Actor, contract: Contract, on: date) -> Verdict:
    """A contracting officer with a warrant (FAR 49.402-3(e)(1))."""
    return _officer(by, contract.agency_id, "issue a show-cause notice", on)


def can_receive_letter(by: Actor, letter: Letter) -> Verdict:
    """Anybody of the vendor confirms that it arrived, once."""
    who = role_in(
        by,
        letter.contract.vendor_id,
        Role.VENDOR_SIGNER,
        Role.VENDOR_MEMBER,
        Role.VENDOR_ADMINISTRATOR,
        doing="confirm that it arrived",
    )
    if not isinstance(who, Refused) and hasattr(letter, "receipt"):
        return Refused("Its receipt is confirmed already.")
    return who


def can_answer_letter(by: Actor, letter: Letter) -> Verdict:
    """Whoever signs for the vendor answers a cure or show-cause notice, once."""
    who = role_in(
        by, letter.contract.vendor_id, Role.VENDOR_SIGNER, doing="answer the letter"
    )
    if isinstance(who, Refused):
        return who
    if letter.kind not in ANSWERED:
        return Refused("Only a cure or a show-cause notice is answered.")
    if hasattr(letter, "answer"):
        return Refused("It was answered already.")
    return who


def can_draft_termination(by: Actor, contract: Contract) -> Verdict:
    """The contracting office drafts it; another officer signs."""
    return role_in(
        by,
        contract.agency_id,
        Role.CONTRACTING_OFFICER,
        Role.CONTRACT_SPECIALIST,
        doing="draft a termination",
    )


def can_sign_termination(by: Actor, termination: Termination, on: date) -> Verdict:
    """A warrant for the whole of it, and never its drafter (R-ROL-01 to R-ROL-03)."""
    return _in_state(
        all_of(
            role_in(
                by,
                termination.contract.agency_id,
                Role.CONTRACTING_OFFICER,
                doing="sign a termination",
                rule="R-ROL-01",
            ),
            can_sign(by, _value(termination), on),
            keeps_parts_apart(
                by,
                termination.subject,
                (
                    {termination.drafted_by.user_id},
                    "You drafted this; somebody else signs it.",
                ),
            ),
        ),
        termination,
        TerminationState.DRAFT,
    )


def can_discard_termination(by: Actor, termination: Termination) -> Verdict:
    """The contracting office gives up a draft."""
    return _in_state(
        can_draft_termination(by, termination.contract),
        termination,
        TerminationState.DRAFT,
    )


def can_propose_settlement(by: Actor, termination: Termination) -> Verdict:
    """Whoever signs for the vendor."""
    return _in_state(
        role_in(
            by,
            termination.contract.vendor_id,
            Role.VENDOR_SIGNER,
            doing="propose a settlement",
        ),
        termination,
        TerminationState.SIGNED,
    )


def can_convert_termination(by: Actor, termination: Termination, on: date) -> Verdict:
    """A contracting officer with a warrant for the whole of it, for cause alone."""
    who = can_decide_settlement(by, termination, on)
    if not isinstance(who, Refused) and not termination.is_for_cause:
        return Refused("Only a termination for cause is converted.")
    return who


def can_decide_settlement(by: Actor, termination: Termination, on: date) -> Verdict:
    """A contracting officer with a warrant for the whole of it."""
    return _in_state(
        all_of(
            role_in(
                by,
                termination.contract.agency_id,
                Role.CONTRACTING_OFFICER,
                doing="decide on a settlement",
                rule="R-ROL-01",
            ),
            can_sign(by, _value(termination), on),
        ),
        termination,
        TerminationState.SIGNED,
    )


def about_termination(actor: Actor, public_id: str) -> About:
    """What a waiver for a small office is about, where one drafts and signs (R-ROL-03).

    :raises NotVisible: for everybody but its own agency
    """
    found = get_termination_for(actor, public_id)
    return About(
        subject=found.subject,
        agency_id=found.contract.agency_id,
        title=f"Termination of {found.about}",
        path=found.path,
        value=_value(found),
        kinds=(Kind.SMALL_OFFICE,),
    )


def _officer(by: Actor, agency_id: int, doing: str, on: date) -> Verdict:
    role = Role.CONTRACTING_OFFICER
    return all_of(
        role_in(by, agency_id, role, doing=doing, rule="R-ROL-01"),
        can_sign(by, Dollars(), on),
    )


def _value(termination: Termination) -> Dollars:
    if termination.order:
        return orders.value_of(termination.order)
    return Dollars(termination.contract.ceiling_dollars)


def _in_state(who: Verdict, termination: Termination, state: str) -> Verdict:
    if isinstance(who, Refused) or termination.state == state:
        return who
    return Refused(f"This termination is {termination.get_state_display()}.")
