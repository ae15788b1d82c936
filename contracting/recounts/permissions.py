"""Who may plan an audit of the count, send samples and agree to an allowance."""

from __future__ import annotations

from datetime import date

from accounts.permissions import role_in, scope_in
from accounts.states import Role, Scope
from contracting.contracts.models import Contract
from contracting.contracts.permissions import as_representative
from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Verdict
from contracting.recounts.models import RecountAllowance, RecountPlan


def can_adopt_recount_plan(by: Actor, contract: Contract) -> Verdict:
    """The contracting officer: what is honest is a term of the contract."""
    return role_in(
        by,
        contract.agency_id,
        Role.CONTRACTING_OFFICER,
        doing="plan a recount",
    )


def can_end_recount_plan(by: Actor, plan: RecountPlan) -> Verdict:
    """The same."""
    return role_in(
        by, plan.contract.agency_id, Role.CONTRACTING_OFFICER, doing="end a recount"
    )


def can_record_recounts(by: Actor, plan: RecountPlan) -> Verdict:
    """The key of the client beside the gateway; no person types counts."""
    return scope_in(by, plan.contract.agency_id, Scope.RECOUNTS_WRITE)


def can_dispute_count(by: Actor, plan: RecountPlan, on: date) -> Verdict:
    """The designated representative, the contracting officer, or the flag itself."""
    if by.is_system:
        return Allowed()
    contract = plan.contract
    verdict = role_in(
        by,
        contract.agency_id,
        Role.COR,
        Role.CONTRACTING_OFFICER,
        doing="dispute a count",
    )
    return as_representative(verdict, by, contract, on)


def can_set_recount_allowance(by: Actor, contract: Contract) -> Verdict:
    """The contracting officer."""
    return role_in(
        by, contract.agency_id, Role.CONTRACTING_OFFICER, doing="set an allowance"
    )


def can_agree_recount_allowance(by: Actor, allowance: RecountAllowance) -> Verdict:
    """Who signs for the vendor."""
    return role_in(
        by,
        allowance.contract.vendor_id,
        Role.VENDOR_SIGNER,
        doing="agree to an allowance",
    )
