"""Sort a day of an order line by the keys that its usage was reported under."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db import connection, transaction

from contracting.core.periods import day_bounds
from contracting.metering.models import KeyedUsage
from contracting.orders.models import OrderLine

_LOCK: Final = 7_021
"""The first number of the advisory locks of lines that are sorted."""


@transaction.atomic
def sort_usage_by_key(*, order_line_id: int, day: date) -> int:
    """Sum the ratings of a day by key, model, class and tier; twice changes nothing.

    What was rated anew counts as it holds now; calls that are put away count too.

    Neither ingest nor the roller waits for it. What is rated meanwhile is sorted the
    next time.

    :param day: an accounting day of the contract
    :returns: how many rows the day has now
    """
    line = OrderLine.objects.select_related("order__contract").get(pk=order_line_id)
    bounds = day_bounds(day, line.order.contract.time_zone)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, line.pk])
        KeyedUsage.objects.filter(order_line=line, day=day).delete()
        times = {"start": bounds.start, "end": bounds.end}
        cursor.execute(_SORT, {"line": line.pk, "day": day, **times})
        return int(cursor.rowcount)


_SORT: Final = """
WITH rated AS (
  SELECT 1 AS sign, source_id, agency_id, event_id, token_class_code, rate_row_id,
         tokens, dollars
    FROM metering_usagerating
   WHERE order_line_id = %(line)s AND accounting_day = %(day)s
     AND occurred_at >= %(start)s AND occurred_at < %(end)s
  UNION ALL
  SELECT -1, source_id, agency_id, event_id, token_class_code, old_rate_row_id,
         -tokens, -old_dollars
    FROM metering_usagererating
   WHERE NOT is_adjustment AND old_order_line_id = %(line)s AND accounting_day = %(day)s
     AND occurred_at >= %(start)s AND occurred_at < %(end)s
  UNION ALL
  SELECT 1, source_id, agency_id, event_id, token_class_code, rate_row_id,
         tokens, dollars
    FROM metering_usagererating
   WHERE NOT is_adjustment AND order_line_id = %(line)s AND accounting_day = %(day)s
     AND occurred_at >= %(start)s AND occurred_at < %(end)s
)
INSERT INTO metering_keyedusage (order_line_id, source_id, key_ref, model_id,
  token_class_code, tier, day, events, tokens, dollars)
SELECT %(line)s, r.source_id, e.key_ref, p.model_id, r.token_class_code, p.tier,
       %(day)s, sum(r.sign), sum(r.tokens), sum(r.dollars)
  FROM rated r
  JOIN metering_everyevent e USING (agency_id, source_id, event_id)
  JOIN contracts_raterow p ON p.id = r.rate_row_id
 GROUP BY r.source_id, e.key_ref, p.model_id, r.token_class_code, p.tier
HAVING sum(r.sign) <> 0 OR sum(r.tokens) <> 0 OR sum(r.dollars) <> 0
"""
