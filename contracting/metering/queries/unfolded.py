"""What was used and is not on the balances yet, and whether anybody is at work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final

from contracting.ledger.queries.live import IS_ROLLING, PENDING, LiveLimit

UNFOLDED: Final = PENDING
"""One column, ``row``: order line, tokens and dollars as text, of what was used and
waits for the roller or was parked by it.
"""

ALIVE: Final = f"""
SELECT json_build_array({IS_ROLLING}, %(source)s::bigint IS NOT NULL) AS row
"""
"""Whether usage reaches the balances in time, and whether the source is heard of."""


def take_off(live: dict[int, LiveLimit], rows: Iterable[Sequence[Any]]) -> None:
    """Count usage that the balances do not have yet as used."""
    for line, tokens, dollars in rows:
        limit = live.get(line)
        if limit is None:
            continue
        spent = Decimal(dollars)
        limit.tokens_left -= tokens
        limit.used_tokens += tokens
        limit.ceiling_dollars_left -= spent
        limit.used_dollars += spent
        if limit.funds_left:
            last = next(reversed(limit.funds_left))
            limit.funds_left[last] -= spent
