"""What may count and is not on the balances yet, and whether anybody is at work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final

from contracting.ledger.queries.live import LiveLimit
from contracting.ledger.queries.pending import PENDING_OF_LINES, ROLLS
from contracting.metering.models import (
    FundsGate,
    Reservation,
    ReservationEnd,
    SourceHeartbeat,
    SuspenseReserve,
    UsageBatch,
    UsageSource,
)

UNFOLDED: Final = PENDING_OF_LINES
"""One column, ``row``: order line, tokens, dollars and units of a pool."""

ALIVE: Final = f"SELECT json_build_array(({ROLLS})) AS row"  # noqa: S608 (our own)
"""Whether usage reaches the balances in time."""

HEARD: Final = f"""
SELECT json_build_array(extract(epoch FROM coalesce(greatest(
         (SELECT received_at FROM {UsageBatch._meta.db_table}
           WHERE source_id = %(source)s ORDER BY received_at DESC LIMIT 1),
         (SELECT watermark FROM {SourceHeartbeat._meta.db_table}
           WHERE source_id = %(source)s ORDER BY beat_at DESC LIMIT 1)),
       (SELECT recorded_at FROM {UsageSource._meta.db_table}
         WHERE id = %(source)s)))::text) AS row
"""  # noqa: S608 (names of our own tables)
"""Up to when a source has told of its usage, in seconds of the epoch, as text.

A batch tells, a settlement too, and a heartbeat as far as its watermark; one that has
never told anything counts from its registration.
"""

SUSPENSE: Final = f"""
SELECT json_build_array(g.id, sum(s.tokens)::bigint, sum(s.dollars)::text) AS row
  FROM {FundsGate._meta.db_table} g
  JOIN {SuspenseReserve._meta.db_table} s ON s.order_id = g.order_id
 WHERE g.id = ANY(%(gates)s)
   AND NOT EXISTS (
     SELECT 1 FROM {Reservation._meta.db_table} r
      WHERE r.agency_id = s.agency_id AND r.source_id = s.source_id
        AND r.gate_id = g.id AND r.reservation_id IN
            (s.event_id, regexp_replace(s.event_id, '[.][0-9]{{1,4}}$', ''))
        AND (r.calls = 1) = (r.reservation_id = s.event_id)
        AND NOT EXISTS (
          SELECT 1 FROM {ReservationEnd._meta.db_table} e
           WHERE e.reservation_id = r.id AND e.call = CASE WHEN r.calls = 1 THEN 1
             ELSE substring(s.event_id FROM '[.]([0-9]{{1,4}})$')::int END))
 GROUP BY g.id
"""  # noqa: S608
"""What is in suspense on the orders of some gates: gate, tokens and dollars as text.

What an authorized call has reserved already is left out: its reserve is still held.
"""


def take_off(live: dict[int, LiveLimit], rows: Iterable[Sequence[Any]]) -> None:
    """Count usage that the balances do not have yet as used, and as funded."""
    for line, tokens, dollars, units in rows:
        limit = live.get(line)
        if limit is None:
            continue
        spent = Decimal(dollars)
        limit.tokens_left -= tokens
        limit.used_tokens += tokens
        limit.ceiling_dollars_left -= spent
        limit.used_dollars += spent
        if limit.micro_acu_left is not None:
            limit.micro_acu_left -= units
        if limit.funds_left:
            last = next(reversed(limit.funds_left))
            limit.funds_left[last] -= spent
