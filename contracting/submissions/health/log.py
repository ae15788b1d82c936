"""Outages, as the gaps between the beats of the health log (FAR 52.212-1(f)(4))."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from contracting.core.periods import accounting_day, is_business_day, zone_of
from contracting.solicitations.models import Solicitation
from contracting.submissions.health.models import HealthBeat, OutageRuling

TOLERANCE: Final = timedelta(minutes=5)
"""A beat is written each minute; a longer silence is an outage."""

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Outage:
    """From the last beat before a silence to the first one after it, if it is over."""

    begun_at: datetime
    resumed_at: datetime | None


def outage_at(instant: datetime, at: datetime) -> Outage | None:
    """The outage during which an instant lies, as the log shows it at ``at``.

    Where the log does not reach back to the instant it shows nothing.
    """
    beats = HealthBeat.objects.filter(beat_at__lte=at).order_by("beat_at")
    last = beats.filter(beat_at__lte=instant).last()
    if last is None:
        return None
    first = beats.filter(beat_at__gt=instant).first()
    end = at if first is None else first.beat_at
    if end - last.beat_at <= TOLERANCE:
        return None
    return Outage(last.beat_at, None if first is None else first.beat_at)


def silent_since(at: datetime) -> datetime | None:
    """When what runs by itself was last seen, if that is too long ago.

    Where nothing was ever seen the log shows nothing.
    """
    last = HealthBeat.objects.filter(beat_at__lte=at).order_by("beat_at").last()
    return None if last is None or at - last.beat_at <= TOLERANCE else last.beat_at


def ruling_on(solicitation: Solicitation) -> OutageRuling | None:
    """What was decided about an outage at the deadline in force."""
    if solicitation.deadline is None:
        return None
    rulings = OutageRuling.objects.filter(solicitation=solicitation)
    return rulings.filter(old_deadline=solicitation.deadline).first()


def rulings_of(solicitation: Solicitation) -> list[OutageRuling]:
    """Every ruling on an outage, first one first."""
    found = OutageRuling.objects.filter(solicitation=solicitation)
    return list(found.select_related("ruled_by__user").order_by("pk"))


def open_outage(solicitation: Solicitation, at: datetime) -> Outage | None:
    """The outage at the deadline in force on which nobody has ruled, if it passed."""
    deadline = solicitation.deadline
    if deadline is None or at <= deadline or ruling_on(solicitation) is not None:
        return None
    return outage_at(deadline, at)


def moved_deadline(solicitation: Solicitation, resumed_at: datetime) -> datetime | None:
    """The same time of day on the first working day on which work has resumed.

    The first federal business day whose hour of the deadline lies after the end of the
    outage, in the solicitation's zone (FAR 52.212-1(f)(4)).
    """
    if solicitation.deadline is None:
        return None
    zone = zone_of(solicitation.time_zone)
    hour = solicitation.deadline.astimezone(zone).time()
    day = accounting_day(resumed_at, zone)
    while True:
        moved = datetime.combine(day, hour, zone).astimezone(UTC)
        if is_business_day(day) and moved > resumed_at:
            return moved
        day += _DAY
