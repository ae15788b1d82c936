"""What may still be accepted of an order line, by ACRN: no part goes beyond it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, TypeVar

from contracting.billing.models import ChargeLine, InvoiceLine
from contracting.core.quantities import (
    CENT,
    Dollars,
    Tokens,
    UnitPrice,
    total_dollars,
)
from contracting.ledger.calculations import spread
from contracting.ledger.queries import balances_of
from contracting.orders.models import OrderLine
from contracting.reconciliation.states import Charged

_Amount = TypeVar("_Amount", Dollars, Tokens)
_NONE: Final = Tokens(0)
_LESS_THAN_HALF: Final = Dollars("0.004999999999")


@dataclass(frozen=True, slots=True)
class Part:
    """What is payable of one class of one invoice line.

    ``by_volume`` is what all of its tokens come to where ``price`` is an average.
    ``tokens`` and ``metered`` are what our meter has counted; ``beyond`` comes on top.
    """

    line: InvoiceLine
    code: str
    tokens: Tokens
    price: UnitPrice
    by_volume: Dollars | None = None
    beyond: Tokens = _NONE

    @property
    def metered(self) -> Dollars:
        return self.price.of(self.tokens) if self.by_volume is None else self.by_volume

    @property
    def beyond_dollars(self) -> Dollars:
        return self.price.of(self.beyond)

    @property
    def exact(self) -> Dollars:
        return self.metered + self.beyond_dollars

    @property
    def payable(self) -> Tokens:
        return self.tokens + self.beyond

    @property
    def cents(self) -> Dollars:
        cents, asked = self.exact.to_cents(), Dollars(self.line.amount_dollars)
        return cents if self.by_volume is None else min(cents, asked)

    def of(self, tokens: Tokens) -> Part:
        """So many of its tokens; part of an average is priced at the average."""
        if tokens == self.tokens:
            return self
        return replace(self, tokens=tokens, by_volume=None, beyond=_NONE)


@dataclass(frozen=True, slots=True)
class PayableCharge:
    """What is payable of one invoice line of units, exact and in cents."""

    line: ChargeLine
    units: Decimal
    exact: Dollars
    cents: Dollars


class Rooms:
    """What may still be accepted of the lines of an order; all that is taken shares it.

    Tokens and charges of one acceptance are taken from the same rooms.
    """

    def __init__(self) -> None:
        self._by_line: dict[int, _Room] = {}

    def parts(self, parts: Iterable[Part]) -> list[Part]:
        """The parts, each bounded by what is used, funded and not accepted."""
        return [self._of(part.line.order_line).take(part) for part in parts]

    def charges(
        self, lines: Iterable[ChargeLine], charged: Iterable[Charged]
    ) -> list[PayableCharge]:
        """The smaller of what is invoiced and what is posted and funded, by line."""
        posted = {each.charge_line_id: each for each in charged}
        return [
            self._of(line.order_line).take_charge(line, posted[line.pk])
            for line in lines
        ]

    def _of(self, line: OrderLine) -> _Room:
        if line.pk not in self._by_line:
            self._by_line[line.pk] = _Room(line)
        return self._by_line[line.pk]


class _Room:
    """What may still be accepted of an order line, by ACRN in their order of payment.

    Invoice lines that name an ACRN and those that name none share it.
    """

    def __init__(self, line: OrderLine) -> None:
        rows = balances_of(line.holder)
        self._acrns = [row.acrn for row in rows]
        self._tokens = [row.unaccepted_tokens for row in rows]
        self._dollars = [row.unaccepted for row in rows]
        self._funds = [row.funds_left for row in rows]
        self._ceiling = rows[0].line.tokens_left if rows else _NONE

    def take(self, part: Part) -> Part:
        """The part as far as there is room for it and for its rounding to the cent."""
        if part.beyond:
            return self._take_beyond(part)
        return self._take_metered(part)

    def _take_beyond(self, part: Part) -> Part:
        """The same with what is beyond our meter: only on funds nothing else needs."""
        acrn = part.line.acrn
        metered = replace(part, beyond=_NONE)
        kept = self._take_metered(metered)
        if kept.tokens < part.tokens:
            return kept
        funds = self._of(acrn, self._funds)
        spare = total_dollars(funds) - Dollars(CENT * len(funds))
        most = part.price.tokens_within(max(spare, Dollars()))
        beyond = min(part.beyond, self._ceiling)
        beyond = beyond if most is None else min(beyond, most)
        whole = replace(part, beyond=beyond)
        self._ceiling -= beyond
        more = whole.beyond_dollars + (whole.cents - whole.exact)
        more -= kept.cents - kept.exact
        if more > Dollars():
            self._funds = _less(self._funds, more, funds)
        return whole

    def _take_metered(self, part: Part) -> Part:
        acrn = part.line.acrn
        counts = self._of(acrn, self._tokens)
        room = total_dollars(self._of(acrn, self._dollars))
        kept = part.of(min(part.tokens, Tokens(sum(each.count for each in counts))))
        if kept.exact > room:
            most = kept.price.tokens_within(room)
            kept = replace(kept, by_volume=None)
            kept = kept if most is None else kept.of(min(kept.tokens, most))
        if kept.cents - kept.exact > self._funds[self._last_of(acrn, kept.exact)]:
            kept = kept.of(rounded_down(kept))
        self._take(acrn, kept.exact, kept.cents)
        self._tokens = _less(self._tokens, kept.tokens, self._of(acrn, self._tokens))
        return kept

    def take_charge(self, line: ChargeLine, charged: Charged) -> PayableCharge:
        """What is posted, funded and asked for of it, as far as there is room."""
        asked = Dollars(line.amount_dollars)
        room = total_dollars(self._of(line.acrn, self._dollars))
        exact = max(min(charged.funded, room), Dollars())
        if exact.to_cents() > asked:
            exact = asked
        cents = exact.to_cents()
        if cents - exact > self._funds[self._last_of(line.acrn, exact)]:
            exact = cents = cents - Dollars(CENT)
        self._take(line.acrn, exact, cents)
        units = min(line.units, charged.posted_units) if exact else Decimal(0)
        return PayableCharge(line, units, exact, cents)

    def _take(self, acrn: str, exact: Dollars, cents: Dollars) -> None:
        self._funds[self._last_of(acrn, exact)] -= cents - exact
        self._dollars = _less(self._dollars, exact, self._of(acrn, self._dollars))

    def _of(self, named: str, left: list[_Amount]) -> list[_Amount]:
        """The rooms that may be used: of the ACRN that is named, if one is."""
        return [
            room if named in {"", acrn} else type(room)()
            for acrn, room in zip(self._acrns, left, strict=True)
        ]

    def _last_of(self, named: str, exact: Dollars) -> int:
        """The row on which the amount ends, which bears its rounding."""
        used = spread(exact, self._of(named, self._dollars))
        own = (n for n, acrn in enumerate(self._acrns) if named in {"", acrn})
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
    return within_cents(part.price, part.cents - Dollars(CENT))


def within_cents(price: UnitPrice, cents: Dollars) -> Tokens:
    """The most tokens whose price, rounded to the cent, is no more than these cents."""
    return price.tokens_within(cents + _LESS_THAN_HALF) or Tokens(0)
