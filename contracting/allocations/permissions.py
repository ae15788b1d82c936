"""Who says whose the invoices are, and who reads it."""

from __future__ import annotations

from accounts.permissions import role_in
from accounts.states import Role
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.permissions import Verdict


def can_set_allocation(by: Actor, contract: Contract) -> Verdict:
    """Who answers for the use: program manager, representative, contracting officer.

    It moves no money and binds nobody: it says inside the agency whose the cost is.
    """
    return role_in(
        by,
        contract.agency_id,
        Role.PROGRAM_MANAGER,
        Role.COR,
        Role.CONTRACTING_OFFICER,
        doing="say how invoices are shared out",
    )
