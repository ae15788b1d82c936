"""Who may publish how papers stand."""

from __future__ import annotations

from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Refused, Verdict


def can_publish_status_list(by: Actor) -> Verdict:
    """The system alone: what is published follows from the records, not from a wish."""
    if by.is_system:
        return Allowed()
    return Refused("Only the system publishes how papers stand.")
