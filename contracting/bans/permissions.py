"""Who bans, and who lifts a ban."""

from __future__ import annotations

from accounts.permissions import role_in
from accounts.states import Role
from contracting.bans.models import Ban
from contracting.core.actors import Actor
from contracting.core.permissions import Refused, Verdict

_OFFICE = (Role.CONTRACTING_OFFICER, Role.ADMINISTRATOR)


def can_impose_ban(by: Actor, agency_id: int | None) -> Verdict:
    """A contracting officer or an administrator of the agency, at once and alone."""
    return role_in(by, agency_id, *_OFFICE, doing="ban a vendor or model")


def can_lift_ban(by: Actor, ban: Ban) -> Verdict:
    """A contracting officer or an administrator of the agency, once."""
    who = role_in(by, ban.agency_id, *_OFFICE, doing="lift a ban")
    if not isinstance(who, Refused) and hasattr(ban, "lift"):
        return Refused("This ban was lifted already.")
    return who
