"""Usage reports of a provider: what holds of a bucket now, and what was known when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from contracting.core.actors import Actor
from contracting.metering.models import BucketReport, ReportedBucket, UsageSource


def bucket_reports_visible_to(actor: Actor) -> QuerySet[BucketReport]:
    """The agency's own; to a machine, those of its sources."""
    if not actor.is_agency or not (actor.role or actor.is_key):
        return BucketReport.objects.none()
    found = BucketReport.objects.filter(agency_id=actor.organization_id)
    if actor.is_key and actor.sources:
        found = found.filter(source__code__in=actor.sources)
    return found.select_related("source")


def buckets_known(source: UsageSource, at: datetime) -> QuerySet[ReportedBucket]:
    """Of each bucket the last revision that was known at an instant."""
    told = ReportedBucket.objects.filter(source=source, known_at__lte=at)
    later = ReportedBucket.objects.filter(
        source=source,
        bucket_id=OuterRef("bucket_id"),
        revision__gt=OuterRef("revision"),
        known_at__lte=at,
    )
    return told.exclude(Exists(later))


@dataclass(frozen=True, slots=True)
class BucketDay:
    """A UTC day of a provider's report: as it was told first, and as it holds."""

    day: date
    buckets: int
    restated: int
    """How many of them were told again with other counts."""
    first_tokens: int
    tokens: int
    requests: int | None

    @property
    def change(self) -> int:
        """Tokens by which restatements have changed the day."""
        return self.tokens - self.first_tokens


def days_of_buckets(
    source: UsageSource, at: datetime, most: int = 400
) -> list[BucketDay]:
    """The days on which buckets begin, the newest first, as known at an instant."""
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, [at, source.pk, at, most])
        return [_day(*row) for row in cursor.fetchall()]


def _day(day: date, *counts: Any) -> BucketDay:
    buckets, restated, first, last, requests = counts
    return BucketDay(
        day,
        buckets,
        restated,
        int(first),
        int(last),
        None if requests is None else int(requests),
    )


_DAYS = """
SELECT (b.period_start AT TIME ZONE 'UTC')::date,
       count(*) FILTER (WHERE b.revision = 1),
       count(*) FILTER (WHERE b.revision = 2),
       coalesce(sum(b.tokens) FILTER (WHERE b.revision = 1), 0),
       coalesce(sum(b.tokens) FILTER (WHERE next.id IS NULL), 0),
       sum(b.requests) FILTER (WHERE next.id IS NULL)
  FROM metering_reportedbucket b
  LEFT JOIN metering_reportedbucket next
    ON next.supersedes_id = b.id AND next.known_at <= %s
 WHERE b.source_id = %s AND b.known_at <= %s
 GROUP BY 1 ORDER BY 1 DESC LIMIT %s
"""
