"""What a process has read of an agency's terms, kept for as long as none has changed.

Triggers write down which transactions have changed a term (:class:`TermsChange`). Facts
were read by one snapshot or by later ones; they hold while every change that can be
seen now was seen by that snapshot. That is asked of the database in each transaction
that uses them, so that a change is known from its commit on, in every process.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from django.db import connection

from contracting.contracts.models import RateRow
from contracting.core.consulted import Noted, note_again, noting
from contracting.metering.calculations import KnownOrder
from contracting.metering.queries.known import known_orders

MOST_FACTS: Final = 20_000
"""So many facts of an agency are kept; then all of them are read anew."""

_Fact = TypeVar("_Fact")


class Facts:
    """Facts by their names, each with the rows that it was read from (R-AUD-03)."""

    def __init__(self) -> None:
        self._found: dict[Hashable, tuple[Any, tuple[Noted, ...]]] = {}

    def __len__(self) -> int:
        return len(self._found)

    def fact(self, name: Hashable, read: Callable[[], _Fact]) -> _Fact:
        """The fact; what it was read from is noted as if it were read now."""
        kept = self._found.get(name)
        if kept is None:
            with noting() as noted:
                found = read()
            self._found[name] = found, tuple(noted)
            return found
        note_again(kept[1])
        known: _Fact = kept[0]
        return known

    def learn_orders(self, agency_id: int, refs: Iterable[str]) -> None:
        """Read what is not known yet of the orders of these names, all at once."""
        new = [ref for ref in refs if ("order", ref) not in self._found]
        if not new:
            return
        with noting() as noted:
            found = known_orders(agency_id, new)
        for ref, order in found.items():
            self._found["order", ref] = order, tuple(_behind(order, noted))


def _behind(order: KnownOrder | None, noted: Collection[Noted]) -> Iterable[Noted]:
    """The rows behind one of several orders: its own prices, and all else."""
    prices = {rate.rate_row_id for rate in order.rates} if order else set()
    for each in noted:
        kind, number = each.key
        if kind != RateRow._meta.label_lower or number in prices:
            yield each


@dataclass(frozen=True, slots=True)
class _Kept:
    """Facts, with the snapshot at which the reading began and who began it."""

    database: int
    snapshot: str
    began_by: int | None
    facts: Facts = field(default_factory=Facts)


_kept: dict[int, _Kept] = {}


def facts_of(agency_id: int) -> Facts:
    """What is known of the agency's terms now; empty if any of them has changed.

    A transaction that has changed a term itself reads all of them for itself alone.
    Asked again after a lock was waited for, it knows what changed meanwhile.
    """
    kept = _kept.get(agency_id)
    seen = (kept.snapshot, kept.began_by) if kept else (None, None)
    with connection.cursor() as cursor:
        cursor.execute(_STILL_TRUE, seen)
        snapshot, me, database, is_shared, has_changed = cursor.fetchone()
    if not (is_shared and connection.in_atomic_block):
        return Facts()
    is_same = kept is not None and kept.database == database and not has_changed
    if kept is None or not is_same or len(kept.facts) > MOST_FACTS:
        kept = _kept[agency_id] = _Kept(database, snapshot, me)
    return kept.facts


_STILL_TRUE: Final = """
WITH seen AS (SELECT %s::pg_snapshot AS snapshot, %s::bigint AS began_by),
me AS (SELECT pg_current_xact_id_if_assigned()::text::bigint AS xid)
SELECT pg_current_snapshot()::text, me.xid,
  (SELECT oid::bigint FROM pg_database WHERE datname = current_database()),
  current_setting('transaction_isolation') = 'read committed'
    AND NOT EXISTS (SELECT FROM metering_termschange own WHERE own.xid = me.xid),
  EXISTS (
    SELECT FROM metering_termschange change
    WHERE change.xid >= pg_snapshot_xmin(seen.snapshot)::text::bigint
      AND change.xid < pg_snapshot_xmax(pg_current_snapshot())::text::bigint
      AND (change.xid = seen.began_by
        OR NOT pg_visible_in_snapshot(change.xid::text::xid8, seen.snapshot)))
FROM seen, me
"""
