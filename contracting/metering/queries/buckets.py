"""Usage reports of a provider: what holds of a bucket now, and what was known when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.db.models.functions import TruncDate

from contracting.core.actors import Actor
from contracting.core.periods import day_bounds
from contracting.metering.models import (
    BucketReport,
    HourlyUsage,
    ReportedBucket,
    UsageSource,
)
from contracting.reference.models import AiModel
from contracting.reference.queries.names import Names


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


# Beside the agency's own meters ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ModelDay:
    """A UTC day of one model: what the provider reports, and what was counted."""

    day: date
    names: tuple[str, ...]
    """As the provider calls it; none where it reports nothing of it."""
    model: AiModel | None
    """What the names stand for; ``None`` where no model is mapped."""
    reported: int
    counted: int | None
    """Tokens of the agency's rated calls; ``None`` where nothing can be compared."""

    @property
    def difference(self) -> int | None:
        """Tokens that the provider reports beyond what was counted."""
        return None if self.counted is None else self.reported - self.counted


def counted_of(rows: Sequence[ModelDay]) -> int | None:
    """Tokens counted of all models of a day; ``None`` if one cannot be compared."""
    counts = [row.counted for row in rows]
    return None if None in counts else sum(count or 0 for count in counts)


def compared_days(
    source: UsageSource, days: Sequence[BucketDay], at: datetime
) -> dict[date, list[ModelDay]]:
    """Each of these days by model, beside what the agency's own meters have counted.

    Counted is every rated call of the agency in the hours of the UTC day, whichever
    order it went to, of each model that is named on any of the days. A bucket that
    reaches beyond its day cannot be laid beside it.

    :param days: of :func:`days_of_buckets`, as known ``at``
    """
    if not days:
        return {}
    names = Names(source.agency_id)
    told: dict[tuple[date, int | None, str], list[tuple[str, int, bool]]] = defaultdict(
        list
    )
    for day, name, tokens, is_within in _reported_by_model(source, days, at):
        model = names.at(name, day)
        kind = (day, model, "" if model else name)
        told[kind].append((name, tokens, is_within))
    models = AiModel.objects.in_bulk({model for _, model, _ in told if model})
    counted = _counted(source.agency_id, list(models), days)
    shown = {each.day for each in days}
    for day, model in counted:
        if day in shown:
            told.setdefault((day, model, ""), [])
    found: dict[date, list[ModelDay]] = defaultdict(list)
    for (day, model, _), rows in sorted(told.items(), key=_by_day_and_name):
        can_compare = model is not None and all(within for _, _, within in rows)
        found[day].append(
            ModelDay(
                day=day,
                names=tuple(name for name, _, _ in rows),
                model=models.get(model or 0),
                reported=sum(tokens for _, tokens, _ in rows),
                counted=counted.get((day, model or 0), 0) if can_compare else None,
            )
        )
    return found


def _by_day_and_name(item: tuple[tuple[date, int | None, str], Any]) -> tuple[Any, ...]:
    (day, model, name), _ = item
    return day, model is None, model or 0, name


def _reported_by_model(
    source: UsageSource, days: Sequence[BucketDay], at: datetime
) -> Iterator[tuple[date, str, int, bool]]:
    with connection.cursor() as cursor:
        cursor.execute(_MODELS, [at, source.pk, at, [each.day for each in days]])
        for day, name, tokens, is_within in cursor.fetchall():
            yield day, name, int(tokens), is_within


def _counted(
    agency_id: int, models: Sequence[int], days: Sequence[BucketDay]
) -> dict[tuple[date, int], int]:
    first, last = min(each.day for each in days), max(each.day for each in days)
    rows = (
        HourlyUsage.objects.filter(
            order_line__order__contract__agency=agency_id,
            model__in=models,
            hour__gte=day_bounds(first, "UTC").start,
            hour__lt=day_bounds(last, "UTC").end,
        )
        .annotate(day=TruncDate("hour", tzinfo=UTC))
        .values_list("day", "model")
        .annotate(sum=Sum("tokens"))
        .order_by()
    )
    return {(day, model): tokens for day, model, tokens in rows if tokens}


_MODELS = """
SELECT day, model, sum(tokens), bool_and(is_within)
  FROM (SELECT (b.period_start AT TIME ZONE 'UTC')::date AS day, b.model, b.tokens,
               b.period_end AT TIME ZONE 'UTC'
                 <= (b.period_start AT TIME ZONE 'UTC')::date + 1 AS is_within
          FROM metering_reportedbucket b
          LEFT JOIN metering_reportedbucket next
            ON next.supersedes_id = b.id AND next.known_at <= %s
         WHERE b.source_id = %s AND b.known_at <= %s AND next.id IS NULL) held
 WHERE day = ANY(%s)
 GROUP BY day, model ORDER BY day, model
"""
