"""How each feed was in each hour: what was heard of it, and where the gaps are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.db.models import F, Max, Min, Sum
from django.db.models.functions import TruncHour

from contracting.core.actors import Actor
from contracting.core.periods import days_bounds
from contracting.core.plots.strips import Hour, HourState
from contracting.metering.models import SourceHeartbeat, UsageBatch, UsageSource
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

    An hour counts by when a delivery or a heartbeat was received. An hour of neither is
    empty where the source has said since that it had sent everything until its end
    (its watermark), and missing where nobody has said anything. Hours before a source
    was heard of for the first time, after it was closed, and that are not over yet are
    left open.

    :param first: the first day, in ``zone``
    :param last: the last day
    """
    sources = list(sources_visible_to(actor).order_by("label", "pk"))
    bounds = days_bounds(first, last, zone)
    heard = _heard(sources, bounds.start, bounds.end)
    marks = _watermarks(sources)
    first_heard = _first_heard(sources)
    found = []
    for source in sources:
        of_source = heard.get(source.pk, {})
        since = first_heard.get(source.pk)
        until = min(bounds.end, at, source.closed_at or at)
        span = (bounds.start, bounds.end)
        hours = _hours(of_source, since, until, span, marks.get(source.pk))
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
    beats = SourceHeartbeat.objects.filter(
        source__in=sources, beat_at__gte=start, beat_at__lt=end
    )
    hours = beats.order_by().values_list("source", TruncHour("beat_at", tzinfo=UTC))
    for source, hour in hours.distinct():
        found.setdefault(source, {}).setdefault(hour, (0, 0))
    return found


def _watermarks(sources: list[UsageSource]) -> dict[int, datetime]:
    rows = SourceHeartbeat.objects.filter(source__in=sources, watermark__isnull=False)
    return dict(rows.order_by().values_list("source").annotate(Max("watermark")))


def _first_heard(sources: list[UsageSource]) -> dict[int, datetime]:
    """By a delivery or by a heartbeat, whichever came first."""
    batches = UsageBatch.objects.filter(source__in=sources).order_by()
    found = dict(batches.values_list("source").annotate(Min("received_at")))
    beats = SourceHeartbeat.objects.filter(source__in=sources).order_by()
    for source, beat_at in beats.values_list("source").annotate(Min("beat_at")):
        found[source] = min(beat_at, found.get(source, beat_at))
    return found


def _hours(
    heard: dict[datetime, tuple[int, int]],
    since: datetime | None,
    until: datetime,
    span: tuple[datetime, datetime],
    mark: datetime | None,
) -> list[Hour]:
    """Each hour between start and end with what was heard in it."""
    start, end = span
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
        elif mark is not None and hour + _HOUR <= mark:
            state = HourState.EMPTY
        else:
            state = HourState.MISSING
        hours.append(Hour(hour, state, new))
        hour += _HOUR
    return hours
