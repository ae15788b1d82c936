"""Until when offers stay open for acceptance."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from contracting.core.periods import accounting_day
from contracting.reference.queries import threshold
from contracting.solicitations.models import Solicitation

OFFER_VALIDITY: Final = "OFFER_VALIDITY"


def offers_valid_until(solicitation: Solicitation) -> date | None:
    """The last day on which an offer can be accepted as it was made (R-SUB-09).

    The days that the solicitation states, or those in force on the day of its deadline
    (FAR 52.212-1(c)), counted from that day in the solicitation's zone; nothing as
    long as there is no deadline.

    :raises NoThreshold: if neither says a number of days
    """
    if solicitation.deadline is None:
        return None
    due_on = accounting_day(solicitation.deadline, solicitation.time_zone)
    days = solicitation.offer_valid_days
    if days is None:
        days = int(threshold(OFFER_VALIDITY, due_on).value)
    return due_on + timedelta(days=days)
