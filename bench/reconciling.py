"""Meter and report of an order compared at scale: the whole of it, and one more day.

*G11*: an order of six million rated lines and nearly as many reported rows, in the
product's own tables with their keys and indexes. The floor is a scan of both tables
that sums their tokens; beside it the plain full outer join of the two by request,
attempt and class. Ours reads everything anew, classifies what differs and hashes inputs
and result. One call in a thousand is missing on each side, two in a thousand are
counted otherwise; all of them, and nothing else, are found in every round.

*G12*: a day of an order is reported anew and the night compares what has changed, with
few days of history and with five times as many, days being equally large: eight million
lines after one and a half; ``FULL=1`` takes 26 million after eight. A night has to read
the day and its neighbours and no other: that is counted in every round. Beside it the
whole order is compared anew, whose result hash has to be that of the night before it.

Calls have four classes, so that one call is four rows on each side.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

from figures import spread, timed

CLASSES = ("IN_UNCACHED", "IN_CACHE_READ", "OUT_TEXT", "OUT_REASONING")
FIRST = date(2026, 4, 13)
"""The first day of the order; its midnight in Washington is 04:00 UTC."""

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
CALLS_OF_A_DAY = 41_600
ROUNDS = 5
NEIGHBOURS = 5
"""A day, and the two before and after it, of which each depends on it."""

FEW_DAYS, MANY_DAYS = 10, 50
ALL_DAYS = 160
EVENTS = """
INSERT INTO metering_usageevent (agency_id, source_id, event_id, batch_id,
  payload_sha256, occurred_at, received_at, operation_id, attempt, order_ref,
  model_requested, model_served, tier, context_band, boundary, basis, is_late, corrects,
  correction_reason)
SELECT %(agency)s, %(source)s, 'c-' || n, 1, repeat('0', 64),
       %(start)s::timestamptz
         + ((n - %(first)s) * 86400.0 / %(calls)s) * interval '1 second',
       now(), 'q-' || n, 1, %(order)s, '', %(model)s, 'STANDARD', 'ALL', 'FEDRAMP_MOD',
       'MEASURED', false, '', ''
  FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
"""
RATINGS = """
INSERT INTO metering_usagerating (agency_id, source_id, event_id, token_class_code,
  order_line_id, rate_row_id, occurred_at, accounting_day, tokens,
  usd_per_million_tokens, dollars, rated_at)
SELECT %(agency)s, %(source)s, 'c-' || n, c.code, %(line)s, c.rate,
       %(start)s::timestamptz
         + ((n - %(first)s) * 86400.0 / %(calls)s) * interval '1 second',
       %(day)s, 100 + (n * 7 + c.place) %% 900, c.price,
       (100 + (n * 7 + c.place) %% 900) * c.price / 1000000, now()
  FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n,
       unnest(%(codes)s::text[], %(rates)s::bigint[], %(prices)s::numeric[])
         WITH ORDINALITY AS c (code, rate, price, place)
 WHERE n %% 1000 <> 1
"""
REPORTED = """
INSERT INTO billing_reportrow (report_id, row_number, request_id, attempt, occurred_at,
  model_name, token_class_code, tier, tokens)
SELECT %(report)s, (n - %(first)s) * 4 + c.place, 'q-' || n, 1,
       %(start)s::timestamptz
         + ((n - %(first)s) * 86400.0 / %(calls)s) * interval '1 second',
       %(model)s, c.code, 'STANDARD',
       100 + (n * 7 + c.place) %% 900
         + CASE WHEN n %% 500 = 3 AND c.place = 1 THEN %(more)s ELSE 0 END
  FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n,
       unnest(%(codes)s::text[]) WITH ORDINALITY AS c (code, place)
 WHERE n %% 1000 <> 2
"""
FLOOR = (
    "SELECT sum(tokens) FROM metering_usagerating",
    "SELECT sum(tokens) FROM billing_reportrow",
)
JOIN = """
SELECT count(*) FROM (
  SELECT e.operation_id, e.attempt, r.token_class_code, r.tokens
  FROM metering_usagerating r
  JOIN metering_usageevent e USING (agency_id, source_id, event_id)
) a FULL JOIN billing_reportrow b ON a.operation_id = b.request_id
  AND a.attempt = b.attempt AND a.token_class_code = b.token_class_code
WHERE a.tokens IS DISTINCT FROM b.tokens
"""


def measure(few: int = FEW_DAYS, many: int | None = None) -> dict[str, Any]:
    """Load few days and measure the night; load more, measure it and the whole."""
    if many is None and os.environ.get("FULL") == "1":
        few, many = MANY_DAYS, ALL_DAYS
    many = many or MANY_DAYS
    world = _World()
    nights: dict[str, Any] = {}
    began = time.perf_counter()
    for name, days in (("few", few), ("many", many)):
        world.load(days)
        print(f"{days} days are loaded after {time.perf_counter() - began:.0f} s.")
        took, read, anew = _nights(world)
        nights[name] = {
            "days": days,
            "rated_lines": 4 * days * CALLS_OF_A_DAY,
            "seconds": spread(took),
            "days_read": read,
            "whole_seconds": anew,
            "share_of_whole": round(spread(took)["median"] / anew, 3),
        }
    low, high = (nights[name]["seconds"]["median"] for name in ("few", "many"))
    print(
        f"a night after one day was reported anew: {high} s with {many} days of "
        f"history, {low} s with {few}, ratio {high / low:.2f}; it reads "
        f"{nights['many']['days_read']} of {many} days and takes "
        f"{nights['many']['share_of_whole']:.1%} of the whole comparison"
    )
    night = {
        "what": "the night after one day of an order was reported anew",
        "rounds": ROUNDS,
        **nights,
        "ratio": round(high / low, 3),
    }
    return {"night": night, "whole": _whole(world)}


class _World:
    """One signed order, its usage and its reports, day after day."""

    def __init__(self) -> None:
        from contracting.contracts.models import RateRow
        from contracting.documents.operations.store import store_blob
        from tests.builders_metering import MODEL, usage_source
        from tests.builders_orders import issued_order

        source = usage_source()
        self.order = issued_order()
        line = self.order.current_lines()[0]
        rows = [
            RateRow.objects.get(
                line=line.contract_line_id,
                token_class__code=code,
                model__snapshot=MODEL,
                tier="STANDARD",
            )
            for code in CLASSES
        ]
        self._blob = store_blob(content=b"as loaded", media_type="text/csv")
        self._same = {
            "agency": self.order.contract.agency_id,
            "source": source.pk,
            "calls": CALLS_OF_A_DAY,
            "order": self.order.public_id,
            "model": MODEL,
            "line": line.pk,
            "codes": list(CLASSES),
            "rates": [row.pk for row in rows],
            "prices": [row.usd_per_million_tokens for row in rows],
        }
        self.days = 0
        self._revisions = 0

    def load(self, days: int) -> None:
        """Usage and reports up to so many days, and the roll-ups of all of them."""
        from django.db import connection

        from contracting.core.actors import SYSTEM
        from contracting.metering.operations.rebuild import rebuild_rollups

        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            for place in range(self.days, days):
                given = self._of(place)
                cursor.execute(EVENTS, given)
                cursor.execute(RATINGS, given)
                self._report(place)
        self.days = days
        rebuild_rollups(order_id=self.order.pk, by=SYSTEM, at=NOW)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")

    def revise(self) -> None:
        """The vendor reports the last day but two anew, with one token more a call."""
        self._revisions += 1
        self._report(max(self.days - 3, 0), more=1 + self._revisions)

    def _of(self, place: int) -> dict[str, Any]:
        day = FIRST + timedelta(days=place)
        return {
            **self._same,
            "day": day,
            "start": datetime(day.year, day.month, day.day, 4, tzinfo=UTC),
            "first": 1 + place * CALLS_OF_A_DAY,
            "last": (place + 1) * CALLS_OF_A_DAY,
        }

    def _report(self, place: int, more: int = 1) -> None:
        from django.db import connection

        from contracting.billing.models import UsageReport
        from contracting.billing.queries import report_due_at

        given = self._of(place)
        start = given["start"]
        standing = UsageReport.objects.filter(
            order=self.order, revisions__isnull=True, period_start=start
        ).first()
        report = UsageReport.objects.create(
            order=self.order,
            vendor_id=self.order.contract.vendor_id,
            label=f"R-{place}-{more}",
            period_start=start,
            period_end=start + timedelta(days=1),
            due_at=report_due_at(self.order, start),
            received_at=start + timedelta(days=1, hours=2),
            payload=self._blob,
            rows_received=4 * CALLS_OF_A_DAY,
            received_by="the vendor",
            supersedes=standing,
            first_received_at=standing.counts_from if standing else None,
        )
        with connection.cursor() as cursor:
            cursor.execute(REPORTED, {**given, "report": report.pk, "more": more})


def _whole(world: _World) -> dict[str, Any]:
    """G11: floor, plain join and the whole comparison take turns."""
    took: dict[str, list[float]] = {"floor": [], "join": [], "ours": []}
    expected = _expected(world.days)
    for number in range(ROUNDS + 1):
        each = {
            "floor": timed(lambda: [_ask(text) for text in FLOOR])[1],
            "join": timed(lambda: _ask("SET work_mem = '512MB'", JOIN))[1],
        }
        found, each["ours"] = timed(lambda: _compared(world))
        assert found == expected, (found, expected)
        if number:  # the first round warms up
            for name, seconds in each.items():
                took[name].append(seconds)
    ratios = {
        name: spread([a / b for a, b in zip(took[name], took["floor"], strict=True)], 2)
        for name in ("join", "ours")
    }
    lines = 4 * world.days * CALLS_OF_A_DAY
    print(
        f"{lines:,} rated lines and as many reported: compared and classified in "
        f"{spread(took['ours'])['median']} s, {ratios['ours']['median']} times a scan; "
        f"the plain join takes {ratios['join']['median']} times a scan"
    )
    return {
        "what": "an order compared anew, classified and hashed",
        "rounds": ROUNDS,
        "rated_lines": lines,
        "seconds": spread(took["ours"]),
        "floor_seconds": spread(took["floor"]),
        "join_seconds": spread(took["join"]),
        "ratio": ratios["ours"],
        "join_ratio": ratios["join"],
    }


def _expected(days: int) -> dict[str, int]:
    """How many calls were planted to differ, by the name of the difference."""
    calls = range(1, days * CALLS_OF_A_DAY + 1)
    return {
        "MISSING_A": sum(n % 1000 == 1 for n in calls),
        "MISSING_B": sum(n % 1000 == 2 for n in calls),
        "counted otherwise": sum(n % 500 == 3 for n in calls),
    }


def _compared(world: _World) -> dict[str, int]:
    """Read all, classify, hash: the calls that were found, by name."""
    from django.db import transaction

    from contracting.reconciliation import calculations, queries
    from contracting.reconciliation.matching import inputs

    first, last = world._of(0)["start"], world._of(world.days)["start"]
    with transaction.atomic():
        match = inputs.match_of(world.order, (first, last), invoice=None, at=NOW)
    differences = calculations.compare(match)
    calculations.inputs_sha256(match)
    queries.result_sha256(match, queries.cells_of(world.order, match), differences)
    found = {"MISSING_A": 0, "MISSING_B": 0, "counted otherwise": 0}
    for each in differences:
        name = str(each.code) if str(each.code) in found else "counted otherwise"
        found[name] += each.evidence.get("requests", 0)
    return found


def _nights(world: _World) -> tuple[list[float], int, float]:
    """G12: a day is reported anew, then the night compares; five times.

    :returns: the seconds of each night, how many days each has read, and the seconds of
        the whole comparison after the last
    """
    from contracting.core.actors import SYSTEM
    from contracting.reconciliation.models import KeptDay, ReconciliationRun
    from contracting.reconciliation.operations.read_changed_days import (
        read_changed_days,
    )
    from contracting.reconciliation.operations.reconcile import reconcile_order

    def night(at: datetime) -> ReconciliationRun:
        while read_changed_days(order_id=world.order.pk, by=SYSTEM, at=at):
            pass
        return reconcile_order(
            order_id=world.order.pk, changed_only=True, by=SYSTEM, at=at
        )

    began = NOW + timedelta(days=world.days)
    night(began)
    took, read, last = [], set(), None
    for number in range(1, ROUNDS + 1):
        at = began + timedelta(minutes=number)
        world.revise()
        last, seconds = timed(lambda at=at: night(at))
        took.append(seconds)
        read.add(KeptDay.objects.filter(order=world.order, read_at=at).count())
    assert len(read) == 1, f"the nights have read unlike many days: {sorted(read)}"
    (days,) = read
    assert days <= NEIGHBOURS, f"{days} days were read, of which one was changed"
    at = began + timedelta(hours=1)
    whole, anew = timed(
        lambda: reconcile_order(order_id=world.order.pk, by=SYSTEM, at=at)
    )
    assert last is not None
    assert whole.result_sha256 == last.result_sha256
    return took, days, round(anew, 3)


def _ask(*texts: str) -> list[Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        found = []
        for text in texts:
            cursor.execute(text)
            found.append(cursor.fetchall() if cursor.description else None)
        cursor.execute("RESET work_mem")
        return found


def _main() -> None:
    """This measurement alone: ``python bench/reconciling.py [FEW MANY]``, in days."""
    import sys

    from run import own_database

    sizes = [int(each) for each in sys.argv[1:3]]
    with own_database():
        began = time.perf_counter()
        measure(*sizes)
        print(f"It took {time.perf_counter() - began:.0f} s.")


if __name__ == "__main__":
    _main()
