"""What is reserved and used under a name, summed anew from the rows of its gate."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.db import connection

from contracting.metering.models import (
    FreedReserve,
    Reservation,
    ReservationEnd,
    Settlement,
)
from contracting.metering.states import LimitScope

COUNTED: Final = (LimitScope.PROJECT, LimitScope.KEY)
"""What is counted from the reservations that name it, used and not used."""

_NAMED: Final = {
    str(LimitScope.LINE): "TRUE",
    str(LimitScope.PROJECT): "project = %(name)s",
    str(LimitScope.KEY): "key_ref = %(name)s",
}
_OF_THE_LINE: Final = "WHERE share->>0 = %(name)s"


def _question(scope: str) -> str:
    """One statement, so that all of it is seen at one instant."""
    named, freed = _NAMED[scope], FreedReserve._meta.db_table
    return f"""
WITH named AS (SELECT id, calls, shares FROM {Reservation._meta.db_table}
                WHERE gate_id = %(gate)s AND {named}),
     opened AS (SELECT n.shares, n.calls - (SELECT count(*) FROM
                  {ReservationEnd._meta.db_table} e WHERE e.reservation_id = n.id)
                  AS calls FROM named n),
     each_share AS (SELECT o.calls, s.share FROM opened o
                      CROSS JOIN LATERAL jsonb_array_elements(o.shares) AS s(share)
                    UNION ALL
                    SELECT f.calls, s.share FROM {freed} f
                      CROSS JOIN LATERAL jsonb_array_elements(f.shares) AS s(share)
                     WHERE f.gate_id = %(gate)s AND {named}),
     waiting AS (SELECT coalesce(sum(used_tokens), 0) AS tokens,
                        coalesce(sum(used_dollars), 0) AS dollars FROM {freed}
                  WHERE gate_id = %(gate)s AND {named}),
     settled AS (SELECT coalesce(sum(t.tokens), 0) AS tokens,
                        coalesce(sum(t.dollars), 0) AS dollars
                   FROM {Settlement._meta.db_table} t JOIN named n
                     ON n.id = t.reservation_id)
SELECT coalesce(sum(calls * (share->>1)::bigint), 0)::bigint,
       coalesce(sum(calls * (share->>2)::numeric), 0) / 1000000000000,
       coalesce(sum(calls * (share->>3)::bigint), 0)::bigint,
       ((SELECT tokens FROM settled) - (SELECT tokens FROM waiting))::bigint,
       (SELECT dollars FROM settled) - (SELECT dollars FROM waiting)
  FROM each_share {_OF_THE_LINE if scope == LimitScope.LINE else ""}
"""  # noqa: S608 (names of our own tables)


def recounted(
    gate_id: int, scope: str, name: str
) -> tuple[int, Decimal, int, int, Decimal]:
    """Tokens, dollars and micro-ACU reserved; tokens and dollars used.

    What came free and waits for its gate is still in what is reserved, and not yet in
    what is used. An order line's use is on the ledger and not counted here.
    """
    with connection.cursor() as cursor:
        cursor.execute(_question(scope), {"gate": gate_id, "name": name})
        tokens, dollars, units, used, spent = cursor.fetchone()
    if scope == LimitScope.LINE:
        used, spent = 0, Decimal(0)
    return tokens, dollars, units, used, spent
