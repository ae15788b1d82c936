"""What is read while gates are held, in one statement: each part of one column."""

from __future__ import annotations

from typing import Final

from contracting.ledger.queries.live import LIVE_LIMITS
from contracting.metering.models import (
    GatewayEpoch,
    Reservation,
    ReservationEnd,
    SpendingLimit,
    UsageSource,
)
from contracting.metering.queries.gates import STAMPS
from contracting.metering.queries.unfolded import (
    ALIVE,
    HEARD,
    SUSPENSE,
    UNFOLDED,
)

_SOURCE: Final = f"""
SELECT json_build_array(agency_id, code, closed_at IS NOT NULL) AS row
  FROM {UsageSource._meta.db_table} WHERE id = %(source)s
"""  # noqa: S608 (names of our own tables)

_EPOCHS: Final = f"""
SELECT json_build_array(gateway, max(epoch)) AS row FROM {GatewayEpoch._meta.db_table}
 WHERE source_id = %(source)s GROUP BY gateway
"""  # noqa: S608

_LIMITS: Final = f"""
SELECT json_build_array(gate_id, scope, name, valid_from::text, tokens, dollars::text)
    AS row
  FROM (SELECT * FROM {SpendingLimit._meta.db_table} WHERE gate_id = ANY(%(gates)s)
         ORDER BY gate_id, valid_from, id) limits
"""  # noqa: S608

_KNOWN: Final = f"""
SELECT json_build_array(r.reservation_id, r.body_sha256, r.calls, r.tokens,
         r.dollars::text, r.beyond, extract(epoch FROM r.lease_until)::text,
         (SELECT count(*) FROM {ReservationEnd._meta.db_table} e
           WHERE e.reservation_id = r.id)) AS row
  FROM {Reservation._meta.db_table} r
 WHERE r.agency_id = %(agency)s AND r.source_id = %(source)s
   AND r.reservation_id = ANY(%(ids)s)
"""  # noqa: S608

PARTS: Final = {
    "source": _SOURCE,
    "epochs": _EPOCHS,
    "limits": _LIMITS,
    "known": _KNOWN,
    "live": LIVE_LIMITS.replace("%s", "%(holders)s", 1).replace("%s", "%(lines)s", 1),
    "unfolded": UNFOLDED,
    "suspense": SUSPENSE,
    "alive": ALIVE,
    "heard": HEARD,
    "stamps": STAMPS,
}
