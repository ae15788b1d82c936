"""Who may change reference data."""

from __future__ import annotations

from accounts.states import Role
from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Refused, Verdict
from contracting.reference.models import RateProposal

MAPPERS = (
    Role.CONTRACTING_OFFICER,
    Role.CONTRACT_SPECIALIST,
    Role.COR,
    Role.ADMINISTRATOR,
)


def can_import_list_prices(actor: Actor) -> Verdict:
    """Administrators, and the system itself."""
    if actor.is_system or actor.has_role(Role.ADMINISTRATOR):
        return Allowed()
    return Refused("Only an administrator imports list prices.")


def can_register_model(actor: Actor) -> Verdict:
    """Administrators, and the system itself: a snapshot is the same for everybody."""
    if actor.is_system or actor.has_role(Role.ADMINISTRATOR):
        return Allowed()
    return Refused("Only an administrator registers a model.")


def can_map_model_alias(actor: Actor, agency_id: int | None) -> Verdict:
    """Those who answer for the agency's contracts; a general alias is the system's.

    What a name stands for decides what usage costs (R-MET-09).
    """
    if actor.is_system:
        return Allowed()
    if not actor.has_role(*MAPPERS):
        return Refused(
            "Only a contracting officer, a contract specialist, a COR or an "
            "administrator says what a model's name stands for."
        )
    if agency_id is None:
        return Refused("A name is mapped for one agency, not for all of them.")
    if not actor.acts_for(agency_id):
        return Refused("A name is mapped by a member of the agency it is mapped for.")
    return Allowed()


FINANCE = (Role.FUNDS_CERTIFIER, Role.PAYMENT_CERTIFIER)


def can_propose_rate(by: Actor) -> Verdict:
    """Whoever certifies funds or payments: a published rate is the same for all."""
    if by.has_role(*FINANCE):
        return Allowed()
    return Refused("Only who certifies funds or payments enters a rate.", "R-PAY-03")


def can_confirm_rate(by: Actor, proposal: RateProposal) -> Verdict:
    """Another person of finance than the one who has entered it."""
    if not by.has_role(*FINANCE):
        words = "Only who certifies funds or payments confirms a rate."
        return Refused(words, "R-PAY-03")
    if proposal.proposed_by.user_id in {by.user_id, by.own_user_id}:
        return Refused("You entered this rate; somebody else confirms it.", "R-PAY-03")
    return Allowed()
