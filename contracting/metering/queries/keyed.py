"""Usage by the key that it was reported under, and by the project of the key.

The rows are sorted out of the ratings a little after the fold. What the daily sums have
more than they is not sorted yet, and is said beside every figure that is read here.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.db.models import (
    DateTimeField,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Coalesce

from contracting.metering.models import (
    KeyedUsage,
    KeyMapping,
    UsageFold,
)
from contracting.orders.models import OrderLine

NO_NAME: Final = "(none)"
"""How a filter names calls without a key, and keys without a project."""
_MIDDAY: Final = timedelta(hours=12)


def with_project(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows with the project that their key was mapped to on their day."""
    noon = ExpressionWrapper(
        Cast("day", DateTimeField()) + _MIDDAY, output_field=DateTimeField()
    )
    mapped = (
        KeyMapping.objects.known()
        .filter(
            Q(source=OuterRef("source")) | Q(source__isnull=True),
            agency=OuterRef("order_line__order__contract__agency"),
            key_ref=OuterRef("key_ref"),
            in_force__contains=OuterRef("noon"),
        )
        .order_by(F("source").asc(nulls_last=True))
    )
    found: QuerySet[Any] = rows.annotate(noon=noon).annotate(
        project=Coalesce(Subquery(mapped.values("project")[:1]), Value(""))
    )
    return found


def of_key(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
    """The rows of a key, as gateways name it."""
    return rows.filter(key_ref="" if key == NO_NAME else key)


def of_project(rows: QuerySet[Any], project: str) -> QuerySet[Any]:
    """The rows of the keys of a project."""
    return with_project(rows).filter(project="" if project == NO_NAME else project)


def days_under_a_name(
    order_id: int, since: date | None = None, *, key: str = "", project: str = ""
) -> list[tuple[date, int, Decimal]]:
    """Tokens and exact dollars by day of one key, or of one project, of an order."""
    rows = KeyedUsage.objects.filter(order_line__order=order_id)
    if since is not None:
        rows = rows.filter(day__gte=since)
    rows = of_key(rows, key) if key else of_project(rows, project)
    sums = rows.order_by().values("day").annotate(t=Sum("tokens"), d=Sum("dollars"))
    return [(row["day"], row["t"], row["d"]) for row in sums.order_by("day")]


def days_by_key(
    order_id: int, days: Collection[date]
) -> list[tuple[date, str, str, Decimal]]:
    """Exact dollars of each key of an order on these days, with its project."""
    rows = KeyedUsage.objects.filter(order_line__order=order_id, day__in=list(days))
    sums = (
        with_project(rows)
        .order_by()
        .values("day", "key_ref", "project")
        .annotate(sum_dollars=Sum("dollars"))
        .order_by("day", "key_ref", "project")
    )
    return [
        (row["day"], row["key_ref"], row["project"], row["sum_dollars"]) for row in sums
    ]


def names_of(order_id: int) -> tuple[list[str], list[str]]:
    """The keys that have used an order, or may, and their projects."""
    used = KeyedUsage.objects.filter(order_line__order=order_id).exclude(key_ref="")
    mapped = KeyMapping.objects.known().filter(order=order_id)
    keys = {*used.values_list("key_ref", flat=True).distinct()}
    keys |= {*mapped.values_list("key_ref", flat=True)}
    projects = {*mapped.exclude(project="").values_list("project", flat=True)}
    return sorted(keys), sorted(projects)


def unsorted_days(folded_since: datetime | None = None) -> list[tuple[int, date]]:
    """Lines and days of which the keys do not add up to the daily sums, newest first.

    :param folded_since: orders that were folded since then; all of them without it
    """
    lines: list[int] | None = None
    if folded_since is not None:
        orders = UsageFold.objects.filter(recorded_at__gte=folded_since).order_by()
        folded = orders.values_list("order").distinct()
        lines = list(
            OrderLine.objects.filter(order__in=folded).values_list("pk", flat=True)
        )
    with connection.cursor() as cursor:
        cursor.execute(_UNSORTED, {"lines": lines})
        return [(line, day) for line, day in cursor.fetchall()]


_UNSORTED: Final = """
SELECT order_line_id, day FROM (
  SELECT order_line_id, day, sum(events) AS events, sum(tokens) AS tokens,
         sum(dollars) AS dollars
    FROM (SELECT order_line_id, day, events, tokens, dollars
            FROM metering_dailyusage
           WHERE %(lines)s::bigint[] IS NULL OR order_line_id = ANY(%(lines)s)
          UNION ALL
          SELECT order_line_id, day, -events, -tokens, -dollars
            FROM metering_keyedusage
           WHERE %(lines)s::bigint[] IS NULL OR order_line_id = ANY(%(lines)s)
         ) AS each_sum
   GROUP BY 1, 2) AS apart
WHERE events <> 0 OR tokens <> 0 OR dollars <> 0
ORDER BY day DESC, order_line_id
"""


def not_sorted(daily: QuerySet[Any], keyed: QuerySet[Any]) -> tuple[int, Decimal]:
    """Tokens and dollars that the daily sums have and the keys do not have yet."""
    sums = [
        rows.order_by().aggregate(
            t=Coalesce(Sum("tokens"), 0), d=Coalesce(Sum("dollars"), Decimal(0))
        )
        for rows in (daily, keyed)
    ]
    return sums[0]["t"] - sums[1]["t"], sums[0]["d"] - sums[1]["d"]
