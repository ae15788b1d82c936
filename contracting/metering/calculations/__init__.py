"""Attribution and rating of events on values: whose usage it is, at which price.

Pure: what is known is handed in as a :class:`Book`; what comes out is either an
attribution with exact prices, or the reason why the event is held. Nothing is ever
priced at zero because a price is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from contracting.core.periods import Period, accounting_day
from contracting.core.quantities import Dollars, Tokens, UnitPrice, total_dollars
from contracting.metering.calculations.terms import (
    NO_CAP,
    Authorized,
    Cap,
    Charging,
    KnownKey,
    Record,
    Reserve,
    cap_for,
    charging_for,
    is_lapsed,
    outcome_of,
    record_for,
)
from contracting.metering.states import Basis, HoldReason, Outcome, Provenance

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
    records: tuple[Record, ...] = ()
    authorized: tuple[Authorized, ...] = ()
    caps: tuple[Cap, ...] = ()
    charging: tuple[Charging, ...] = ()
    default_charging: tuple[Charging, ...] = ()
    names: frozenset[str] = frozenset()
    """The opaque id and the number by which an event may name it."""

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
    is_said: bool = False
    """Whether a person has said which order it belongs to, whatever its key."""

    source_id: int = 0
    key_ref: str = ""
    model_requested: str = ""
    model_billed: str = ""
    provenance: str = ""
    outcome: str = ""
    requests: int = 1
    latency_ms: int | None = None
    released: frozenset[str] = frozenset()
    """Reasons for which it is not held any more, because somebody has let it pass."""

    def is_held_for(self, reason: str) -> bool:
        """Whether this reason may still hold it."""
        return reason not in self.released


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
    uncharged: tuple[RatedLine, ...] = ()
    """Tokens that its outcome makes free, at the price that they would have had."""
    charging: Charging | None = None
    cap: Cap = NO_CAP
    is_witness: bool = False
    """Another source is of record: it is compared and never consumed."""

    has_record: bool = False
    """Whether it is known which source is of record."""

    @property
    def order_line_id(self) -> int:
        """The first of the order lines on which it counts."""
        both = (*self.lines, *self.uncharged)
        return min(line.rate.order_line_id for line in both)

    @property
    def tokens(self) -> int:
        """All tokens of the call, whether they are charged or not."""
        return sum(line.tokens.count for line in (*self.lines, *self.uncharged))


@dataclass(frozen=True, slots=True)
class Held:
    """Why an event stays in suspense, and what it may come to at the most."""

    reason: str
    detail: str
    order_id: int | None = None
    reserve: Reserve | None = None


FindOrder = Callable[[str], KnownOrder | None]
FindModel = Callable[[str, date], int | None]
FindKey = Callable[[str, datetime], KnownKey | None]
FindCap = Callable[[int], Cap]


def attribute(
    event: Measured,
    *,
    find_order: FindOrder,
    find_model: FindModel,
    find_key: FindKey = lambda _key, _at: None,
    find_cap: FindCap = lambda _model: NO_CAP,
) -> Attributed | Held:
    """Decide whose usage an event is and rate it exactly, or say why not.

    The price is the one of the row whose period contains the instant of the call, on
    the order's own line; a missing name or price holds the event (R-MET-08, R-MET-09).
    A class of which nothing was used needs no price. Usage of an order that is closed
    out is held too: its completion statement has been signed. An estimate is never
    billable (R-MET-03), a call beyond the limits (R-MET-06) or on a boundary whose
    authorization has lapsed (R-AI-02) waits for somebody to let it pass.
    """
    uncounted = _uncounted(event)
    if uncounted and event.is_held_for(HoldReason.NOT_MEASURED):
        return Held(HoldReason.NOT_MEASURED, uncounted)
    if event.unknown_class:
        return Held(HoldReason.UNKNOWN_CLASS, event.unknown_class)
    found = whose(event, find_order=find_order, find_key=find_key)
    if isinstance(found, Held):
        return found
    order, event = found
    unfit = _unfit(event, order)
    if unfit is not None:
        return unfit
    day = accounting_day(event.occurred_at, order.time_zone)
    model_id = _model_of(event, order, day, find_model)
    if isinstance(model_id, Held):
        return model_id
    within = replace(event, boundary=event.boundary or order.boundary)
    lapsed = is_lapsed(order.authorized, within.boundary, event.occurred_at)
    if lapsed and event.is_held_for(HoldReason.AUTHORIZATION_LAPSED):
        return Held(HoldReason.AUTHORIZATION_LAPSED, within.boundary)
    cap = cap_for(order.caps, find_cap(model_id), model_id, event.occurred_at)
    too_much = cap.exceeded_by(event.lines, event.requests)
    if too_much and event.is_held_for(HoldReason.BEYOND_LIMITS):
        return Held(HoldReason.BEYOND_LIMITS, too_much)
    return _rate(within, order, model_id, day, cap)


def _uncounted(event: Measured) -> str:
    """In which way nobody has counted the tokens; blank if somebody has (R-MET-03)."""
    if event.basis != Basis.MEASURED:
        return event.basis
    if event.provenance == Provenance.ESTIMATED:
        return Basis.ESTIMATED
    return ""


def whose(
    event: Measured, *, find_order: FindOrder, find_key: FindKey
) -> tuple[KnownOrder, Measured] | Held:
    """The order that an event belongs to, by its key or by what it names; no guess.

    A key that is mapped decides; an event that names another order contradicts it.
    """
    has_key = bool(event.key_ref) and not event.is_said
    key = find_key(event.key_ref, event.occurred_at) if has_key else None
    if key is None and not event.order_ref:
        return Held(HoldReason.UNKNOWN_KEY, event.key_ref or "no key and no order")
    order = find_order(key.order_ref if key else event.order_ref)
    if order is None:
        return Held(HoldReason.UNKNOWN_ORDER, event.order_ref)
    if key is None:
        return order, event
    if event.order_ref and event.order_ref not in order.names:
        return Held(HoldReason.KEY_CONTRADICTS, event.key_ref)
    if event.order_line_id is None:
        event = replace(event, order_line_id=key.order_line_id)
    return order, event


def _unfit(event: Measured, order: KnownOrder) -> Held | None:
    """Why nothing of this order, or of this source, is charged at that instant."""
    at, named = event.occurred_at, event.order_ref or event.key_ref
    if order.is_closed:
        return Held(HoldReason.ORDER_CLOSED, named)
    if not order.period.contains(at):
        return Held(HoldReason.OUT_OF_PERIOD, named)
    if order.is_stopped_at(at):
        return Held(HoldReason.WORK_STOPPED, named)
    record = record_for(order.records, event.key_ref, at)
    is_other = record is not None and event.source_id not in record.source_ids
    if record and is_other and record.is_first_report:
        return Held(HoldReason.TWO_SOURCES, named)
    return None


def _model_of(
    event: Measured, order: KnownOrder, day: date, find_model: FindModel
) -> int | Held:
    """The model served; what it was billed as must be the same one, by the map.

    Where nobody says what was served, it is what was requested, by the map.
    """
    name = event.model_served or event.model_requested
    model_id = find_model(name, day)
    if model_id is None or not any(r.model_id == model_id for r in order.rates):
        return Held(HoldReason.UNKNOWN_MODEL, name)
    if event.model_billed and find_model(event.model_billed, day) != model_id:
        return Held(HoldReason.MODEL_CONTRADICTS, event.model_billed)
    return model_id


def _rate(
    event: Measured, order: KnownOrder, model_id: int, day: date, cap: Cap
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
    return _charge(event, Attributed(order, model_id, day, tuple(rated), cap=cap))


def _charge(event: Measured, rated: Attributed) -> Attributed | Held:
    """What of a rated call is charged by its outcome, and by this source (R-MET-07)."""
    order, at = rated.order, event.occurred_at
    outcome = outcome_of(event.outcome, event.latency_ms, rated.cap)
    policy = charging_for(order.charging, order.default_charging, outcome, at)
    if policy is None and outcome != Outcome.COMPLETE:
        return Held(HoldReason.UNKNOWN_OUTCOME, outcome)
    record = record_for(order.records, event.key_ref, at)
    rated = replace(
        rated,
        charging=policy,
        is_witness=record is not None and event.source_id not in record.source_ids,
        has_record=record is not None,
    )
    if policy is None:
        return rated
    return replace(
        rated,
        lines=tuple(
            line for line in rated.lines if policy.charges(line.token_class_code)
        ),
        uncharged=tuple(
            line for line in rated.lines if not policy.charges(line.token_class_code)
        ),
    )


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
