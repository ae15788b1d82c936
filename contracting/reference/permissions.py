"""Who may change reference data."""

from __future__ import annotations

from accounts.states import Role
from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Refused, Verdict

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
