"""Who may report, assign and correct usage."""

from __future__ import annotations

from accounts.permissions import role_in
from accounts.states import Role
from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Refused, Verdict
from contracting.metering.models import UsageSource

USAGE_WRITE = "usage:write"


def can_register_source(by: Actor, agency_id: int | None) -> Verdict:
    """An administrator of the agency."""
    if by.is_system:
        return Allowed()
    return role_in(
        by, agency_id, Role.ADMINISTRATOR, doing="register a usage source"
    )


def can_ingest_usage(by: Actor, source: UsageSource) -> Verdict:
    """The gateway's own key, or the COR or CO of the agency with a file."""
    if by.is_key:
        if not by.acts_for(source.agency_id):
            return Refused("This key belongs to another organization.")
        if USAGE_WRITE not in by.scopes:
            return Refused(f"This key lacks the scope {USAGE_WRITE}.")
        if by.sources and source.code not in by.sources:
            return Refused("This key may not write for this source.")
        return Allowed()
    return role_in(
        by,
        source.agency_id,
        Role.COR,
        Role.CONTRACTING_OFFICER,
        Role.ADMINISTRATOR,
        doing="import usage",
    )


def can_assign_usage(by: Actor, agency_id: int) -> Verdict:
    """The representative or the contracting officer of the agency (R-MET-08)."""
    return role_in(
        by, agency_id, Role.COR, Role.CONTRACTING_OFFICER, doing="assign held usage"
    )


def can_correct_usage(by: Actor, agency_id: int) -> Verdict:
    """The representative of the agency, with a reason."""
    return role_in(by, agency_id, Role.COR, doing="correct metered usage")
