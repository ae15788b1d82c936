"""A person of another office places orders, by letter and within limits."""

from __future__ import annotations

from contracting.contracts.models import Contract, OrderingOfficer
from contracting.contracts.operations.appoint_ordering_officer import (
    appoint_ordering_officer,
)
from contracting.core.quantities import Dollars
from contracting.operate.story.cast import Cast
from contracting.operate.story.times import Calendar


def appoint(
    cast: Cast, calendar: Calendar, contract: Contract, limit: Dollars
) -> OrderingOfficer:
    """The specialist signs orders of the records office up to a limit."""
    return appoint_ordering_officer(
        contract_id=contract.pk,
        membership_id=cast.membership("contract_specialist"),
        office="Records Services",
        order_limit=limit,
        valid_from=calendar.day(-8),
        valid_to=contract.ordering_end,
        by=cast["contracting_officer"],
        at=calendar.at(-8, 11),
    )
