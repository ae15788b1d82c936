"""What was used and is not on the balances yet, and whether anybody is at work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final

from contracting.ledger.queries.live import LiveLimit
from contracting.ledger.queries.pending import PENDING_OF_LINES, ROLLS

UNFOLDED: Final = PENDING_OF_LINES
"""One column, ``row``: order line, tokens, dollars and units of a pool."""

ALIVE: Final = f"SELECT json_build_array(({ROLLS}), true) AS row"  # noqa: S608 (our own)
"""Whether usage reaches the balances in time, and whether the source is heard of."""


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
