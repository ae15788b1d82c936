"""Who may write a requisition, and when."""

from __future__ import annotations

from accounts.permissions import role_in
from accounts.states import Role
from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Refused, Verdict
from contracting.requisitions.models import Requisition
from contracting.requisitions.states import RequisitionState


def can_draft_requisition(by: Actor) -> Verdict:
    """A program manager of an agency writes down what the office needs."""
    if not by.is_agency:
        return Refused("Only a program manager of an agency may draft a requisition.")
    return role_in(
        by, by.organization_id, Role.PROGRAM_MANAGER, doing="draft a requisition"
    )


def can_estimate_workload(by: Actor, requisition: Requisition) -> Verdict:
    """A program manager of the agency estimates while it is a draft."""
    return _on_a_draft(by, requisition, doing="estimate its workload")


def can_build_estimate(by: Actor, requisition: Requisition) -> Verdict:
    """A program manager of the agency builds the estimate while it is a draft."""
    return _on_a_draft(by, requisition, doing="build its estimate")


def can_compare_ownership(by: Actor, requisition: Requisition) -> Verdict:
    """A program manager of the agency compares owning while it is a draft."""
    return _on_a_draft(by, requisition, doing="compare owned capacity with it")


def can_submit_requisition(by: Actor, requisition: Requisition) -> Verdict:
    """A program manager of the agency submits the draft, once it is estimated."""
    return _on_a_draft(by, requisition, doing="submit it")


def can_discard_requisition(by: Actor, requisition: Requisition) -> Verdict:
    """A program manager of the agency discards a draft."""
    return _on_a_draft(by, requisition, doing="discard it")


def _on_a_draft(by: Actor, requisition: Requisition, *, doing: str) -> Verdict:
    who = role_in(by, requisition.agency_id, Role.PROGRAM_MANAGER, doing=doing)
    if isinstance(who, Refused):
        return who
    if requisition.state != RequisitionState.DRAFT:
        state = requisition.get_state_display()
        return Refused(f"This requisition is {state}; only a draft can be changed.")
    return Allowed()
