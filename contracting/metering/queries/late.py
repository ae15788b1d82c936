"""Usage that came after its period was closed: what it is, and for which period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import connection

from contracting.core.quantities import Dollars
from contracting.metering.queries.closings import closings
from contracting.orders.models import TaskOrder


@dataclass(frozen=True, slots=True)
class LateUsage:
    """Tokens of a kind that were rated after their period was closed; exact dollars.

    A correction counts under the call that it corrects; it may be below zero.

    :ivar start: of the shortest closed period that holds the call
    :ivar closed_by: the kind of what closed it, such as an acceptance
    :ivar taken_up: tokens that a later closing of the kind that pays has taken up
    """

    order_line_id: int
    model_id: int
    token_class_code: str
    tier: str
    start: datetime
    end: datetime
    closed_at: datetime
    closed_by: str
    first_at: datetime
    last_at: datetime
    lines: int
    tokens: int
    exact: Decimal
    taken_up: int

    @property
    def dollars(self) -> Dollars:
        """What they cost, unrounded."""
        return Dollars(self.exact)


def late_usage(
    order: TaskOrder, closed_by: str = "", paid_by: str = ""
) -> list[LateUsage]:
    """What came late on an order, by period and kind, the earliest period first.

    :param closed_by: only what closed periods because of this kind of thing
    :param paid_by: the kind of closing that pays for usage, such as an acceptance
    """
    lines = list(order.lines.values_list("pk", flat=True))
    closed = [row.pk for row in closings(lines)]
    if not closed:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _LATE,
            {"closed": closed, "kind": closed_by, "lines": lines, "paid": paid_by},
        )
        return [LateUsage(*row) for row in cursor.fetchall()]


_LATE: Final = """
WITH rated AS (
  SELECT r.order_line_id, r.token_class_code, p.model_id, p.tier, r.tokens, r.dollars,
         r.rated_at, coalesce(c.occurred_at, e.occurred_at) AS used_at
  FROM metering_usagerating r
  JOIN contracts_raterow p ON p.id = r.rate_row_id
  JOIN metering_everyevent e USING (agency_id, source_id, event_id)
  LEFT JOIN metering_everyevent c
    ON e.corrects <> '' AND c.agency_id = e.agency_id AND c.source_id = e.source_id
   AND c.event_id = e.corrects
  WHERE r.order_line_id = ANY(%(lines)s)
    AND r.rated_at > (SELECT min(closed_at) FROM metering_closedusage
                      WHERE id = ANY(%(closed)s))
), late AS (
  SELECT r.*, k.period, k.closed_at, k.because_kind,
         k.because_kind <> %(paid)s AND EXISTS (
           SELECT FROM metering_closedusage p
           WHERE p.id = ANY(%(closed)s) AND p.because_kind = %(paid)s
             AND p.order_line_id = r.order_line_id AND p.model_id = r.model_id
             AND p.token_class_code = r.token_class_code AND p.tier = r.tier
             AND p.period @> r.used_at AND p.closed_at >= r.rated_at) AS is_taken_up
  FROM rated r CROSS JOIN LATERAL (
    SELECT k.period, k.closed_at, k.because_kind FROM metering_closedusage k
    WHERE k.id = ANY(%(closed)s) AND k.order_line_id = r.order_line_id
      AND k.token_class_code = r.token_class_code AND k.model_id = r.model_id
      AND k.tier = r.tier AND k.period @> r.used_at AND k.closed_at < r.rated_at
      AND (%(kind)s = '' OR k.because_kind = %(kind)s)
    ORDER BY upper(k.period) - lower(k.period), k.closed_at, k.id LIMIT 1
  ) k
)
SELECT order_line_id, model_id, token_class_code, tier, lower(period), upper(period),
       closed_at, because_kind, min(rated_at), max(rated_at), count(*),
       sum(tokens)::bigint, sum(dollars),
       coalesce(sum(tokens) FILTER (WHERE is_taken_up), 0)::bigint
FROM late GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 5, 1, 3, 4, 2, 7
"""
