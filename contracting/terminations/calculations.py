"""What is owed when work ends, in dollars and tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from contracting.core.quantities import Dollars, Tokens, total_dollars
from contracting.ledger.queries import LineBalance

CENT: Final = Dollars("0.01")


@dataclass(frozen=True, slots=True)
class Owed:
    """What an order or contract owes at an instant, and what is free of it.

    ``accrued`` was used and funded and is not accepted yet; ``free`` is obligated and
    neither used nor owed.
    """

    accepted: Dollars
    paid: Dollars
    accrued: Dollars
    free: Dollars
    tokens: Tokens

    def plain(self) -> dict[str, Any]:
        """By name, for the record and for paper."""
        return {
            "accepted": self.accepted,
            "paid": self.paid,
            "accrued": self.accrued,
            "free": self.free,
            "tokens": self.tokens,
        }


def owed_of(held: Sequence[LineBalance]) -> Owed:
    """What these balances owe; tokens belong to the line and count once."""
    rows = [each.balance for each in held]
    lines = {row.line_id: row.line for row in rows}.values()
    return Owed(
        accepted=total_dollars(Dollars(row.accepted_dollars) for row in rows),
        paid=total_dollars(Dollars(row.paid_dollars) for row in rows),
        accrued=total_dollars(row.unaccepted for row in rows),
        free=total_dollars(whole_cents(row.funds_left) for row in rows),
        tokens=Tokens(sum(line.consumed_tokens for line in lines)),
    )


def whole_cents(dollars: Dollars) -> Dollars:
    """The whole cents in an exact amount: funds are bound and given back in cents."""
    cents = dollars.to_cents()
    return cents - CENT if cents > dollars else cents


def given_back(
    held: Sequence[LineBalance], kept: Dollars
) -> list[tuple[LineBalance, Dollars]]:
    """What of each balance goes back when ``kept`` stays bound, last to pay first."""
    stays = dict(_staying(held, kept))
    return [
        (each, free - stays.get(place, Dollars()))
        for place, each in enumerate(held)
        if (free := whole_cents(each.balance.funds_left)) > stays.get(place, Dollars())
    ]


def kept_for(
    held: Sequence[LineBalance], kept: Dollars
) -> list[tuple[LineBalance, Dollars]]:
    """On which balances ``kept`` stays bound, first to pay first."""
    return [(held[place], part) for place, part in _staying(held, kept)]


def _staying(
    held: Sequence[LineBalance], kept: Dollars
) -> Iterator[tuple[int, Dollars]]:
    for place, each in enumerate(held):
        part = min(whole_cents(each.balance.funds_left), kept)
        kept -= part
        if part:
            yield place, part
