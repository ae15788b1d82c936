"""What a contract's books must say, as one page of additions on exact numbers.

It knows nothing of the ledger that it is held against: no account, no balance, no row
lock. Every figure is added up anew from the first entry to the last.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

Part = tuple[int, str]
"""The number of an order and an ACRN; order 0 is the contract's guaranteed minimum."""

CENT = Decimal("0.01")


def cents(amount: Decimal) -> Decimal:
    """Half a cent goes up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass
class PlainOrder:
    """One order: its last day, what stands in its way to the end, and its billing."""

    until: date
    issued_at: datetime | None = None
    is_corrected: bool = False
    is_ended: bool = False
    is_closed: bool = False
    is_billed: bool = False
    has_suspense: bool = False
    owes_settlement: bool = False
    calls: list[tuple[str, datetime, str, int]] = field(default_factory=list)
    """Operation id, instant, token class and tokens of each, as corrected."""
    kept: dict[str, int] = field(default_factory=dict)
    """Tokens that are accepted, by token class: they stay where they are."""

    @property
    def used(self) -> dict[str, int]:
        """Tokens by token class."""
        found: dict[str, int] = {}
        for _, _, code, tokens in self.calls:
            found[code] = found.get(code, 0) + tokens
        return found


@dataclass
class PlainBooks:
    """The entries of a contract, its orders and the pots that pay for them."""

    ceiling: Decimal
    tokens_allowed: int
    entries: list[tuple[str, object, Decimal]] = field(default_factory=list)
    pots: dict[Part, str] = field(default_factory=dict)
    orders: dict[int, PlainOrder] = field(default_factory=dict)
    options: dict[int, tuple[Decimal, int, bool]] = field(default_factory=dict)
    """By number: the dollars and tokens that it adds, and whether it is exercised."""
    is_closed: bool = False

    def add(self, figure: str, where: object, amount: Decimal | int) -> None:
        self.entries.append((figure, where, Decimal(amount)))

    def sum(self, figure: str, *places: object) -> Decimal:
        """All entries of a figure, or those at these places."""
        names = {figure, "used"} if figure == "consumed" else {figure}
        return sum(
            (
                amount
                for name, where, amount in self.entries
                if name in names and (not places or where in places)
            ),
            Decimal(0),
        )

    # Money

    def parts(self, number: int) -> list[Part]:
        """The ACRNs of an order, in their order of payment."""
        return [part for part in self.pots if part[0] == number]

    def bound(self, pot: str) -> Decimal:
        own = [part for part, of in self.pots.items() if of == pot]
        if not own:
            return Decimal(0)
        return self.sum("committed", *own) + self.sum("obligated", *own)

    def free(self, pot: str) -> Decimal:
        return self.sum("allotted", pot) - self.bound(pot)

    def payable(self, part: Part) -> Decimal:
        return self.sum("consumed", part) + self.sum("rounding", part)

    def left(self, part: Part) -> Decimal:
        """Obligated and not used."""
        return self.sum("obligated", part) - self.payable(part)

    def free_of_order(self, number: int) -> dict[Part, Decimal]:
        """What of each ACRN is obligated and not used, in whole cents."""
        return {
            part: self.left(part).quantize(CENT, ROUND_DOWN)
            for part in self.parts(number)
        }

    def owed(self, number: int) -> Decimal:
        """Used, funded, and not accepted yet."""
        return sum((self.payable(part) for part in self.parts(number)), Decimal(0)) - (
            self.sum("accepted", number)
        )

    def kept(self, number: int, granted: Decimal) -> dict[Part, Decimal]:
        """What a settlement takes of each ACRN's free funds, who pays first first."""
        found = {}
        for part, free in self.free_of_order(number).items():
            found[part] = min(free, granted)
            granted -= found[part]
        return found

    def give_back(self, number: int, *, keep: Decimal = Decimal(0)) -> None:
        """What is free goes back to its pot; ``keep`` stays with who pays first."""
        for part, free in self.free_of_order(number).items():
            stays = min(free, keep)
            keep -= stays
            self.add("obligated", part, stays - free)

    def room(self) -> Decimal:
        """What may still be ordered under the contract, in dollars."""
        return self.ceiling - self.sum("ordered")

    def tokens_room(self) -> int:
        return self.tokens_allowed - int(self.sum("tokens ordered"))

    # Tokens

    def place_anew(self, number: int, prices: dict[str, Decimal]) -> None:
        """Draw all usage of an order on its funds, in the order in which it was used.

        What they do not carry is drawn on nothing. What is accepted stays with who
        pays first, and the first tokens of its class are taken for it.

        :param prices: dollars per million tokens by token class
        """
        order, own = self.orders[number], self.parts(number)
        self.entries = [
            each
            for each in self.entries
            if each[0] not in _OF_USAGE or each[1] not in (number, *own)
        ]
        kept = dict(order.kept)
        for code, tokens in kept.items():
            self._draw(number, own[0], prices[code], tokens)
        for _, _, code, tokens in sorted(order.calls, key=lambda call: call[1]):
            stays = min(tokens, kept.get(code, 0))
            if stays:
                kept[code] -= stays
            self._place(number, prices[code], tokens - stays)

    def _place(self, number: int, price: Decimal, tokens: int) -> None:
        """First come, first served: whole tokens, as many as each ACRN pays for."""
        own = self.parts(number)
        for part in own:
            used = self.sum("tokens consumed", number)
            allowed = int(self.sum("tokens ceiling", number) - used)
            fits = min(tokens, allowed, int(self.left(part) * 1_000_000 // price))
            if fits > 0:
                self._draw(number, part, price, fits)
                tokens -= fits
        if tokens:
            self.add("unfunded", own[-1], price * tokens / 1_000_000)
            self.add("tokens unfunded", number, tokens)

    def _draw(self, number: int, part: Part, price: Decimal, tokens: int) -> None:
        self.add("used", part, price * tokens / 1_000_000)
        self.add("tokens consumed", number, tokens)


_OF_USAGE = {"used", "tokens consumed", "unfunded", "tokens unfunded"}
