"""How long a notice has stood, and from when on the next step is allowed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from contracting.core.periods import accounting_day
from contracting.reference.queries import threshold
from contracting.solicitations.models import Solicitation
from contracting.solicitations.states import SynopsisKind

SYNOPSIS_WAIT: Final = "SYNOPSIS_WAIT"


def posting_clock(solicitation: Solicitation, at: datetime) -> list[str]:
    """The days that the synopsis and the solicitation have stood, as sentences.

    A synopsis of its own stands for a number of days before the solicitation follows
    (FAR 5.203(a), R-SOL-03); a released one stands until its deadline.

    :raises NoThreshold: if no number of days is in force
    """
    return [*_synopsis(solicitation, at), *_release(solicitation, at)]


def _synopsis(solicitation: Solicitation, at: datetime) -> list[str]:
    posted = solicitation.synopsis_posted_on
    if solicitation.synopsis_kind != SynopsisKind.SEPARATE or posted is None:
        return []
    agency, released = solicitation.agency, solicitation.released_at
    until = agency.local_day(at if released is None else released)
    wait = int(threshold(SYNOPSIS_WAIT, until).value)
    first, stood = posted + timedelta(days=wait), (until - posted).days
    if stood < 0:
        return [f"The synopsis is posted in {_days(-stood)}."]
    if released is not None:
        return [f"The synopsis stood for {_days(stood)} before the release."]
    if until < first:
        when = f"{first.day} {first:%b %Y}"
        left = _days((first - until).days)
        return [
            f"The synopsis has stood for {_days(stood)} of {wait}. The solicitation "
            f"may be released from {when} on, in {left} (R-SOL-03)."
        ]
    return [
        f"The synopsis has stood for {_days(stood)}, at least the {wait} that are "
        "asked for: the solicitation may be released (R-SOL-03)."
    ]


def _release(solicitation: Solicitation, at: datetime) -> list[str]:
    released, deadline = solicitation.released_at, solicitation.deadline
    if released is None or deadline is None:
        return []
    zone = solicitation.time_zone
    first, last = accounting_day(released, zone), accounting_day(deadline, zone)
    whole = (last - first).days
    if at > deadline:
        return [f"It stood for {_days(whole)} until its deadline."]
    stood = (accounting_day(at, zone) - first).days
    return [f"It has stood for {_days(stood)} of the {whole} until its deadline."]


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"
