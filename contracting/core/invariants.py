"""What must hold at every moment, as checks that can be run at any moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Invariant:
    """One sentence that must be true of the rows, and the query that finds exceptions.

    Each app lists its own in ``invariants.py`` as ``INVARIANTS``. ``check`` reads,
    changes nothing, and yields one sentence for each exception.
    """

    code: str
    sentence: str
    check: Callable[[], Iterable[str]]

    def exceptions(self) -> list[str]:
        """The sentence of every row that breaks it; empty when it holds."""
        return list(self.check())
