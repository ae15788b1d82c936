"""When to ask again, and when to stop: without a clock or a socket of its own."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from drawdown_client.errors import Unreachable
from drawdown_client.wire import Reply

AGAIN: Final = frozenset({408, 429, 502, 503, 504})
"""Answers that decide nothing. A 500 is final: whatever it had begun was undone."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an answer is waited for, and how often it is asked for again.

    Pauses double from ``first_pause`` to ``longest_pause``, and each is drawn evenly
    from zero to that: many who wait for the same thing do not come back together.

    :param deadline: seconds for all tries together
    :param one_try: seconds for a single one
    """

    deadline: float = 5.0
    one_try: float = 2.0
    tries: int = 6
    first_pause: float = 0.05
    longest_pause: float = 2.0


class Tries:
    """The tries of one request."""

    def __init__(
        self,
        patience: Patience,
        *,
        now: Callable[[], float] = time.monotonic,
        draw: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._patience = patience
        self._now, self._draw = now, draw
        self._end = now() + patience.deadline
        self._made = 0

    @property
    def seconds(self) -> float:
        """How long the next try may take."""
        return max(min(self._patience.one_try, self._end - self._now()), 0.001)

    def pause_after(self, outcome: Reply | Unreachable) -> float | None:
        """Seconds to wait before the next try; ``None`` where there is none."""
        if isinstance(outcome, Reply) and outcome.status not in AGAIN:
            return None
        self._made += 1
        top = self._patience.first_pause * 2 ** (self._made - 1)
        pause = self._draw(0, min(top, self._patience.longest_pause))
        if isinstance(outcome, Reply) and outcome.retry_after is not None:
            pause += min(outcome.retry_after, self._patience.longest_pause)
        is_over = self._made >= self._patience.tries
        return None if is_over or self._now() + pause >= self._end else pause


def decided(outcome: Reply | Unreachable) -> Reply:
    """The answer, if there is one that decides.

    :raises Unreachable: if there is none
    """
    if isinstance(outcome, Unreachable):
        raise outcome
    if outcome.status in AGAIN or outcome.status >= 500:
        said = outcome.body[:300].decode(errors="replace")
        message = f"{outcome.status}: {said}"
        raise Unreachable(message)
    return outcome
