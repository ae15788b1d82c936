"""The live limit of many lines in one statement, for whoever must ask it often."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from contracting.ledger.models import Balance, HolderBalance

LIVE_LIMITS: Final = f"""
SELECT json_build_array(h.holder_id, h.ceiling_tokens - h.consumed_tokens
         - h.tolerated_tokens,
       h.ceiling_micro_acu - h.consumed_micro_acu,
       h.consumed_tokens + h.unfunded_tokens,
       b.acrn, (b.ceiling_dollars - b.consumed_dollars)::text,
       (b.obligated_dollars - b.consumed_dollars - b.rounding_dollars
         - b.tolerated_dollars + b.given_up_dollars)::text,
       (b.consumed_dollars + b.unfunded_dollars)::text) AS row
  FROM {HolderBalance._meta.db_table} h JOIN {Balance._meta.db_table} b
    ON b.line_id = h.id
 WHERE h.holder_kind = %s AND h.holder_id = ANY(%s)
 ORDER BY h.id, b.sequence, b.id
"""  # noqa: S608 (names of our own tables)
"""One column, ``row``; asked with the kind of the holders and their numbers."""


@dataclass(slots=True)
class LiveLimit:
    """What one line has left, each limit in its own unit, and what it has used.

    Negative where more is used than a limit allows, funded or not.
    """

    tokens_left: int
    micro_acu_left: int | None
    used_tokens: int
    ceiling_dollars_left: Decimal = Decimal(0)
    used_dollars: Decimal = Decimal(0)
    funds_left: dict[str, Decimal] = field(default_factory=dict)
    """Obligated and unused dollars by ACRN, in order of payment."""

    @property
    def funded_dollars_left(self) -> Decimal:
        """Over all ACRNs of the line."""
        return sum(self.funds_left.values(), Decimal(0))


NOTHING_BOUND: Final = LiveLimit(tokens_left=0, micro_acu_left=None, used_tokens=0)
"""Of a line to which no funds are bound: nothing may be spent on it."""


def live_limits(rows: Iterable[Sequence[Any]]) -> dict[int, LiveLimit]:
    """What :data:`LIVE_LIMITS` gave, by the number of the line."""
    found: dict[int, LiveLimit] = {}
    for line, tokens, units, used, acrn, ceiling, funds, spent in rows:
        limit = found.get(line)
        if limit is None:
            limit = found[line] = LiveLimit(tokens, units, used)
        limit.ceiling_dollars_left += Decimal(ceiling)
        limit.used_dollars += Decimal(spent)
        limit.funds_left[acrn] = limit.funds_left.get(acrn, Decimal(0)) + Decimal(funds)
    return found
