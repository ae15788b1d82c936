"""Rating anew, on values: what tokens cost by what is known now, and what that changes.

A rated line stands at a price of an order line. The same rules that rate a call when it
arrives say what it would be now; where that differs, the tokens move to another price
or line. Exact: tokens are whole, and a price is never rounded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from contracting.core.canonical import content_sha256
from contracting.core.quantities import Dollars, Tokens, UnitPrice, total_dollars
from contracting.ledger.states import Delta, Holder, Position
from contracting.metering.calculations import Attributed, ledger_key
from contracting.orders.models import HOLDER_OF_A_LINE


@dataclass(frozen=True, slots=True, order=True)
class Price:
    """Where tokens stand: an order line, a price row, dollars per million on it."""

    order_line_id: int
    rate_row_id: int
    usd_per_million_tokens: Decimal

    def of(self, tokens: int) -> Dollars:
        """What so many tokens cost, exactly."""
        return UnitPrice(self.usd_per_million_tokens).of(Tokens(tokens))


@dataclass(frozen=True, slots=True)
class Stand:
    """A class of a call, or of a correction of it, as it is rated now.

    ``price`` has every run so far in it; ``drawn_at`` is without adjustments, and what
    the funds were drawn on for, since the rating or run of ``drawn_since``.
    """

    source_id: int
    event_id: str
    token_class_code: str
    price: Price
    drawn_at: Price
    tokens: int
    occurred_at: datetime
    accounting_day: date
    rated_at: datetime
    drawn_since: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """The same tokens at another price."""

    stand: Stand
    price: Price
    is_closed: bool

    @property
    def before(self) -> Dollars:
        """What they cost until now."""
        return self.stand.price.of(self.stand.tokens)

    @property
    def after(self) -> Dollars:
        """What they cost from now on."""
        return self.price.of(self.stand.tokens)

    def is_closed_on_steps(self, terms: Terms) -> bool:
        """Whether it is closed, and depends on what all other calls have used.

        Its own price says then nothing of what it was accepted at.
        """
        rows = self.stand.price.rate_row_id, self.price.rate_row_id
        return self.is_closed and any(terms[row][_STEPS] for row in rows)


Terms = Mapping[int, tuple[Any, ...]]
"""What each price row says beside its price: model, tier, steps, what it burns."""

_STEPS: Final = 2


def prices_of(outcome: Attributed) -> dict[str, Price]:
    """Where each class of a call stands by what is known now."""
    return {
        line.token_class_code: Price(
            line.rate.order_line_id,
            line.rate.rate_row_id,
            line.rate.price.usd_per_million_tokens,
        )
        for line in outcome.lines
    }


def changes_of(
    stands: Iterable[Stand],
    prices: Mapping[str, Price],
    terms: Terms,
    is_closed: Callable[[Stand], bool],
) -> Iterator[Change]:
    """What becomes of the lines of a call and its corrections.

    A price row that took another's place and says the same changes nothing.

    :param prices: of each class; a class that is not in it stays as it is
    """
    for stand in stands:
        price = prices.get(stand.token_class_code)
        if price is None or not stand.tokens:
            continue
        if _is_same(stand.price, price, terms):
            continue
        yield Change(stand, price, is_closed(stand))


def _is_same(old: Price, new: Price, terms: Terms) -> bool:
    return (
        old.order_line_id == new.order_line_id
        and old.usd_per_million_tokens == new.usd_per_million_tokens
        and terms[old.rate_row_id] == terms[new.rate_row_id]
    )


@dataclass(slots=True)
class Sum:
    """Rated lines and tokens of a day, class and pair of prices."""

    lines: int = 0
    tokens: int = 0


@dataclass(frozen=True, slots=True, order=True)
class DayOfPrices:
    """A day, a class, the old price and the new one: a row of the report."""

    day: date
    token_class_code: str
    old: Price
    new: Price
    is_closed: bool


def report(changes: Iterable[Change]) -> dict[DayOfPrices, Sum]:
    """The changes by day, class and pair of prices, in order."""
    found: dict[DayOfPrices, Sum] = defaultdict(Sum)
    for each in changes:
        stand = each.stand
        key = DayOfPrices(
            stand.accounting_day,
            stand.token_class_code,
            stand.price,
            each.price,
            each.is_closed,
        )
        found[key].lines += 1
        found[key].tokens += stand.tokens
    return dict(sorted(found.items()))


def report_sha256(found: Mapping[DayOfPrices, Sum]) -> str:
    """SHA-256 of a report: whoever approves it sees what is posted."""
    return content_sha256(
        [
            [key.day, key.token_class_code, *_plain(key.old), *_plain(key.new)]
            + [key.is_closed, sums.lines, sums.tokens]
            for key, sums in found.items()
        ]
    )


def _plain(price: Price) -> list[Any]:
    return [
        price.order_line_id,
        price.rate_row_id,
        str(price.usd_per_million_tokens.normalize()),
    ]


def deltas_of_changes(
    changes: Iterable[Change],
    sources: Mapping[int, str],
    burns: Mapping[int, Decimal],
) -> list[Delta]:
    """What the roller takes back at each old price and adds at the new one.

    Adjustments are none: what is closed stays drawn as it is.

    :param sources: codes of sources by number
    :param burns: what a price row of a pool burns per million tokens
    """
    found: dict[tuple[Price, datetime, date], list[_Moved]] = defaultdict(list)
    for each in changes:
        stand = each.stand
        if each.is_closed:
            continue
        at = stand.occurred_at.astimezone(UTC)
        hour = at.replace(minute=0, second=0, microsecond=0)
        place = Position(stand.occurred_at, sources[stand.source_id], stand.event_id)
        for price, sign in ((stand.price, -1), (each.price, 1)):
            moved = sign, sign * stand.tokens, place
            found[price, hour, stand.accounting_day].append(moved)
    return [
        _delta(price, hour, day, moved, burns)
        for (price, hour, day), moved in sorted(found.items())
    ]


_Moved = tuple[int, int, Position]
"""A rated line that goes (-1) or comes (+1), its tokens signed so, and its place."""


def _delta(
    price: Price,
    hour: datetime,
    day: date,
    moved: list[_Moved],
    burns: Mapping[int, Decimal],
) -> Delta:
    tokens = sum(count for _, count, _ in moved)
    places = [place for _, _, place in moved]
    return Delta(
        holder=Holder(HOLDER_OF_A_LINE, price.order_line_id),
        key=ledger_key(price.rate_row_id),
        unit_price=UnitPrice(price.usd_per_million_tokens),
        rate_row_id=price.rate_row_id,
        hour=hour,
        day=day,
        events=sum(sign for sign, _, _ in moved),
        tokens=tokens,
        dollars=price.of(tokens),
        first=min(places),
        last=max(places),
        acu_per_million_tokens=burns.get(price.rate_row_id),
        is_correction=True,
    )


def change_in_dollars(changes: Iterable[Change], *, is_closed: bool) -> Dollars:
    """What the open ones, or the closed ones, change in dollars, exactly."""
    return total_dollars(
        each.after - each.before for each in changes if each.is_closed is is_closed
    )
