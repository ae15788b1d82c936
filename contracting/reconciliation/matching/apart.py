"""Which calls differ between meter and report, found by the database in one statement.

A full outer hash join of both sides, request by attempt by class, tells the calls that
surely agree: one row on each side, of the same model, tier and count, in time, at a
price of the order. They come back as sums by key, price and slice of time. All that is
of a request which differs comes back row by row, for the classifier to name. One
statement sees the meter at one instant, however fast it goes on counting.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import connection, transaction

CLOCKS_APART: Final = timedelta(days=1)
"""So far may the vendor's instant of a call lie from ours."""


@dataclass(frozen=True, slots=True)
class Sum:
    """Rated lines of one price in one slice of time, added up.

    ``digest`` is the sum, modulo 2 to the 128th, of a hash of every line.
    """

    order_line_id: int
    rate_row_id: int
    token_class: str
    usd: Decimal
    slice: int
    rows: int
    tokens: int
    digest: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One rated line of a call that is looked at by itself."""

    source_id: int
    event_id: str
    request_id: str
    attempt: int
    occurred_at: datetime
    order_line_id: int
    rate_row_id: int
    token_class: str
    usd: Decimal
    tokens: int
    slice: int


@dataclass(frozen=True, slots=True)
class Question:
    """What is compared, in which time, and how names and prices are to be read.

    ``cuts`` are the edges of the slices, from the first instant to the end. In those
    of ``silent`` nothing was reported and nothing is due, so that a call without a
    report says nothing. ``asked`` are the slices of which the result is wanted.
    ``prices`` hold order line, price row, model, tier and the instants in which the
    order has a price of the kind; ``names`` a name, its instants and its model;
    ``reports`` a report and the instant before which its rows are late.
    """

    agency_id: int
    order_lines: Sequence[int]
    cuts: Sequence[datetime]
    silent: Sequence[int]
    asked: Sequence[int]
    prices: Sequence[tuple[int, int, int, str, datetime, datetime]]
    names: Sequence[tuple[str, datetime, datetime, int]]
    reports: Sequence[tuple[int, datetime]]
    apart: Sequence[str] = ()
    """Requests that are read row by row elsewhere, and left out here."""
    by_slice: bool = False
    """Whether a call has to lie in the same slice by the vendor's clock too."""


@dataclass(slots=True)
class Answer:
    """The sums of all lines, those of which nothing can be said yet, and the rest.

    ``differing`` are requests with the slice in which they differ, ``lines`` our lines
    of these requests in any slice.
    """

    sums: list[Sum] = field(default_factory=list)
    silent: list[Sum] = field(default_factory=list)
    differing: set[tuple[str, int]] = field(default_factory=set)
    lines: list[Line] = field(default_factory=list)


def told_apart(question: Question) -> tuple[Answer, list[str]]:
    """What differs and what does not, and the requests that have to be read by row.

    :returns: the answer, and the requests that are to be left ``apart``: an attempt of
        theirs has a class more than once on a side, which a join counts too often
    """
    apart = list(question.apart)
    while True:
        answer, counts = _asked(question, apart)
        if counts["joined_a"] == counts["a"] and counts["joined_b"] == counts["b"]:
            return answer, apart
        more = sorted(set(_repeated(question, apart)) - set(apart))
        if not more:
            return answer, apart
        apart += more


def _asked(
    question: Question, apart: Sequence[str]
) -> tuple[Answer, Mapping[str, int]]:
    answer = Answer()
    counts: dict[str, int] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(_text(question, apart), _given(question, apart))
        for kind, text in cursor.fetchall():
            row = json.loads(text)
            if kind == "sum":
                answer.sums.append(_sum(row))
            elif kind == "silent":
                answer.silent.append(_sum(row))
            elif kind == "differs":
                answer.differing.update((row[0], place) for place in row[1:] if place)
            elif kind == "line":
                answer.lines.append(_line(row))
            else:
                counts[row[0]] = row[1]
        cursor.execute("SET LOCAL enable_nestloop = on")
        cursor.execute("SET LOCAL enable_sort = on")
        cursor.execute("RESET work_mem")
    return answer, counts


def _sum(row: Sequence[Any]) -> Sum:
    line, rate, code, usd, place, rows, tokens, *halves = row
    high, low = (int(each) for each in halves) if halves else (0, 0)
    digest = ((high << 64) + low) % (1 << 128)
    return Sum(line, rate, code, Decimal(usd), place, rows, int(tokens), digest)


def _line(row: Sequence[Any]) -> Line:
    source, event, request, attempt, at, line, rate, code, usd, tokens, place = row
    return Line(
        *(source, event, request, attempt, datetime.fromisoformat(at), line, rate),
        *(code, Decimal(usd), tokens, place),
    )


def _repeated(question: Question, apart: Sequence[str]) -> Iterable[str]:
    """Requests with an attempt that has a class more than once on a side."""
    text = _COMMON + _REPEATED
    with connection.cursor() as cursor:
        rated = _rerated(question).format(of_call="")
        cursor.execute(text.format(rerated=rated), _given(question, apart))
        return [request for (request,) in cursor.fetchall()]


def _rerated(question: Question) -> str:
    """How ratings are read: as they were made, where no run has rated any anew."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM metering_usagererating WHERE NOT is_adjustment "
            "AND (order_line_id = ANY(%s) OR old_order_line_id = ANY(%s)))",
            [list(question.order_lines)] * 2,
        )
        (is_any,) = cursor.fetchone()
    return _AS_RERATED if is_any else _AS_RATED


def _text(question: Question, apart: Sequence[str]) -> str:
    rated = _rerated(question)
    whole = _COMMON + _PAIRS + _ANSWER
    return whole.format(
        rerated=rated.format(of_call=""),
        rerated_of_call=rated.format(of_call=_OF_CALL),
        promoted=_PROMOTED if question.silent else "",
        all_of_ours="ours" if apart else "rated",
    )


def _given(question: Question, apart: Sequence[str]) -> dict[str, Any]:
    lines, rates, models, tiers, starts, ends = _columns(question.prices, 6)
    names, name_starts, name_ends, named = _columns(question.names, 4)
    reports, late_before = _columns(question.reports, 2)
    return {
        "agency": question.agency_id,
        "order_lines": list(question.order_lines),
        "first": question.cuts[0],
        "end": question.cuts[-1],
        "cuts": list(question.cuts),
        "silent": list(question.silent),
        "asked": list(question.asked),
        "apart": list(apart),
        "apart_by": CLOCKS_APART,
        "by_slice": question.by_slice,
        "lines": lines,
        "rates": rates,
        "models": models,
        "tiers": tiers,
        "starts": starts,
        "ends": ends,
        "names": names,
        "name_starts": name_starts,
        "name_ends": name_ends,
        "named": named,
        "reports": reports,
        "late_before": late_before,
    }


def _columns(rows: Sequence[tuple[Any, ...]], count: int) -> list[list[Any]]:
    return [[row[place] for row in rows] for place in range(count)]


_OF_CALL: Final = "AND source_id = c.source_id AND event_id = c.event_id"
_AS_RATED: Final = """
  SELECT source_id, event_id, token_class_code AS class, order_line_id AS line,
    rate_row_id AS rate, usd_per_million_tokens AS usd, tokens
  FROM metering_usagerating
  WHERE agency_id = %(agency)s AND order_line_id = ANY(%(order_lines)s)
    AND occurred_at >= %(first)s AND occurred_at < %(end)s {of_call}
"""
_AS_RERATED: Final = """
  SELECT source_id, event_id, token_class_code, order_line_id, rate_row_id,
    usd_per_million_tokens, tokens
  FROM metering_usagerating r
  WHERE agency_id = %(agency)s AND order_line_id = ANY(%(order_lines)s)
    AND occurred_at >= %(first)s AND occurred_at < %(end)s {of_call}
    AND NOT EXISTS (
      SELECT FROM metering_usagererating x WHERE x.agency_id = r.agency_id
        AND x.source_id = r.source_id AND x.event_id = r.event_id
        AND x.token_class_code = r.token_class_code AND NOT x.is_adjustment)
  UNION ALL
  SELECT source_id, event_id, token_class_code, order_line_id, rate_row_id,
    usd_per_million_tokens, tokens
  FROM (
    SELECT DISTINCT ON (agency_id, source_id, event_id, token_class_code) *
    FROM metering_usagererating
    WHERE agency_id = %(agency)s AND NOT is_adjustment
      AND (order_line_id = ANY(%(order_lines)s)
        OR old_order_line_id = ANY(%(order_lines)s))
      AND occurred_at >= %(first)s AND occurred_at < %(end)s {of_call}
    ORDER BY agency_id, source_id, event_id, token_class_code, run_id DESC
  ) latest
  WHERE order_line_id = ANY(%(order_lines)s)
"""

_COMMON: Final = """
WITH price AS MATERIALIZED (
  SELECT * FROM unnest(%(lines)s::bigint[], %(rates)s::bigint[], %(models)s::bigint[],
    %(tiers)s::text[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
    AS row (line, rate, model, tier, starts, ends)
),
name AS MATERIALIZED (
  SELECT * FROM unnest(%(names)s::text[], %(name_starts)s::timestamptz[],
    %(name_ends)s::timestamptz[], %(named)s::bigint[])
    AS row (name, starts, ends, model)
),
report AS MATERIALIZED (
  SELECT * FROM unnest(%(reports)s::bigint[], %(late_before)s::timestamptz[])
    AS row (id, late_before)
),
call AS NOT MATERIALIZED (
  SELECT source_id, event_id, operation_id, attempt, occurred_at
  FROM metering_everyevent
  WHERE agency_id = %(agency)s AND corrects = '' AND occurred_at >= %(first)s
    AND occurred_at < %(end)s AND NOT operation_id = ANY(%(apart)s::text[])
),
rated (source_id, event_id, class, line, rate, usd, tokens) AS NOT MATERIALIZED (
  {rerated}
),
ours AS NOT MATERIALIZED (
  SELECT c.operation_id AS request, c.attempt, c.occurred_at AS at, r.*, p.model,
    p.tier, p.starts, p.ends
  FROM rated r JOIN call c USING (source_id, event_id)
  LEFT JOIN price p ON p.line = r.line AND p.rate = r.rate
),
theirs AS NOT MATERIALIZED (
  SELECT b.request_id AS request, b.attempt, b.token_class_code AS class, b.tier,
    b.tokens, b.occurred_at AS at, b.occurred_at < report.late_before AS late, n.model
  FROM billing_reportrow b JOIN report ON report.id = b.report_id
  LEFT JOIN name n ON n.name = b.model_name AND b.occurred_at >= n.starts
    AND b.occurred_at < n.ends
  WHERE b.report_id = ANY(%(reports)s::bigint[]) AND b.occurred_at >= %(first)s
    AND b.occurred_at < %(end)s AND NOT b.request_id = ANY(%(apart)s::text[])
)
"""
_REPEATED: Final = """
SELECT request FROM ours GROUP BY request, attempt, class HAVING count(*) > 1
UNION
SELECT request FROM theirs GROUP BY request, attempt, class HAVING count(*) > 1
"""
_PAIRS: Final = """,
pair AS NOT MATERIALIZED (
  SELECT coalesce(a.request, b.request) AS request, a.request IS NOT NULL AS metered,
    b.request IS NOT NULL AS reported, a.line, a.rate, a.class, a.usd, a.tokens,
    width_bucket(coalesce(a.at, b.at), %(cuts)s::timestamptz[]) AS slice,
    width_bucket(b.at, %(cuts)s::timestamptz[]) AS said,
    hash_record_extended(
      (a.source_id, a.event_id, a.class, a.line, a.rate, a.usd, a.tokens, a.at), 0
    ) AS high,
    hash_record_extended(
      (a.source_id, a.event_id, a.class, a.line, a.rate, a.usd, a.tokens, a.at), 1
    ) AS low,
    CASE
      WHEN a.tokens = b.tokens AND a.model = b.model AND a.tier = b.tier
        AND NOT b.late AND b.at >= a.starts AND b.at < a.ends
        AND b.at - a.at BETWEEN - %(apart_by)s AND %(apart_by)s
        AND a.request <> '' AND NOT (%(by_slice)s
          AND width_bucket(a.at, %(cuts)s::timestamptz[])
            <> width_bucket(b.at, %(cuts)s::timestamptz[])) THEN 'agrees'
      WHEN a.request IS NULL AND b.tokens = 0 OR b.request IS NULL AND a.tokens = 0
        THEN 'agrees'
      WHEN b.request IS NULL AND width_bucket(a.at, %(cuts)s::timestamptz[])
        = ANY(%(silent)s::integer[]) THEN 'silent'
      ELSE 'differs'
    END AS verdict
  FROM ours a FULL JOIN theirs b
    ON a.request = b.request AND a.attempt = b.attempt AND a.class = b.class
),
added AS MATERIALIZED (
  SELECT line, rate, class, usd, slice, metered,
    count(*) AS joined_a, count(*) FILTER (WHERE reported) AS joined_b,
    count(*) FILTER (WHERE tokens <> 0) AS rows, sum(tokens) AS tokens,
    sum(high) AS high, sum(low) AS low,
    array_agg(request) FILTER (WHERE verdict = 'differs') AS differing,
    array_agg(said) FILTER (WHERE verdict = 'differs') AS said,
    array_agg(request) FILTER (WHERE verdict = 'silent') AS silent,
    array_agg(tokens) FILTER (WHERE verdict = 'silent') AS silent_tokens
  FROM pair GROUP BY line, rate, class, usd, slice, metered
),
told AS MATERIALIZED (
  SELECT row.request, slice, row.said
  FROM added, unnest(differing, said) AS row (request, said)
  WHERE slice = ANY(%(asked)s::integer[]) OR row.said = ANY(%(asked)s::integer[])
),
differing AS MATERIALIZED (SELECT * FROM told {promoted}),
request AS MATERIALIZED (SELECT DISTINCT request FROM differing),
chosen AS MATERIALIZED (
  SELECT call.* FROM call JOIN request ON request.request = call.operation_id
)
"""
_PROMOTED: Final = """
  UNION
  SELECT mute.request, slice, NULL FROM added, unnest(silent) AS mute (request)
  WHERE mute.request IN (SELECT request FROM told)
    OR mute.request IN (SELECT request FROM theirs)
"""
_ANSWER: Final = """
SELECT 'sum', json_build_array(line, rate, class, usd::text, slice, rows, tokens::text,
  high::text, low::text)::text
FROM added WHERE metered
UNION ALL
SELECT 'silent', json_build_array(line, rate, class, usd::text, slice, count(*),
  sum(mute.tokens)::text)::text
FROM added, unnest(silent, silent_tokens) AS mute (request, tokens)
WHERE mute.request NOT IN (SELECT request FROM request)
GROUP BY line, rate, class, usd, slice
UNION ALL
SELECT 'differs', json_build_array(request, slice, said)::text FROM differing
UNION ALL
SELECT 'line', json_build_array(r.source_id, r.event_id, c.operation_id, c.attempt,
  c.occurred_at, r.line, r.rate, r.class, r.usd::text, r.tokens,
  width_bucket(c.occurred_at, %(cuts)s::timestamptz[]))::text
FROM chosen c, LATERAL (
  SELECT * FROM ({rerated_of_call}) AS rated (source_id, event_id, class, line, rate,
    usd, tokens) OFFSET 0) r
UNION ALL
SELECT 'count', json_build_array('joined_a',
  coalesce(sum(joined_a) FILTER (WHERE metered), 0))::text FROM added
UNION ALL
SELECT 'count', json_build_array('joined_b',
  coalesce(sum(joined_b), 0))::text FROM added
UNION ALL
SELECT 'count', json_build_array('a', count(*))::text FROM {all_of_ours}
UNION ALL
SELECT 'count', json_build_array('b', count(*))::text FROM theirs
"""
