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
    is_ended: bool = False
    is_closed: bool = False
    is_billed: bool = False
    has_suspense: bool = False
    owes_settlement: bool = False
    calls: list[tuple[str, datetime, str, int]] = field(default_factory=list)
    """Operation id, instant, token class and tokens of each."""

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

    def add(self, figure: str, where: object, amount: Decimal | int) -> None:
        self.entries.append((figure, where, Decimal(amount)))

    def sum(self, figure: str, *places: object) -> Decimal:
        """All entries of a figure, or those at these places."""
        return sum(
            (
                amount
                for name, where, amount in self.entries
                if name == figure and (not places or where in places)
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

    def funded_shares(
        self, number: int, price: Decimal, tokens: int
    ) -> list[tuple[Part, int]]:
        """How many whole tokens each ACRN pays for, first come first served."""
        used = self.sum("tokens consumed", number)
        allowed = int(self.sum("tokens ceiling", number) - used)
        shares = []
        for part in self.parts(number):
            fits = min(tokens, allowed, int(self.left(part) * 1_000_000 // price))
            if fits > 0:
                shares.append((part, fits))
                tokens, allowed = tokens - fits, allowed - fits
        return shares

    def use(self, number: int, price: Decimal, tokens: int) -> None:
        """Draw usage on the funds, and what they do not carry on nothing."""
        own, rest = self.parts(number), tokens
        for part, fits in self.funded_shares(number, price, tokens):
            self.add("consumed", part, price * fits / 1_000_000)
            self.add("tokens consumed", number, fits)
            rest -= fits
        if rest:
            self.add("unfunded", own[-1], price * rest / 1_000_000)
            self.add("tokens unfunded", number, rest)
