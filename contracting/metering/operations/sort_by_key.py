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
        cursor.execute(_SORT, [day, line.pk, bounds.start, bounds.end, day])
        return int(cursor.rowcount)


_SORT: Final = """
INSERT INTO metering_keyedusage (order_line_id, source_id, key_ref, model_id,
  token_class_code, tier, day, events, tokens, dollars)
SELECT r.order_line_id, r.source_id, e.key_ref, p.model_id, r.token_class_code, p.tier,
       %s, count(*), sum(r.tokens), sum(r.dollars)
  FROM metering_usagerating r
  JOIN metering_usageevent e USING (agency_id, source_id, event_id)
  JOIN contracts_raterow p ON p.id = r.rate_row_id
 WHERE r.order_line_id = %s AND r.occurred_at >= %s AND r.occurred_at < %s
   AND r.accounting_day = %s
 GROUP BY 1, 2, 3, 4, 5, 6
"""
