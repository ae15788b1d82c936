"""How each feed was in each hour: what was heard of it, and where the gaps are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.db.models import F, Min, Sum
from django.db.models.functions import TruncHour

from contracting.core.actors import Actor
from contracting.core.periods import days_bounds
from contracting.core.plots.strips import Hour, HourState
from contracting.metering.models import UsageBatch, UsageSource
from contracting.metering.queries import sources_visible_to

_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class FeedHours:
    """A source and its hours in order; none where it was never heard of by then."""

    source: UsageSource
    first_heard: datetime | None
    last_heard: datetime | None
    hours: tuple[Hour, ...]


def feeds_visible_to(
    actor: Actor, *, first: date, last: date, zone: str, at: datetime
) -> list[FeedHours]:
    """The actor's sources with what was heard of them in these days.

    An hour counts by when a delivery was received. Hours before a source was heard of
    for the first time, after it was closed, and that are not over yet are left open: a
    gap is an hour in which a known source was not heard of at all.

    :param first: the first day, in ``zone``
    :param last: the last day
    """
    sources = list(sources_visible_to(actor).order_by("label", "pk"))
    bounds = days_bounds(first, last, zone)
    heard = _heard(sources, bounds.start, bounds.end)
    first_heard = _first_heard(sources)
    found = []
    for source in sources:
        of_source = heard.get(source.pk, {})
        since = first_heard.get(source.pk)
        until = min(bounds.end, at, source.closed_at or at)
        hours = _hours(of_source, since, until, bounds.start, bounds.end)
        last_heard = max(of_source, default=None)
        found.append(FeedHours(source, since, last_heard, tuple(hours)))
    return found


def _heard(
    sources: list[UsageSource], start: datetime, end: datetime
) -> dict[int, dict[datetime, tuple[int, int]]]:
    """By source and hour: how many rows were received, and how many were new."""
    rows = (
        UsageBatch.objects.filter(
            source__in=sources, received_at__gte=start, received_at__lt=end
        )
        .order_by()
        .values("source", hour=TruncHour("received_at", tzinfo=UTC))
        .annotate(rows=Sum("received"), new=Sum(F("accepted") + F("held")))
    )
    found: dict[int, dict[datetime, tuple[int, int]]] = {}
    for row in rows:
        of_source = found.setdefault(row["source"], {})
        of_source[row["hour"]] = (row["rows"], row["new"])
    return found


def _first_heard(sources: list[UsageSource]) -> dict[int, datetime]:
    rows = UsageBatch.objects.filter(source__in=sources).order_by()
    return dict(rows.values_list("source").annotate(Min("received_at")))


def _hours(
    heard: dict[datetime, tuple[int, int]],
    since: datetime | None,
    until: datetime,
    start: datetime,
    end: datetime,
) -> list[Hour]:
    """Each hour between start and end with what was heard in it."""
    if since is None or since >= end:
        return []
    hours = []
    hour = start.replace(minute=0, second=0, microsecond=0)
    while hour < end:
        _, new = heard.get(hour, (0, 0))
        if hour in heard:
            state = HourState.RECEIVED if new else HourState.EMPTY
        elif hour + _HOUR <= since or hour + _HOUR > until:
            state = HourState.AHEAD
        else:
            state = HourState.MISSING
        hours.append(Hour(hour, state, new))
        hour += _HOUR
    return hours
