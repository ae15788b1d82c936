"""Whether a contract is healthy: what later stages know of its money and its meter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.plots.tables import Plot
from contracting.core.quantities import Dollars, Tokens


@dataclass(frozen=True, slots=True)
class Feed:
    """A gateway that reports usage, and when it was last heard of."""

    label: str
    last_seen: datetime | None
    age: str
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Health:
    """The figures of a contract over all its lines, and how long they last.

    ``left`` is what funds and ceilings of what is ordered still let through; the
    ``forecast`` says at which pace. ``points`` are cumulative dollars by day.
    """

    obligated: Dollars
    consumed: Dollars
    unfunded: Dollars
    left: Dollars
    tokens: Tokens
    tokens_left: Tokens
    forecast: str
    ends_early: bool
    points: Sequence[tuple[date, Decimal]]
    feeds: Sequence[Feed]
    reconciled: str
    reconciled_path: str
    changes: Sequence[tuple[str, str, str]]
    """Modifications that are not signed: what each is, its page and its state."""
    schedule_path: str = ""
    """The page of the own lines of a definitive contract."""
    burn_down: Plot | None = None
    by_line: Plot | None = None

    @property
    def is_used(self) -> bool:
        """Whether anything was ever metered on it."""
        return bool(self.tokens.count)

    @property
    def stale(self) -> list[Feed]:
        """The gateways that have been silent for too long."""
        return [feed for feed in self.feeds if feed.is_stale]


Tell = Callable[[Contract, Actor, datetime], Health]
_tells: list[Tell] = []


def tell_health(tell: Tell) -> None:
    """Let the stage that sees all others tell how a contract is.

    :param tell: the health of a contract as this actor may read it, at an instant
    """
    if tell not in _tells:
        _tells.append(tell)


def health_of(contract: Contract, actor: Actor, at: datetime) -> Health | None:
    """How a contract is; nothing before its award."""
    if contract.awarded_at is None or not _tells:
        return None
    return _tells[0](contract, actor, at)
