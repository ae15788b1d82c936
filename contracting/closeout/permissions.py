"""Who may complete and close out."""

from __future__ import annotations

from datetime import date

from accounts.permissions import all_of, can_sign, role_in
from accounts.states import Role
from contracting.contracts.models import Contract
from contracting.contracts.permissions import as_representative
from contracting.core.actors import Actor
from contracting.core.permissions import Verdict
from contracting.core.quantities import Dollars
from contracting.orders.models import TaskOrder


def can_complete_order(by: Actor, order: TaskOrder, on: date) -> Verdict:
    """The designated representative, or the contracting officer (R-ROL-05)."""
    contract = order.contract
    verdict = role_in(
        by,
        contract.agency_id,
        Role.COR,
        Role.CONTRACTING_OFFICER,
        doing="complete an order",
    )
    return as_representative(verdict, by, contract, on)


def can_release_claims(by: Actor, order: TaskOrder) -> Verdict:
    """Whoever signs for the vendor of the order."""
    return role_in(
        by,
        order.contract.vendor_id,
        Role.VENDOR_SIGNER,
        doing="release its claims",
        rule="R-CLO-04",
    )


def can_release_minimum(by: Actor, contract: Contract) -> Verdict:
    """Whoever signs for the vendor of the contract."""
    return role_in(
        by,
        contract.vendor_id,
        Role.VENDOR_SIGNER,
        doing="give up its guaranteed minimum",
        rule="R-CLO-03",
    )


def can_close_out_order(by: Actor, order: TaskOrder, on: date) -> Verdict:
    """The contracting officer signs the completion statement (FAR 4.804-5(b))."""
    return _officer(by, order.contract.agency_id, on)


def can_close_out_contract(by: Actor, contract: Contract, on: date) -> Verdict:
    """The contracting officer signs the completion statement (FAR 4.804-5(b))."""
    return _officer(by, contract.agency_id, on)


def can_record_residual_terms(by: Actor, contract: Contract) -> Verdict:
    """The contracting office records what the signed contract says."""
    office = (Role.CONTRACTING_OFFICER, Role.CONTRACT_SPECIALIST)
    return role_in(by, contract.agency_id, *office, doing="record such terms")


def can_place_legal_hold(by: Actor, contract: Contract) -> Verdict:
    """A contracting officer or an administrator, who keeps the records."""
    return _keeper(by, contract, "place a legal hold")


def can_release_legal_hold(by: Actor, contract: Contract) -> Verdict:
    """A contracting officer or an administrator, who keeps the records."""
    return _keeper(by, contract, "release a legal hold")


def _keeper(by: Actor, contract: Contract, doing: str) -> Verdict:
    roles = (Role.CONTRACTING_OFFICER, Role.ADMINISTRATOR)
    return role_in(by, contract.agency_id, *roles, doing=doing, rule="R-AUD-02")


def _officer(by: Actor, agency_id: int, on: date) -> Verdict:
    return all_of(
        role_in(
            by, agency_id, Role.CONTRACTING_OFFICER, doing="close out", rule="R-ROL-01"
        ),
        can_sign(by, Dollars(), on),
    )
