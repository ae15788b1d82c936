"""Attribution and rating of events on values: whose usage it is, at which price.

Pure: what is known is handed in as a :class:`Book`; what comes out is either an
attribution with exact prices, or the reason why the event is held. Nothing is ever
priced at zero because a price is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from contracting.core.periods import Period, accounting_day
from contracting.core.quantities import Dollars, Tokens, UnitPrice, total_dollars
from contracting.metering.states import Basis, HoldReason

ANY_LENGTH: Final = "ALL"
MOST_DOLLARS_OF_A_CALL: Final = Dollars(1_000_000)
"""A call that costs more is a fault of its source; a person looks at it first."""

LEDGER_PREFIX: Final = "rate "
"""With it begins what the ledger calls metered usage, at whatever price."""


def ledger_key(rate_row_id: int) -> str:
    """How the ledger calls usage at one price of an order line."""
    return f"{LEDGER_PREFIX}{rate_row_id}"


@dataclass(frozen=True, slots=True)
class Rate:
    """A price on an order line for a while."""

    order_line_id: int
    rate_row_id: int
    model_id: int
    token_class_code: str
    tier: str
    context_band: str
    boundary: str
    starts_at: datetime
    ends_at: datetime | None
    price: UnitPrice
    acu_per_million_tokens: Decimal | None = None

    def fits(self, event: Measured, model_id: int, code: str, at: datetime) -> bool:
        """Whether this can be the price of that class of that event."""
        return (
            self.token_class_code == code
            and self.model_id == model_id
            and self.tier == event.tier
            and self.context_band in (event.context_band, ANY_LENGTH)
            and self.boundary == event.boundary
            and event.order_line_id in (None, self.order_line_id)
            and self.starts_at <= at
            and (self.ends_at is None or at < self.ends_at)
        )


@dataclass(frozen=True, slots=True)
class KnownOrder:
    """What metering knows of an order: its period, its zone and its prices."""

    order_id: int
    contract_id: int
    time_zone: str
    period: Period
    rates: tuple[Rate, ...]
    boundary: str = ""
    is_closed: bool = False
    stops: tuple[tuple[datetime, datetime | None], ...] = ()

    def is_stopped_at(self, instant: datetime) -> bool:
        """Whether work was stopped then; a stop holds until the work goes on."""
        return any(
            since <= instant and (until is None or instant < until)
            for since, until in self.stops
        )


@dataclass(frozen=True, slots=True)
class Measured:
    """An event as it was stored, or as a person says what it was.

    ``order_line_id`` is the line on which it counts, where somebody has said so.
    """

    event_id: str
    occurred_at: datetime
    order_ref: str
    model_served: str
    tier: str
    context_band: str
    boundary: str
    basis: str
    lines: tuple[tuple[str, int], ...]
    unknown_class: str = ""
    order_line_id: int | None = None


@dataclass(frozen=True, slots=True)
class RatedLine:
    """One class of one event at its exact price."""

    token_class_code: str
    rate: Rate
    tokens: Tokens
    dollars: Dollars


@dataclass(frozen=True, slots=True)
class Attributed:
    """Whose usage an event is, and what it costs.

    Each class counts on the order line that prices it; a call whose input and output
    are ordered on two lines counts on both.
    """

    order: KnownOrder
    model_id: int
    accounting_day: date
    lines: tuple[RatedLine, ...]

    @property
    def order_line_id(self) -> int:
        """The first of the order lines on which it counts."""
        return min(line.rate.order_line_id for line in self.lines)


@dataclass(frozen=True, slots=True)
class Held:
    """Why an event stays in suspense."""

    reason: str
    detail: str


FindOrder = Callable[[str], KnownOrder | None]
FindModel = Callable[[str, date], int | None]


def attribute(
    event: Measured, *, find_order: FindOrder, find_model: FindModel
) -> Attributed | Held:
    """Decide whose usage an event is and rate it exactly, or say why not.

    The price is the one of the row whose period contains the instant of the call, on
    the order's own line; a missing name or price holds the event (R-MET-08, R-MET-09).
    A class of which nothing was used needs no price. Usage of an order that is closed
    out is held too: its completion statement has been signed.
    """
    if event.basis != Basis.MEASURED:
        return Held(HoldReason.NOT_MEASURED, event.basis)
    if event.unknown_class:
        return Held(HoldReason.UNKNOWN_CLASS, event.unknown_class)
    order = find_order(event.order_ref)
    if order is None:
        return Held(HoldReason.UNKNOWN_ORDER, event.order_ref)
    if order.is_closed:
        return Held(HoldReason.ORDER_CLOSED, event.order_ref)
    if not order.period.contains(event.occurred_at):
        return Held(HoldReason.OUT_OF_PERIOD, event.order_ref)
    if order.is_stopped_at(event.occurred_at):
        return Held(HoldReason.WORK_STOPPED, event.order_ref)
    day = accounting_day(event.occurred_at, order.time_zone)
    model_id = find_model(event.model_served, day)
    if model_id is None or not any(r.model_id == model_id for r in order.rates):
        return Held(HoldReason.UNKNOWN_MODEL, event.model_served)
    within = replace(event, boundary=event.boundary or order.boundary)
    return _rate(within, order, model_id, day)


def _rate(
    event: Measured, order: KnownOrder, model_id: int, day: date
) -> Attributed | Held:
    rated = []
    for code, count in event.lines:
        found = _rates_of(event, order, model_id, code)
        if count and len(found) != 1:
            reason = HoldReason.SEVERAL_LINES if found else HoldReason.NO_RATE
            return Held(reason, f"{event.model_served} {code}")
        if len(found) == 1:
            tokens = Tokens(count)
            rated.append(RatedLine(code, found[0], tokens, found[0].price.of(tokens)))
    if not rated:
        return Held(HoldReason.NO_RATE, "nothing was counted")
    price = total_dollars(line.dollars for line in rated)
    if price > MOST_DOLLARS_OF_A_CALL:
        return Held(HoldReason.IMPLAUSIBLE, f"{event.model_served} {price}")
    return Attributed(order, model_id, day, tuple(rated))


def _rates_of(
    event: Measured, order: KnownOrder, model_id: int, code: str
) -> list[Rate]:
    """The prices that fit; one for any length holds where none for the band does."""
    fitting = [
        rate
        for rate in order.rates
        if rate.fits(event, model_id, code, event.occurred_at)
    ]
    exact = [rate for rate in fitting if rate.context_band == event.context_band]
    return exact or fitting


def crossed(
    before: Mapping[str, Dollars], after: Mapping[str, Dollars], percents: Iterable[int]
) -> list[int]:
    """Which shares of the obligated funds were crossed between two balances.

    Both mappings hold ``obligated`` and ``consumed``. A modification that adds funds
    lowers the share, so that the same percentage can be crossed again.
    """

    def reached(balance: Mapping[str, Dollars], percent: int) -> bool:
        limit = balance["obligated"].amount * percent
        return limit > 0 and balance["consumed"].amount * 100 >= limit

    return [p for p in percents if reached(after, p) and not reached(before, p)]
