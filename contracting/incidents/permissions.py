"""Who reports, updates and closes."""

from __future__ import annotations

from accounts.permissions import role_in
from accounts.states import ReviewField, Role
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Refused, Verdict
from contracting.incidents.models import Incident

_VENDOR = (Role.VENDOR_SIGNER, Role.VENDOR_MEMBER, Role.VENDOR_ADMINISTRATOR)


def can_report_incident(by: Actor, contract: Contract) -> Verdict:
    """Anybody of the contract's vendor: a report never waits for a signer."""
    return role_in(by, contract.vendor_id, *_VENDOR, doing="report an incident")


def can_update_incident(by: Actor, incident: Incident) -> Verdict:
    """Anybody of the contract's vendor, until it is closed."""
    who = role_in(by, incident.contract.vendor_id, *_VENDOR, doing="update an incident")
    return _while_open(who, incident)


def can_close_incident(by: Actor, incident: Incident) -> Verdict:
    """The contracting officer or the representative, once."""
    who = role_in(
        by,
        incident.contract.agency_id,
        Role.CONTRACTING_OFFICER,
        Role.COR,
        doing="close an incident",
    )
    return _while_open(who, incident)


def can_authorize_boundary(by: Actor, contract: Contract) -> Verdict:
    """The security reviewer, who records it for the authorizing official (R-AI-02)."""
    return role_in(
        by,
        contract.agency_id,
        Role.REVIEWER,
        review_field=ReviewField.SECURITY,
        doing="record an authorization",
        rule="R-AI-02",
    )


def can_remind_incidents(by: Actor) -> Verdict:
    """The schedule; nobody else sends reminders in its name."""
    if by.is_system:
        return Allowed()
    return Refused("Reminders are sent by the schedule.")


def _while_open(who: Verdict, incident: Incident) -> Verdict:
    if not isinstance(who, Refused) and hasattr(incident, "closure"):
        return Refused("This incident is closed.")
    return who
