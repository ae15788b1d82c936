"""What a contract still lets order: issued, reserved by drafts in review, and left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from contracting.contracts.models import Contract
from contracting.core.quantities import Dollars, Tokens
from contracting.core.templatetags.drawdown import dollars
from contracting.ledger.queries import contract_balance


@dataclass(frozen=True, slots=True)
class Reserved:
    """The ceilings of orders that are reviewed and not signed."""

    dollars: Dollars = Dollars()
    tokens: Tokens = Tokens(0)
    orders: int = 0


@dataclass(frozen=True, slots=True)
class Room:
    """The maximum in both units, and what of it is issued and reserved (R-TO-02)."""

    ceiling_dollars: Dollars
    ceiling_tokens: Tokens
    issued_dollars: Dollars
    issued_tokens: Tokens
    reserved: Reserved

    @property
    def dollars_left(self) -> Dollars:
        """Never less than nothing: what is reserved may wait for a higher maximum."""
        rest = self.ceiling_dollars - self.issued_dollars - self.reserved.dollars
        return max(rest, Dollars())

    @property
    def tokens_left(self) -> Tokens:
        """The same in tokens."""
        taken = self.issued_tokens.count + self.reserved.tokens.count
        return Tokens(max(0, self.ceiling_tokens.count - taken))

    @property
    def sentence(self) -> str:
        """The sum that is checked, in words."""
        whole = _both(self.ceiling_dollars, self.ceiling_tokens)
        issued = _both(self.issued_dollars, self.issued_tokens)
        reserved = _both(self.reserved.dollars, self.reserved.tokens)
        left = _both(self.dollars_left, self.tokens_left)
        return (
            f"Of {whole}, {issued} are issued, {reserved} are reserved by orders in "
            f"review, and {left} are left."
        )


def _both(money: Dollars, count: Tokens) -> str:
    return f"{dollars(money)} and {count.count:,} tokens"


Count = Callable[[Contract, int | None], Reserved]
_counts: list[Count] = []


def count_reserved(count: Count) -> None:
    """Let the stage that orders, which this one does not know, tell what it reserves.

    :param count: for a contract, beside the order of that key if one is named
    """
    _counts.append(count)


def room_of(contract: Contract, *, beside: int | None = None) -> Room | None:
    """What can still be ordered; nothing before the award.

    :param beside: the key of an order whose own reservation is left out
    """
    books = contract_balance(contract.pk)
    if books is None:
        return None
    counted = [count(contract, beside) for count in _counts]
    return Room(
        ceiling_dollars=Dollars(books.ceiling_dollars),
        ceiling_tokens=Tokens(books.ceiling_tokens),
        issued_dollars=Dollars(books.ordered_dollars),
        issued_tokens=Tokens(books.ordered_tokens),
        reserved=counted[0] if counted else Reserved(),
    )
