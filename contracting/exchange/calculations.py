"""What a message says, and when it is tried again."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from contracting.exchange.states import WAITS

LONGEST_BODY: Final = 20_000
SLOW: Final = frozenset({429, 502, 503, 504})
_SLOWER: Final = timedelta(minutes=5)
_JITTER: Final = 0.1


def body_of(kind: str, at: datetime, data: Mapping[str, Any]) -> str:
    """A message of Standard Webhooks: what happened, when, and where to read it."""
    said = {"type": kind, "timestamp": at.isoformat(), "data": data}
    return json.dumps(said, separators=(",", ":"), sort_keys=True)


def next_try(
    tries: int,
    at: datetime,
    *,
    status: int | None,
    wait: timedelta,
    draw: Callable[[], float] = random.random,
) -> datetime | None:
    """When to try again after as many tries in vain; ``None`` when it is given up.

    A receiver that is overloaded is left alone for five minutes at least, and for as
    long as it asks. Up to a tenth is added at random, so that what failed together does
    not come back together.

    :param tries: how many were made, the last among them
    """
    if tries > len(WAITS):
        return None
    least = _SLOWER if status in SLOW else timedelta()
    return at + max(WAITS[tries - 1] * (1 + _JITTER * draw()), least, wait)
