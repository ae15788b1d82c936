"""What may still be accepted of an order line, by ACRN: no part goes beyond it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from contracting.billing.models import InvoiceLine
from contracting.core.quantities import (
    CENT,
    Dollars,
    Tokens,
    UnitPrice,
    total_dollars,
)
from contracting.ledger.calculations import spread
from contracting.ledger.queries import balances_of

_Amount = TypeVar("_Amount", Dollars, Tokens)
_LESS_THAN_HALF: Final = Dollars("0.004999999999")


@dataclass(frozen=True, slots=True)
class Part:
    """What is payable of one class of one invoice line.

    ``by_volume`` is what all of its tokens come to where ``price`` is an average.
    """

    line: InvoiceLine
    code: str
    tokens: Tokens
    price: UnitPrice
    by_volume: Dollars | None = None

    @property
    def exact(self) -> Dollars:
        return self.by_volume or self.price.of(self.tokens)

    @property
    def cents(self) -> Dollars:
        cents, asked = self.exact.to_cents(), Dollars(self.line.amount_dollars)
        return cents if self.by_volume is None else min(cents, asked)

    def of(self, tokens: Tokens) -> Part:
        """So many of its tokens; part of an average is priced at the average."""
        if tokens == self.tokens:
            return self
        return replace(self, tokens=tokens, by_volume=None)


def within_funds(parts: Iterable[Part]) -> list[Part]:
    """The parts, each bounded by what is used, funded and not accepted of its line."""
    rooms: dict[int, _Room] = {}
    bounded = []
    for part in parts:
        room = rooms.setdefault(part.line.order_line_id, _Room(part.line))
        bounded.append(room.take(part))
    return bounded


class _Room:
    """What may still be accepted of an order line, by ACRN in their order of payment.

    Invoice lines that name an ACRN and those that name none share it.
    """

    def __init__(self, line: InvoiceLine) -> None:
        rows = balances_of(line.order_line.holder)
        self._acrns = [row.acrn for row in rows]
        self._tokens = [row.unaccepted_tokens for row in rows]
        self._dollars = [row.unaccepted for row in rows]
        self._funds = [row.funds_left for row in rows]

    def take(self, part: Part) -> Part:
        """The part as far as there is room for it and for its rounding to the cent."""
        dollars = self._of(part, self._dollars)
        counts = self._of(part, self._tokens)
        room = total_dollars(dollars)
        kept = part.of(min(part.tokens, Tokens(sum(each.count for each in counts))))
        if kept.exact > room:
            most = kept.price.tokens_within(room)
            kept = replace(kept, by_volume=None)
            kept = kept if most is None else kept.of(min(kept.tokens, most))
        if kept.cents - kept.exact > self._funds[self._last_of(kept)]:
            kept = kept.of(rounded_down(kept))
        last = self._last_of(kept)
        self._funds[last] -= kept.cents - kept.exact
        self._dollars = _less(self._dollars, kept.exact, self._of(kept, self._dollars))
        self._tokens = _less(self._tokens, kept.tokens, self._of(kept, self._tokens))
        return kept

    def _of(self, part: Part, left: list[_Amount]) -> list[_Amount]:
        """The rooms that the part may use: of its ACRN if it names one."""
        return [
            room if part.line.acrn in {"", acrn} else type(room)()
            for acrn, room in zip(self._acrns, left, strict=True)
        ]

    def _last_of(self, part: Part) -> int:
        """The row on which the part ends, which bears its rounding."""
        used = spread(part.exact, self._of(part, self._dollars))
        own = (n for n, acrn in enumerate(self._acrns) if part.line.acrn in {"", acrn})
        return max(
            (n for n, dollars in enumerate(used) if dollars), default=next(own, 0)
        )


def _less(
    left: list[_Amount], taken: _Amount, rooms: Sequence[_Amount]
) -> list[_Amount]:
    parts = spread(taken, rooms)
    return [whole - part for whole, part in zip(left, parts, strict=True)]


def rounded_down(part: Part) -> Tokens:
    """The most tokens whose price rounds down, where that of all of them rounds up."""
    below = part.cents - Dollars(CENT)
    return part.price.tokens_within(below + _LESS_THAN_HALF) or Tokens(0)
