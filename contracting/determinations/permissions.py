"""Who determines, who approves, who posts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from accounts.permissions import role_in
from accounts.states import Role
from contracting.approvals.permissions import can_record_decision
from contracting.approvals.queries import open_route_of
from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Refused, Verdict
from contracting.core.subjects import Subject
from contracting.determinations.models import Determination
from contracting.determinations.queries import approved
from contracting.determinations.states import (
    JUSTIFICATIONS,
    POSTED,
    DeterminationState,
    Kind,
)


def can_make_determination(by: Actor, agency_id: int, kind: str) -> Verdict:
    """A contracting officer; a specialist may write a justification for approval."""
    roles = [Role.CONTRACTING_OFFICER]
    if kind in JUSTIFICATIONS:
        roles.append(Role.CONTRACT_SPECIALIST)
    doing = f"write a {Kind(kind).label}"
    return role_in(by, agency_id, *roles, doing=doing)


def can_review_determination(
    by: Actor, determination: Determination, on: date
) -> Verdict:
    """Whoever its route asks now; nobody who wrote it (R-ROL-09)."""
    if not by.is_person or not by.acts_for(determination.agency_id):
        return Refused("Only a person of this agency may decide on it.")
    route = open_route_of(determination.subject)
    if route is None:
        state = determination.get_state_display()
        return Refused(f"This determination is {state}; nothing waits for a decision.")
    return can_record_decision(by, route, on)


def can_post_determination(by: Actor, determination: Determination) -> Verdict:
    """The contracting office posts an approved justification, once."""
    who = role_in(
        by,
        determination.agency_id,
        Role.CONTRACTING_OFFICER,
        Role.CONTRACT_SPECIALIST,
        doing="post a justification",
    )
    if isinstance(who, Refused):
        return who
    if determination.kind not in POSTED:
        return Refused("Only a justification is posted.")
    if determination.state != DeterminationState.APPROVED:
        state = determination.get_state_display()
        return Refused(f"It is {state}; only an approved justification is posted.")
    if hasattr(determination, "posting"):
        return Refused("It has been posted already.")
    return Allowed()


def keeps_parts_apart(
    by: Actor, subject: Subject, *others: tuple[Collection[int], str]
) -> Verdict:
    """Whether the actor takes no second part in one action (R-ROL-03).

    Requester, funds certifier and signer are three people. In a small office the head
    of the contracting activity lets one person take two of the parts, never all.

    :param others: who took each other part, by user id, and what is said to them
    """
    taken = [reason for users, reason in others if by.user_id in users]
    if not taken:
        return Allowed()
    if len(taken) == 1 and approved(subject, Kind.SMALL_OFFICE) is not None:
        return Allowed()
    return Refused(taken[0], "R-ROL-03")


def can_adopt_ladder(by: Actor, agency_id: int) -> Verdict:
    """An administrator of the agency, or the operator of the installation."""
    if by.is_system:
        return Allowed()
    return role_in(by, agency_id, Role.ADMINISTRATOR, doing="adopt who approves")
