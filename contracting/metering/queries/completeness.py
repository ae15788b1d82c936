"""Whether everything has arrived, and what witnesses say of what was charged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Q, QuerySet, Sum, TextChoices

from contracting.core.periods import Period
from contracting.metering.models import (
    SourceOfRecord,
    UnchargedUsage,
    UsageRating,
    UsageSource,
    WitnessRating,
)
from contracting.metering.states import Outcome
from contracting.orders.models import TaskOrder


@dataclass(frozen=True, slots=True)
class WitnessDay:
    """What a witness has reported of a day, beside the source of record."""

    source: UsageSource
    day: date
    record_tokens: int
    witness_tokens: int
    record_dollars: Decimal
    witness_dollars: Decimal

    @property
    def tokens(self) -> int:
        """What the witness has more than the record; below zero it has less."""
        return self.witness_tokens - self.record_tokens

    @property
    def dollars(self) -> Decimal:
        """The same in dollars, exact."""
        return self.witness_dollars - self.record_dollars

    @property
    def is_equal(self) -> bool:
        """Whether both agree to the token and the last digit."""
        return not self.tokens and not self.dollars


def witness_differences(order: TaskOrder) -> list[WitnessDay]:
    """Each day on which a witness has reported on the order, beside the record.

    Corrections of a person are left out on the side of the record: a witness knows
    nothing of them. What an outcome makes free counts on both sides, at nothing.
    """
    witnessed = _by_day(
        WitnessRating.objects.filter(order_line__order=order), "source_id"
    )
    if not witnessed:
        return []
    days = {day for _, day in witnessed}
    recorded: dict[date, tuple[int, Decimal]] = defaultdict(lambda: (0, Decimal(0)))
    same_days = {"order_line__order": order, "accounting_day__in": days}
    for rows in (
        UsageRating.objects.filter(**same_days, tokens__gte=0),
        UnchargedUsage.objects.filter(**same_days),
    ):
        for (_, day), (tokens, dollars) in _by_day(
            rows, "order_line__order_id"
        ).items():
            before = recorded[day]
            recorded[day] = before[0] + tokens, before[1] + dollars
    sources = UsageSource.objects.in_bulk({source for source, _ in witnessed})
    return [
        WitnessDay(
            sources[source],
            day,
            recorded[day][0],
            tokens,
            recorded[day][1],
            dollars,
        )
        for (source, day), (tokens, dollars) in sorted(witnessed.items())
    ]


def _by_day(
    rows: QuerySet[Any], key: str
) -> dict[tuple[int, date], tuple[int, Decimal]]:
    sums = (
        rows.order_by()
        .values(key, "accounting_day")
        .annotate(sum_tokens=Sum("tokens"), sum_dollars=Sum("dollars"))
    )
    return {
        (row[key], row["accounting_day"]): (row["sum_tokens"], row["sum_dollars"])
        for row in sums
    }


def records_of(order: TaskOrder) -> list[SourceOfRecord]:
    """Which source is of record for the order, by key and time, as known now."""
    rows = SourceOfRecord.objects.known().filter(order=order).select_related("source")
    return list(rows.order_by("key_ref", "in_force"))


@dataclass(frozen=True, slots=True)
class Uncharged:
    """Tokens that an outcome makes free, by class and policy."""

    outcome_label: str
    token_class_code: str
    says_so: str
    calls: int
    tokens: int


def uncharged_of(order: TaskOrder) -> list[Uncharged]:
    """What of the usage of an order is free, and by which policy (R-MET-07)."""
    rows = (
        UnchargedUsage.objects.filter(order_line__order=order)
        .values("outcome", "token_class_code", "says_so")
        .annotate(calls=Count("event_id"), sum_tokens=Sum("tokens"))
        .order_by("outcome", "token_class_code", "says_so")
    )
    return [
        Uncharged(
            str(Outcome(row["outcome"]).label),
            row["token_class_code"],
            row["says_so"],
            row["calls"],
            row["sum_tokens"],
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class SourceDay:
    """A UTC day of a source: what is stored, and what the source says it counted."""

    day: date
    calls: int
    tokens: Mapping[str, int]
    stated_calls: int | None = None
    stated_tokens: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_stated(self) -> bool:
        """Whether the source has said what it counted."""
        return self.stated_calls is not None

    @property
    def missing_calls(self) -> int:
        """How many calls the source counted and we have not; negative: we have more."""
        return (self.stated_calls or 0) - self.calls if self.is_stated else 0

    @property
    def missing_tokens(self) -> dict[str, int]:
        """The same of the tokens of each class that differs."""
        if not self.is_stated:
            return {}
        codes = sorted({*self.tokens, *self.stated_tokens})
        found = {
            code: self.stated_tokens.get(code, 0) - self.tokens.get(code, 0)
            for code in codes
        }
        return {code: count for code, count in found.items() if count}

    @property
    def is_different(self) -> bool:
        """Whether it was stated and differs by a call or a token."""
        return bool(self.missing_calls or self.missing_tokens)

    @property
    def difference_words(self) -> str:
        """What differs: "2 calls and 2,200 tokens are missing"."""
        tokens = sum(self.missing_tokens.values())
        classes = ", ".join(f"{code} {n:+,}" for code, n in self.missing_tokens.items())
        words = f"Counted by the source less stored: {self.missing_calls:+,} calls, "
        return f"{words}{tokens:+,} tokens" + (f" ({classes})" if classes else "")


def days_of(source: UsageSource, first: date, last: date) -> list[SourceDay]:
    """Each UTC day from the first to the last of which anything is stored or stated."""
    start = datetime.combine(first, time(), UTC)
    end = datetime.combine(last, time(), UTC) + timedelta(days=1)
    with connection.cursor() as cursor:
        bounds = (source.agency_id, source.pk, start, end)
        cursor.execute(_CALLS_BY_DAY, bounds)
        calls = dict(cursor.fetchall())
        cursor.execute(_TOKENS_BY_DAY, bounds)
        tokens: dict[date, dict[str, int]] = defaultdict(dict)
        for day, code, count in cursor.fetchall():
            if count:
                tokens[day][code] = int(count)
    stated = {
        row.day: row
        for row in source.control_totals.filter(day__gte=first, day__lte=last).order_by(
            "pk"
        )
    }
    return [
        SourceDay(
            day,
            int(calls.get(day, 0)),
            tokens.get(day, {}),
            stated[day].calls if day in stated else None,
            stated[day].tokens if day in stated else {},
        )
        for day in sorted({*calls, *stated}, reverse=True)
    ]


_CALLS_BY_DAY = """
SELECT (occurred_at AT TIME ZONE 'UTC')::date, count(*)
FROM metering_everyevent
WHERE agency_id = %s AND source_id = %s AND corrects = ''
  AND occurred_at >= %s AND occurred_at < %s GROUP BY 1
"""
_TOKENS_BY_DAY = """
SELECT (e.occurred_at AT TIME ZONE 'UTC')::date, l.token_class_code, sum(l.tokens)
FROM metering_everyevent e
JOIN metering_everyline l USING (agency_id, source_id, event_id)
WHERE e.agency_id = %s AND e.source_id = %s AND e.corrects = ''
  AND e.occurred_at >= %s AND e.occurred_at < %s GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers of calls that a source has used and that have not arrived."""

    after: int
    before: int
    day: date
    """Of the call behind the gap, in UTC."""

    @property
    def missing(self) -> int:
        """How many numbers are missing."""
        return self.before - self.after - 1

    @property
    def words(self) -> str:
        """What is missing: "Calls 8 to 9 have not arrived"."""
        first, last = self.after + 1, self.before - 1
        if first == last:
            return f"Call number {first:,} has not arrived"
        return f"Calls number {first:,} to {last:,} have not arrived"


def open_gaps(source: UsageSource, first: date, last: date) -> list[Gap]:
    """Gaps in the running numbers of the calls of these days, the oldest first.

    What the source says to have sent last, and has not arrived, is a gap as well.
    """
    start = datetime.combine(first, time(), UTC)
    end = datetime.combine(last, time(), UTC) + timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute(_GAPS, [source.agency_id, source.pk, start, end])
        found = [Gap(int(a), int(b), day) for a, b, day in cursor.fetchall()]
        cursor.execute(_LAST_NUMBER, [source.agency_id, source.pk])
        (highest,) = cursor.fetchone()
    beat = source.heartbeats.exclude(last_seq=None).order_by("-beat_at", "-pk").first()
    sent = beat.last_seq if beat is not None else None
    if beat is not None and sent is not None and sent > (highest or 0):
        day = beat.beat_at.astimezone(UTC).date()
        if first <= day <= last:
            found.append(Gap(int(highest or 0), sent + 1, day))
    return found


_GAPS = """
SELECT before, meter_seq, (occurred_at AT TIME ZONE 'UTC')::date FROM (
  SELECT meter_seq, occurred_at,
         lag(meter_seq) OVER (ORDER BY meter_seq) AS before
  FROM metering_everyevent
  WHERE agency_id = %s AND source_id = %s AND meter_seq IS NOT NULL AND corrects = ''
    AND occurred_at >= %s AND occurred_at < %s
) AS numbered WHERE meter_seq > before + 1 ORDER BY meter_seq
"""
_LAST_NUMBER = """
SELECT max(meter_seq) FROM metering_everyevent
WHERE agency_id = %s AND source_id = %s AND corrects = ''
"""


class HourState(TextChoices):
    """What an hour of a source looks like; an empty hour is not a missing one."""

    RECEIVED = "received", "calls received"
    LATE = "late", "calls received, some of them late"
    EMPTY = "empty", "no call, and the source says so"
    MISSING = "missing", "nothing heard of it"
    AHEAD = "ahead", "not over yet"


@dataclass(frozen=True, slots=True)
class SourceHour:
    """An hour of a source in UTC, with what is known of it."""

    starts_at: datetime
    state: HourState
    calls: int


def hours_of(source: UsageSource, last: datetime, hours: int) -> list[SourceHour]:
    """The hours of a source until the one of ``last``, the oldest first.

    An hour without a call is empty where the watermark of the source has passed it, and
    missing where it has not: silence is no zero.
    """
    end = last.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    start = end - timedelta(hours=hours - 1)
    with connection.cursor() as cursor:
        cursor.execute(
            _CALLS_BY_HOUR,
            [source.agency_id, source.pk, start, end + timedelta(hours=1)],
        )
        found = {hour: (int(calls), late) for hour, calls, late in cursor.fetchall()}
    mark = watermark_of(source)
    made = []
    for number in range(hours):
        hour = start + timedelta(hours=number)
        over = hour + timedelta(hours=1)
        calls, is_late = found.get(hour, (0, False))
        if calls:
            state = HourState.LATE if is_late else HourState.RECEIVED
        elif mark is not None and over <= mark:
            state = HourState.EMPTY
        else:
            state = HourState.AHEAD if over > last else HourState.MISSING
        made.append(SourceHour(hour, state, calls))
    return made


_CALLS_BY_HOUR = """
SELECT date_trunc('hour', occurred_at, 'UTC'), count(*), bool_or(is_late)
FROM metering_everyevent
WHERE agency_id = %s AND source_id = %s AND corrects = ''
  AND occurred_at >= %s AND occurred_at < %s GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class DayOfHours:
    """The hours of a source on a UTC day, from midnight, as far as they have begun."""

    day: date
    hours: tuple[SourceHour, ...]

    @property
    def calls(self) -> int:
        """Calls of the day."""
        return sum(each.calls for each in self.hours)

    @property
    def missing(self) -> int:
        """How many hours nothing was heard of."""
        return self._count(HourState.MISSING)

    @property
    def words(self) -> str:
        """How the hours are: "20 with calls, 1 late, 3 missing"."""
        named = (
            (HourState.RECEIVED, "with calls"),
            (HourState.LATE, "with late calls"),
            (HourState.EMPTY, "without a call, as the source says"),
            (HourState.MISSING, "missing"),
            (HourState.AHEAD, "not over yet"),
        )
        found = [(self._count(state), words) for state, words in named]
        return ", ".join(f"{number} {words}" for number, words in found if number)

    def _count(self, state: HourState) -> int:
        return sum(each.state == state for each in self.hours)


def hours_by_day(source: UsageSource, last: datetime, days: int) -> list[DayOfHours]:
    """The days until the one of ``last``, the newest first, from the first call on.

    Days before the source was first heard of are left out.
    """
    midnight = last.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    start = midnight - timedelta(days=days - 1)
    hours = int((last.astimezone(UTC) - start) / timedelta(hours=1)) + 1
    found: dict[date, list[SourceHour]] = defaultdict(list)
    for each in hours_of(source, last, hours):
        found[each.starts_at.date()].append(each)
    quiet = {HourState.MISSING, HourState.AHEAD}
    first = next(
        (d for d, of in found.items() if any(each.state not in quiet for each in of)),
        midnight.date(),
    )
    return [
        DayOfHours(day, tuple(of))
        for day, of in sorted(found.items(), reverse=True)
        if day >= first
    ]


def watermark_of(source: UsageSource) -> datetime | None:
    """Before which instant everything has been sent, as far as the source says so."""
    marks = source.heartbeats.aggregate(mark=Max("watermark"))
    found: datetime | None = marks["mark"]
    return found


def last_heard_of(source: UsageSource) -> datetime | None:
    """When it was last heard of: a batch or a heartbeat."""
    batch = source.batches.aggregate(at=Max("received_at"))["at"]
    beat = source.heartbeats.aggregate(at=Max("beat_at"))["at"]
    heard = [each for each in (batch, beat) if each is not None]
    return max(heard, default=None)


def sources_of(order: TaskOrder, period: Period) -> list[UsageSource]:
    """The sources that have reported on an order in a period, or are of record then."""
    rated = UsageRating.objects.filter(
        order_line__order=order,
        occurred_at__gte=period.start,
        occurred_at__lt=period.end,
    )
    of_record = Q(
        of_record__order=order,
        of_record__superseded_at__isnull=True,
        of_record__in_force__overlap=(period.start, period.end),
    )
    ids = set(rated.order_by().values_list("source_id", flat=True).distinct())
    rows = UsageSource.objects.filter(Q(pk__in=ids) | of_record)
    return list(rows.distinct().order_by("pk"))
