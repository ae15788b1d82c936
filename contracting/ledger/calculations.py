"""Arithmetic on values: how usage divides between funds and no funds.

The unit here is the picodollar, 10^-12 dollars. A unit price has at most six decimals
of a dollar per million tokens, so one token costs a whole number of picodollars, every
product is exact in integers, and no digit is ever lost.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar

from contracting.core.periods import fiscal_year
from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.ledger.models import LineOfAccounting
from contracting.ledger.states import Allotted, Consumption, FundsType, Hour, Use

Quantity = TypeVar("Quantity", Dollars, Tokens)


@dataclass(slots=True)
class Share:
    """What one ACRN takes of one key; unfunded is what no limit leaves room for."""

    key: Hashable
    place: int
    funded_tokens: int = 0
    funded_picodollars: int = 0
    unfunded_tokens: int = 0
    unfunded_picodollars: int = 0
    burn: Decimal | None = None


def fold_usage(
    entries: Sequence[Consumption],
    *,
    tokens_left: int,
    funds_left: Sequence[Dollars],
    micro_acu_left: int | None = None,
) -> list[Share]:
    """Draw usage on the funds in the order given, up to the live limit (R-FND-08).

    Each entry draws on the ACRNs in their order of payment. Where a limit falls inside
    it, the largest whole number of tokens whose exact price fits is funded; the rest is
    unfunded in full and stands with the last ACRN. The result depends on the order of
    the entries and not on how they are cut into batches.

    :param tokens_left: room under the line's token ceiling
    :param funds_left: obligated and unused dollars by ACRN, in order of payment
    :param micro_acu_left: room in the pool, where the line is one
    """
    limits = _Limits(
        tokens_left,
        [picodollars(funds) for funds in funds_left],
        None if micro_acu_left is None else micro_acu_left * _PICO_OF_MICRO,
    )
    shares: dict[tuple[Hashable, int], Share] = {}
    for entry in entries:
        price = picodollars_per_token(entry.unit_price)
        burn = pico_acu_per_token(entry.acu_per_million_tokens)
        rest = entry.tokens.count
        for place, fits in limits.draw(rest, price, burn):
            rest -= fits
            share = _share(shares, entry, place)
            share.funded_tokens += fits
            share.funded_picodollars += fits * price
        if rest:
            share = _share(shares, entry, len(funds_left) - 1)
            share.unfunded_tokens += rest
            share.unfunded_picodollars += rest * price
        elif not entry.tokens:
            _share(shares, entry, 0)
    return list(shares.values())


@dataclass(slots=True)
class _Limits:
    """What is left under each limit, while tokens are drawn on it.

    Funds are in the unit of the prices that are drawn, the pool in pico-ACU.
    """

    tokens: int
    funds: list[int]
    units: int | None

    def draw(self, tokens: int, price: int, burn: int) -> list[tuple[int, int]]:
        """Which ACRN takes how many of the tokens; for the rest there is no room."""
        taken = []
        for place, funds in enumerate(self.funds):
            fits = min(tokens, self.tokens)
            if price:
                fits = min(fits, funds // price)
            if burn and self.units is not None:
                fits = min(fits, self.units // burn)
            if fits > 0:
                self.funds[place] -= fits * price
                self.tokens -= fits
                tokens -= fits
                if self.units is not None:
                    self.units -= fits * burn
                taken.append((place, fits))
        return taken

    def leave_no_choice(self, uses: Sequence[tuple[int, int]]) -> bool:
        """Whether what fits is the same in whatever order these are drawn.

        :param uses: tokens and price of each
        """
        if len(uses) < 2 or self.tokens <= 0:
            return True
        if sum(tokens for tokens, _ in uses) > self.tokens:
            return False
        priced = [(tokens, price) for tokens, price in uses if price]
        least = min((price for _, price in priced), default=0)
        open_ = next((funds for funds in self.funds if funds >= least), None)
        cost = sum(tokens * price for tokens, price in priced)
        return open_ is None or cost <= open_


Price = tuple[str, int]
"""The key of usage, and what a token of it costs in picodollars."""

Spot = tuple[str, int, int, bool]
"""A price, the place of an ACRN in the order of payment, and whether it pays."""


@dataclass(frozen=True, slots=True)
class Folded:
    """Tokens by spot, and what is kept of a price without usage to stand for it."""

    tokens: dict[Spot, int]
    kept_too_much: dict[Price, int]


def fold_hours(
    hours: Iterable[Hour],
    *,
    tokens_left: int,
    funds_left: Sequence[Dollars],
    kept: Mapping[Price, int],
    calls_of: Callable[[Hour], Iterable[Use]],
) -> Folded:
    """Draw usage on the funds in the order of time, opening what the order decides.

    The outcome is that of :func:`fold_usage` over every single call. An hour that fits
    as a whole, or for which nothing is left, is drawn as a whole.

    :param hours: in the order of time
    :param kept: tokens by price that stand already; the first ones of their price
    :param calls_of: the calls of an hour in their order, summing to it
    """
    limits = _Limits(tokens_left, [picodollars(funds) for funds in funds_left], None)
    skip, drawn = dict(kept), _Drawn(limits, {})
    for hour in hours:
        uses = [(price_of(use), use.tokens) for use in hour.uses]
        left = [(tokens - skip.get(price, 0), price[1]) for price, tokens in uses]
        if limits.leave_no_choice([each for each in left if each[0] > 0]):
            drawn.draw(uses, skip)
        else:
            calls = ((price_of(use), use.tokens) for use in calls_of(hour))
            drawn.draw(calls, skip)
    return Folded(drawn.spots, {price: n for price, n in skip.items() if n})


def price_of(use: Use) -> Price:
    """By what the uses of a line are told apart."""
    return use.key, picodollars_per_token(use.unit_price)


@dataclass(slots=True)
class _Drawn:
    """Limits, and what was drawn on them so far."""

    limits: _Limits
    spots: dict[Spot, int]

    def draw(self, uses: Iterable[tuple[Price, int]], skip: dict[Price, int]) -> None:
        for price, tokens in uses:
            kept = min(tokens, skip.get(price, 0))
            if kept:
                skip[price] -= kept
            rest = tokens - kept
            for place, fits in self.limits.draw(rest, price[1], 0):
                self._add((*price, place, True), fits)
                rest -= fits
            if rest:
                self._add((*price, len(self.limits.funds) - 1, False), rest)

    def _add(self, spot: Spot, tokens: int) -> None:
        self.spots[spot] = self.spots.get(spot, 0) + tokens


def _share(
    shares: dict[tuple[Hashable, int], Share], entry: Consumption, place: int
) -> Share:
    found = shares.get((entry.key, place))
    if found is None:
        found = Share(entry.key, place, burn=entry.acu_per_million_tokens)
        shares[entry.key, place] = found
    return found


@dataclass(slots=True)
class Placed:
    """What of one key one ACRN takes, or, unfunded, no limit leaves room for."""

    key: str
    place: int
    is_funded: bool
    tokens: int = 0
    micro_acu: int = 0
    picodollars: int = 0


def fold_allotted(
    entries: Sequence[Allotted],
    *,
    tokens_left: int,
    funds_left: Sequence[Dollars],
    micro_acu_left: int | None = None,
) -> list[Placed]:
    """Draw what a period run has allotted on the funds, in the order given.

    The same limits as in :func:`fold_usage`, at the right prices. The tokens of one key
    of a pool become micro-ACU once, over all ACRNs and what is unfunded together.
    """
    limits = _Limits(
        tokens_left,
        [picodollars(funds) * _ATTO_OF_PICO for funds in funds_left],
        None if micro_acu_left is None else micro_acu_left * _PICO_OF_MICRO,
    )
    placed: dict[tuple[str, bool, int], Placed] = {}
    priced: dict[str, Allotted] = {}
    for entry in entries:
        priced.setdefault(entry.key, entry)
        price, burn = attodollars_per_token(entry), pico_acu_per_token(entry.burn)
        rest = entry.tokens
        for place, fits in limits.draw(rest, price, burn):
            rest -= fits
            _placed(placed, entry.key, place, is_funded=True).tokens += fits
        if rest:
            last = len(funds_left) - 1
            _placed(placed, entry.key, last, is_funded=False).tokens += rest
    for key, entry in priced.items():
        parts = [each for each in placed.values() if each.key == key]
        parts.sort(key=lambda each: (not each.is_funded, each.place))
        _price(parts, entry)
    _keep_within(placed, priced, funds_left, micro_acu_left)
    return list(placed.values())


def _placed(
    placed: dict[tuple[str, bool, int], Placed],
    key: str,
    place: int,
    *,
    is_funded: bool,
) -> Placed:
    where = (key, is_funded, place)
    if where not in placed:
        placed[where] = Placed(key, place, is_funded)
    return placed[where]


def _price(parts: Sequence[Placed], entry: Allotted) -> None:
    """Units are rounded on the running sum, so that the parts sum to the whole."""
    tokens = units = 0
    for part in parts:
        tokens += part.tokens
        if entry.burn is None:
            price = attodollars_per_token(entry)
            part.picodollars = part.tokens * price // _ATTO_OF_PICO
        else:
            part.micro_acu = micro_acu(tokens, entry.burn) - units
            units += part.micro_acu
            part.picodollars = part.micro_acu * picodollars_per_token_of(entry.price)


def _keep_within(
    placed: dict[tuple[str, bool, int], Placed],
    priced: Mapping[str, Allotted],
    funds_left: Sequence[Dollars],
    micro_acu_left: int | None,
) -> None:
    """Rounding up to a whole unit never passes the funds or the pool.

    What would pass is one unit of a key, and stands unfunded.
    """
    for place, funds in enumerate(funds_left):
        own = [
            each for each in placed.values() if each.is_funded and each.place == place
        ]
        over = sum(each.picodollars for each in own) - picodollars(funds)
        _give_back(placed, priced, own, over, by_units=False)
    if micro_acu_left is not None:
        own = [each for each in placed.values() if each.is_funded]
        over = sum(each.micro_acu for each in own) - micro_acu_left
        _give_back(placed, priced, own, over, by_units=True)


def _give_back(
    placed: dict[tuple[str, bool, int], Placed],
    priced: Mapping[str, Allotted],
    own: Sequence[Placed],
    over: int,
    *,
    by_units: bool,
) -> None:
    for part in own:
        price = picodollars_per_token_of(priced[part.key].price)
        if over > 0 and part.micro_acu and price:
            part.micro_acu -= 1
            part.picodollars -= price
            rest = _placed(placed, part.key, part.place, is_funded=False)
            rest.micro_acu += 1
            rest.picodollars += price
            over -= 1 if by_units else price


def micro_acu(tokens: int, acu_per_million_tokens: Decimal) -> int:
    """Units that tokens burn, in millionths, rounded half-up once."""
    exact = tokens * pico_acu_per_token(acu_per_million_tokens)
    return (2 * exact + _PICO_OF_MICRO) // (2 * _PICO_OF_MICRO)


def burnt(
    tokens: int, acu_per_million_tokens: Decimal, usd_per_acu: Decimal
) -> tuple[int, Dollars]:
    """What tokens burn of a pool in millionths of its unit, and what that costs.

    The units are rounded here, half-up; to be rounded once, tokens come summed by
    class and period.
    """
    units = micro_acu(tokens, acu_per_million_tokens)
    return units, dollars(units * picodollars_per_token_of(usd_per_acu))


def pico_acu_per_token(acu_per_million_tokens: Decimal | None) -> int:
    """A multiplier of 1.5 per million tokens is 1,500,000 pico-ACU a token."""
    if acu_per_million_tokens is None:
        return 0
    return int(acu_per_million_tokens.scaleb(6))


def attodollars_per_token(entry: Allotted) -> int:
    """The exact price of a token, in 10^-18 dollars."""
    if entry.burn is None:
        return int(entry.price.scaleb(12))
    return pico_acu_per_token(entry.burn) * picodollars_per_token_of(entry.price)


def picodollars_per_token_of(price: Decimal) -> int:
    """The same for a price per million tokens, or per unit: by micro-ACU then."""
    return int(price.scaleb(6))


_PICO_OF_MICRO: Final = 1_000_000
_ATTO_OF_PICO: Final = 1_000_000


def spread(amount: Quantity, rooms: Sequence[Quantity]) -> list[Quantity]:
    """Fill the rooms in order until the amount is used up.

    :returns: one part for each room; they sum to the amount if the rooms hold it
    """
    nothing = type(amount)()
    parts, rest = [], amount
    for room in rooms:
        part = min(rest, max(room, nothing))
        parts.append(part)
        rest = rest - part
    return parts


def picodollars_per_token(price: UnitPrice) -> int:
    """A price of $2.50 per million tokens is 2,500,000 picodollars a token."""
    return picodollars_per_token_of(price.usd_per_million_tokens)


def picodollars(amount: Dollars) -> int:
    """The exact amount as a whole number of picodollars."""
    return int(amount.amount.scaleb(12))


def dollars(amount: int) -> Dollars:
    """A whole number of picodollars as dollars."""
    return Dollars(Decimal(amount).scaleb(-12))


def severability_gap(line: LineOfAccounting, begins: date, ends: date) -> str:
    """Why annual funds do not buy a severable service of these days, else nothing.

    It begins in the fiscal year of the funds and lasts twelve months at most; it may
    cross into the next fiscal year (41 U.S.C. 3902). Funds of several years, or without
    a year, are exempt.

    :param begins: first day of the service that the funds buy
    :param ends: its last day
    """
    if line.type_of_funds != FundsType.ANNUAL:
        return ""
    year = fiscal_year(line.funds_available_from)
    if fiscal_year(begins) != year:
        return (
            f"The funds of {line.label} are annual, of fiscal year {year}; the service "
            f"begins on {begins}, in fiscal year {fiscal_year(begins)}."
        )
    if ends >= a_year_after(begins):
        return (
            f"The funds of {line.label} are annual and buy twelve months at most; the "
            f"service runs from {begins} to {ends}."
        )
    return ""


def a_year_after(day: date) -> date:
    """The same day of the next year; 1 March after a leap day."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 3, 1)


BAR_WIDTH: Final = 600


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a bar: its name, where it begins and how wide it is drawn."""

    name: str
    start: str
    width: str


def funds_bar(
    *, available: Dollars, committed: Dollars, obligated: Dollars, expended: Dollars
) -> list[Segment]:
    """What is used, obligated and committed, side by side on a bar of the allotment.

    :returns: the parts in drawing units of :data:`BAR_WIDTH`; free funds are the rest
    """
    segments, start = [], Decimal(0)
    parts = (
        ("expended", expended),
        ("obligated", obligated - expended),
        ("committed", committed),
    )
    for name, part in parts:
        share = part.amount / available.amount if available else Decimal(0)
        width = BAR_WIDTH * min(max(share, Decimal(0)), Decimal(1))
        segments.append(Segment(name, f"{start:.2f}", f"{width:.2f}"))
        start += width
    return segments
