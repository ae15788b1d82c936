"""The statement by which the database tells apart what differs, in its parts.

``AS_RATED`` and ``COMMON`` say what a side has. ``PIECE`` joins both sides of a short
time, ``SUSPECT`` and ``PAIR`` look at what that leaves over in all of the time, and
``ANSWER`` is what comes back.
"""

from __future__ import annotations

from typing import Final

OF_CALL: Final = "AND source_id = c.source_id AND event_id = c.event_id"
AS_RATED: Final = """
  SELECT source_id, event_id, token_class_code AS class, order_line_id AS line,
    rate_row_id AS rate, usd_per_million_tokens AS usd, tokens
  FROM metering_usagerating
  WHERE agency_id = %(agency)s AND order_line_id = ANY(%(order_lines)s)
    AND occurred_at >= %({first})s AND occurred_at < %({end})s {of_call}
"""
AS_RERATED: Final = """
  SELECT source_id, event_id, token_class_code, order_line_id, rate_row_id,
    usd_per_million_tokens, tokens
  FROM metering_usagerating r
  WHERE agency_id = %(agency)s AND order_line_id = ANY(%(order_lines)s)
    AND occurred_at >= %({first})s AND occurred_at < %({end})s {of_call}
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
      AND occurred_at >= %({first})s AND occurred_at < %({end})s {of_call}
    ORDER BY agency_id, source_id, event_id, token_class_code, run_id DESC
  ) latest
  WHERE order_line_id = ANY(%(order_lines)s)
"""

ALL_AS_RATED: Final = """metering_usagerating
WHERE order_line_id = ANY(%(order_lines)s) AND occurred_at >= %(first)s
  AND occurred_at < %(end)s"""
"""Their number can be told from an index alone."""

COMMON: Final = """
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
  {rated}
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
REPEATED: Final = """
SELECT request FROM ours GROUP BY request, attempt, class HAVING count(*) > 1
UNION
SELECT request FROM theirs GROUP BY request, attempt, class HAVING count(*) > 1
"""
EVENTS: Final = """
      SELECT source_id, event_id, operation_id, attempt, occurred_at,
        hash_record_extended((source_id, event_id, occurred_at), 0) AS high,
        hashtextextended(event_id, source_id) AS low
      FROM metering_usageevent
      WHERE agency_id = %(agency)s AND corrects = '' AND occurred_at >= %({first})s
        AND occurred_at < %({end})s {call_apart}
      UNION ALL
      SELECT source_id, event_id, operation_id, attempt, occurred_at,
        hash_record_extended((source_id, event_id, occurred_at), 0) AS high,
        hashtextextended(event_id, source_id) AS low
      FROM metering_archivedevent
      WHERE agency_id = %(agency)s AND corrects = '' AND occurred_at >= %({first})s
        AND occurred_at < %({end})s {call_apart}
"""
"""Every event, hashed where it is scanned: once, and not once for each of its lines."""

PIECE: Final = """
  SELECT k.place, {slice} AS slice,
    CASE WHEN a.usd = k.usd AND a.class = k.class THEN NULL
      ELSE json_build_array(a.line, a.rate, a.class, a.usd::text)::text END AS other,
    a.at IS NOT NULL AS metered,
    count(*) AS joined_a, count(b.at) AS joined_b,
    count(*) FILTER (WHERE a.tokens <> 0) AS rows, sum(a.tokens) AS tokens,
    sum(hashint8extended(a.tokens, a.high)) AS high,
    sum(hashint8extended(a.tokens, a.low)) AS low,
    array_agg(coalesce(a.request, b.request)) FILTER (WHERE k.place IS NULL
      AND {is_open}) AS open,
    {silent}
  FROM (
    SELECT c.operation_id AS request, c.attempt, c.occurred_at AS at, c.high, c.low,
      r.line, r.rate, r.class, r.usd, r.tokens
    FROM (
      {rated}
    ) AS r (source_id, event_id, class, line, rate, usd, tokens)
    JOIN ({events}) c USING (source_id, event_id)
  ) a FULL JOIN (
    SELECT report_id, request_id AS request, attempt, token_class_code AS class, tier,
      tokens, occurred_at AS at, model_name
    FROM billing_reportrow
    WHERE report_id = ANY(%(reports)s::bigint[]) AND occurred_at >= %({first})s
      AND occurred_at < %({end})s {row_apart}
  ) b ON a.request = b.request AND a.attempt = b.attempt AND a.class = b.class
  LEFT JOIN unnest(%(kind_lines)s::bigint[], %(kind_rates)s::bigint[],
    %(kind_names)s::text[], %(kind_tiers)s::text[], %(kind_starts)s::timestamptz[],
    %(kind_ends)s::timestamptz[], %(kind_classes)s::text[], %(kind_usd)s::numeric[])
    WITH ORDINALITY AS k (line, rate, name, tier, starts, ends, class, usd, place)
    ON k.rate = a.rate AND a.tokens IS NOT DISTINCT FROM b.tokens
    AND k.line IS NOT DISTINCT FROM a.line
    AND k.name IS NOT DISTINCT FROM b.model_name
    AND k.tier IS NOT DISTINCT FROM b.tier AND b.at >= k.starts AND b.at < k.ends
    AND a.request <> '' {in_time}
  GROUP BY 1, 2, 3, 4
"""
CLOCKS_OF_SOME: Final = """
SELECT percentile_disc(0.9) WITHIN GROUP (
  ORDER BY abs(extract(epoch FROM theirs.at - ours.at)))
FROM unnest(%(moments)s::timestamptz[]) AS moment (at),
  LATERAL (
    SELECT operation_id, occurred_at AS at FROM metering_everyevent
    WHERE agency_id = %(agency)s AND occurred_at >= moment.at
      AND occurred_at < %(end)s AND operation_id <> ''
    ORDER BY occurred_at LIMIT 20) ours,
  LATERAL (
    SELECT occurred_at AS at FROM billing_reportrow WHERE request_id = ours.operation_id
      AND report_id = ANY(%(reports)s::bigint[]) OFFSET 0) theirs
"""
IS_LATE: Final = "AND NOT b.report_id = ANY(%({late})s::bigint[])"
CLOCKS: Final = """
    AND b.at >= a.at - interval '24 hours' AND b.at <= a.at + interval '24 hours'
"""
ONE_SLICE: Final = """
    AND width_bucket(a.at, %(cuts)s::timestamptz[])
      = width_bucket(b.at, %(cuts)s::timestamptz[])
"""
SLICE: Final = "width_bucket(coalesce(a.at, b.at), %(cuts)s::timestamptz[])"
CALL_APART: Final = "AND NOT operation_id = ANY(%(apart)s::text[])"
ROW_APART: Final = "AND NOT request_id = ANY(%(apart)s::text[])"

_MUTE: Final = """a.at IS NOT NULL AND b.at IS NULL
      AND width_bucket(a.at, %(cuts)s::timestamptz[]) = ANY(%(silent)s::integer[])"""
IS_MUTE: Final = f"({_MUTE})"
IS_OPEN: Final = (
    "(a.at IS NOT NULL AND b.at IS NOT NULL OR coalesce(a.tokens, b.tokens) <> 0)"
)
NO_SILENCE: Final = "NULL::text[] AS silent, NULL::bigint[] AS silent_tokens"
SILENCE: Final = f"""
    array_agg(a.request) FILTER (WHERE a.tokens <> 0 AND {_MUTE}) AS silent,
    array_agg(a.tokens) FILTER (WHERE a.tokens <> 0 AND {_MUTE}) AS silent_tokens
"""

SUSPECT: Final = """
suspect AS MATERIALIZED (
  SELECT DISTINCT request FROM piece, unnest(open) AS row (request)
  {reported_mute}
),
"""
REPORTED_MUTE: Final = """
  UNION
  SELECT mute.request FROM piece, unnest(silent) AS mute (request)
  WHERE mute.request IN (SELECT request FROM theirs)
"""
PAIR: Final = """
looked_at AS MATERIALIZED (
  SELECT c.operation_id AS request, c.attempt, c.occurred_at AS at, r.*, p.model,
    p.tier, p.starts, p.ends
  FROM call c JOIN suspect ON suspect.request = c.operation_id, LATERAL (
    SELECT * FROM ({rated_of_call}) AS rated (source_id, event_id, class, line, rate,
      usd, tokens) OFFSET 0) r
  LEFT JOIN price p ON p.line = r.line AND p.rate = r.rate
),
reported AS MATERIALIZED (
  SELECT b.request_id AS request, b.attempt, b.token_class_code AS class, b.tier,
    b.tokens, b.occurred_at AS at, b.occurred_at < report.late_before AS late, n.model
  FROM suspect, LATERAL (
    SELECT * FROM billing_reportrow row WHERE row.request_id = suspect.request
      AND row.report_id = ANY(%(reports)s::bigint[]) AND row.occurred_at >= %(first)s
      AND row.occurred_at < %(end)s OFFSET 0) b
  JOIN report ON report.id = b.report_id
  LEFT JOIN name n ON n.name = b.model_name AND b.occurred_at >= n.starts
    AND b.occurred_at < n.ends
),
pair AS MATERIALIZED (
  SELECT coalesce(a.request, b.request) AS request, a.request IS NOT NULL AS metered,
    b.request IS NOT NULL AS reported, a.line, a.rate, a.class, a.usd, a.tokens,
    width_bucket(coalesce(a.at, b.at), %(cuts)s::timestamptz[]) AS slice,
    width_bucket(b.at, %(cuts)s::timestamptz[]) AS said,
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
  FROM looked_at a FULL JOIN reported b
    ON a.request = b.request AND a.attempt = b.attempt AND a.class = b.class
),
told AS MATERIALIZED (
  SELECT request, slice, said FROM pair WHERE verdict = 'differs'
    AND (slice = ANY(%(asked)s::integer[]) OR said = ANY(%(asked)s::integer[]))
),
differing AS MATERIALIZED (SELECT * FROM told {promoted}),
request AS MATERIALIZED (SELECT DISTINCT request FROM differing)
"""
PROMOTED: Final = """
  UNION
  SELECT request, slice, NULL FROM pair WHERE verdict = 'silent'
    AND (request IN (SELECT request FROM told)
      OR request IN (SELECT request FROM reported))
"""
ANSWER: Final = """
SELECT 'sum', json_build_array(place, other, slice, sum(rows), sum(tokens)::text,
  sum(high)::text, sum(low)::text)::text
FROM piece WHERE metered GROUP BY place, other, slice
UNION ALL
SELECT 'silent', json_build_array(NULL, other, slice, count(*),
  sum(mute.tokens)::text)::text
FROM piece, unnest(silent, silent_tokens) AS mute (request, tokens)
WHERE mute.request NOT IN (SELECT request FROM suspect)
GROUP BY other, slice
UNION ALL
SELECT 'silent', json_build_array(NULL,
  json_build_array(line, rate, class, usd::text)::text, slice, count(*),
  sum(tokens)::text)::text
FROM pair WHERE verdict = 'silent' AND request NOT IN (SELECT request FROM request)
GROUP BY line, rate, class, usd, slice
UNION ALL
SELECT 'differs', json_build_array(request, slice, said)::text FROM differing
UNION ALL
SELECT 'line', json_build_array(source_id, event_id, request, attempt, at, line, rate,
  class, usd::text, tokens, width_bucket(at, %(cuts)s::timestamptz[]))::text
FROM looked_at JOIN request USING (request)
UNION ALL
SELECT 'count', json_build_array('joined_a',
  coalesce(sum(joined_a) FILTER (WHERE metered), 0)
  + (SELECT count(*) FILTER (WHERE metered) FROM pair))::text FROM piece
UNION ALL
SELECT 'count', json_build_array('joined_b', coalesce(sum(joined_b), 0)
  + (SELECT count(*) FILTER (WHERE reported) FROM pair))::text FROM piece
UNION ALL
SELECT 'count', json_build_array('a',
  count(*) + (SELECT count(*) FROM looked_at))::text FROM {all_of_ours}
UNION ALL
SELECT 'count', json_build_array('b',
  count(*) + (SELECT count(*) FROM reported))::text FROM billing_reportrow
WHERE report_id = ANY(%(reports)s::bigint[]) AND occurred_at >= %(first)s
  AND occurred_at < %(end)s {row_apart}
"""
