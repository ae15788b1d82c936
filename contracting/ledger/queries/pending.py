"""What was used and waits for the roller, or was parked by it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.db.models import Count, Min, QuerySet, Sum

from contracting.core.quantities import Dollars
from contracting.ledger.models import HolderBalance, ParkedDelta, UsageDelta
from contracting.ledger.states import Holder

MOST_LAG: Final = timedelta(seconds=5)
"""After so long nobody can tell any more what is left."""

PENDING_OF_LINES: Final = f"""
SELECT json_build_array(p.holder_id, sum(p.tokens)::bigint, sum(p.dollars)::text,
         ceil(sum(p.tokens * coalesce(p.acu_per_million_tokens, 0)))::bigint) AS row
  FROM (SELECT holder_id, tokens, dollars, acu_per_million_tokens
          FROM {UsageDelta._meta.db_table}
         WHERE holder_kind = %(holders)s AND holder_id = ANY(%(lines)s)
        UNION ALL
        SELECT holder_id, tokens, dollars, acu_per_million_tokens
          FROM {ParkedDelta._meta.db_table}
         WHERE holder_kind = %(holders)s AND holder_id = ANY(%(lines)s)) p
 GROUP BY p.holder_id
"""  # noqa: S608 (names of our own tables)
"""What no balance has yet, parked usage too; for whoever asks the live limit often.

One column, ``row``: line, tokens, dollars as text, micro-ACU.
"""

ROLLS: Final = f"""
SELECT coalesce(clock_timestamp() - min(recorded_at), interval '0')
         <= interval '{MOST_LAG.total_seconds():.0f} seconds'
  FROM {UsageDelta._meta.db_table}
"""  # noqa: S608
"""Whether nothing waits for the roller for longer than that."""


@dataclass(frozen=True, slots=True)
class Pending:
    """Tokens and exact dollars of a line that no balance has yet."""

    tokens: int
    dollars: Decimal


def roller_lag() -> timedelta:
    """How long the oldest delta waits by the database's clock; nothing if none does.

    Where it grows, the roller has stopped: balances no longer say what was used.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT clock_timestamp() - min(recorded_at) FROM ledger_usagedelta"
        )
        (found,) = cursor.fetchone()
    return found or timedelta()


def waiting_lines(kind: str) -> list[int]:
    """The lines of a kind that the roller has to fold, the longest waiting first."""
    deltas = (
        UsageDelta.objects.filter(holder_kind=kind)
        .values("holder_id")
        .annotate(first=Min("pk"))
        .order_by("first")
        .values_list("holder_id", flat=True)
    )
    changed = HolderBalance.objects.filter(
        holder_kind=kind, limits_changed_at__isnull=False
    ).values_list("holder_id", flat=True)
    return list(dict.fromkeys([*deltas, *changed]))


def waiting_of(holder: Holder) -> list[int]:
    """The deltas of a line that wait, by number."""
    rows = UsageDelta.objects.filter(holder_kind=holder.kind, holder_id=holder.id)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def waiting_among(holders: Iterable[Holder]) -> set[Holder]:
    """Which of these lines the roller has to fold."""
    by_kind: dict[str, list[int]] = {}
    for holder in holders:
        by_kind.setdefault(holder.kind, []).append(holder.id)
    found: set[Holder] = set()
    for kind, ids in by_kind.items():
        own = {"holder_kind": kind, "holder_id__in": ids}
        deltas = UsageDelta.objects.filter(**own)
        changed = HolderBalance.objects.filter(**own, limits_changed_at__isnull=False)
        for rows in (deltas, changed):
            numbers = rows.order_by().values_list("holder_id", flat=True).distinct()
            found.update(Holder(kind, pk) for pk in numbers)
    return found


def pending_by_line(kind: str, *, parked: bool = True) -> dict[int, Pending]:
    """What of each line no balance has yet.

    :param parked: with what was parked, or only what the roller is about to fold
    """
    found: dict[int, Pending] = {}
    for model in (UsageDelta, ParkedDelta) if parked else (UsageDelta,):
        rows = model.objects.filter(holder_kind=kind).values_list("holder_id")
        for line, tokens, dollars in rows.annotate(Sum("tokens"), Sum("dollars")):
            before = found.get(line, Pending(0, Decimal(0)))
            found[line] = Pending(before.tokens + tokens, before.dollars + dollars)
    return found


def pending_cells(kind: str) -> Iterator[tuple[Any, ...]]:
    """Of everything that is not folded, parked ones too, by line, price and hour.

    Line, price row, price, hour, day, events, tokens and dollars.
    """
    key = (
        *("holder_id", "rate_row_id", "usd_per_million_tokens", "hour", "day"),
        *("events", "tokens", "dollars"),
    )
    for model in (UsageDelta, ParkedDelta):
        yield from model.objects.filter(holder_kind=kind).values_list(*key)


def parked_deltas(
    kind: str, lines: Iterable[int] | None = None
) -> QuerySet[ParkedDelta]:
    """What the roller could not fold, the oldest first."""
    rows = ParkedDelta.objects.filter(holder_kind=kind)
    if lines is not None:
        rows = rows.filter(holder_id__in=list(lines))
    return rows.order_by("pk")


def lines_with_other_limits(holders: Iterable[Holder]) -> dict[Holder, datetime]:
    """Those whose funds or ceilings have changed since their usage was placed; when."""
    wanted = set(holders)
    rows = HolderBalance.objects.filter(limits_changed_at__isnull=False)
    return {
        row.holder: row.limits_changed_at
        for row in rows.order_by("pk")
        if row.holder in wanted and row.limits_changed_at is not None
    }


def pending_of(holders: Iterable[Holder]) -> dict[Holder, Dollars]:
    """Exact dollars of these lines that no balance has yet, where there are any."""
    wanted = set(holders)
    found: dict[Holder, Dollars] = {}
    for kind in sorted({holder.kind for holder in wanted}):
        for line, waits in pending_by_line(kind).items():
            if Holder(kind, line) in wanted and waits.dollars > 0:
                found[Holder(kind, line)] = Dollars(waits.dollars)
    return found


def waiting_by_day(kind: str, ids: Iterable[int]) -> Iterator[tuple[date, int, int]]:
    """The days of which holders have usage that is on no balance yet, and how much.

    :returns: the day, the number of deltas and their tokens; parked ones apart
    """
    for table in (UsageDelta, ParkedDelta):
        waiting = table.objects.filter(holder_kind=kind, holder_id__in=list(ids))
        by_day = waiting.values("day").annotate(deltas=Count("pk"), sum=Sum("tokens"))
        for row in by_day.order_by("day"):
            yield row["day"], row["deltas"], row["sum"]
