"""An order that asks before each call, and stops hard at its limit.

The calls are the real ones, in the order and at the distance of their time stamps. What
the gate should answer to each is told beforehand from the prices alone, in another way
than the gate decides it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

from contracting.contracts.models import Contract
from contracting.core.actors import SYSTEM
from contracting.core.quantities import Dollars, Tokens, total_dollars
from contracting.metering.calculations.worst import Ask
from contracting.metering.models import FundsNotice
from contracting.metering.operations.authorize import Grant, authorize_usage
from contracting.metering.operations.choose import choose_control
from contracting.metering.operations.fold_all import fold_all
from contracting.metering.operations.record_heartbeat import record_heartbeat
from contracting.metering.operations.settle import SETTLED, Settled, Spent, settle_usage
from contracting.metering.states import ControlMode
from contracting.operate.story import compete, hold, procure, times, truth
from contracting.operate.story.cast import SOURCE, Cast
from contracting.operate.story.times import Calendar
from contracting.operate.story.truth import Call, Truth
from contracting.orders.models import TaskOrder

TITLE: Final = "Try-out of the archive search, with a hard stop"
FUNDS: Final = Dollars("4.00")
ORDER_TOKENS: Final = Tokens(24_000_000)
LIMITS: Final = (256, 2_048)
"""Short and long answers: the limit that is sent with a call is one of these."""

NOTICES: Final = (50, 75, 85, 90)
"""The shares of the funds at which people are told unless a contract says otherwise."""

TOGETHER: Final = timedelta(seconds=2)
"""Calls within so short a time wait for the gate together."""

GOES_ON: Final = timedelta(seconds=20)
"""So long it is asked on after the first refusal."""

_ORDERED: Final = -3
_USED: Final = -1


@dataclass(slots=True)
class Stop:
    """What became of the calls, and what should have."""

    order: TaskOrder
    funds: Dollars = FUNDS
    used: Dollars = Dollars()
    granted: list[int] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    foretold: int | None = None
    stopped_at: datetime | None = None
    refusal: str = ""
    notices: list[tuple[int, datetime]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def as_row(self) -> dict[str, Any]:
        """As the summary has it."""
        return {
            "order": self.order.piid or "",
            "funds_usd": self.funds.plain(),
            "used_usd": self.used.plain(),
            "calls_granted": len(self.granted),
            "calls_refused": len(self.refused),
            "stopped_at_call": self.refused[0] if self.refused else None,
            "foretold_call": self.foretold,
            "stopped_at": self.stopped_at.isoformat() if self.stopped_at else None,
            "refusal": self.refusal,
            "notices": [
                {"percent": percent, "at": at.isoformat()}
                for percent, at in self.notices
            ],
        }


def order(cast: Cast, calendar: Calendar, contract: Contract) -> TaskOrder:
    """A small order whose gate is hard."""
    made = hold.order(
        cast,
        calendar,
        contract,
        offset=_ORDERED,
        title=TITLE,
        clin="0001",
        tokens=ORDER_TOKENS,
        dollars=FUNDS,
    )
    choose_control(
        order_id=made.pk,
        mode=ControlMode.HARD,
        lease_seconds=600,
        reason="No call may pass the funds.",
        by=cast["contracting_officer"],
        at=calendar.at(_USED, 9),
    )
    return made


def replay(cast: Cast, calendar: Calendar, task_order: TaskOrder) -> Stop:
    """Ask for each call and settle what is granted, until a little past the stop."""
    told = _told(calendar)
    stop = Stop(task_order)
    expected = dict(foretell(told.calls, told))
    # Its gateway has been silent: it says that it is there, or it would get no room.
    record_heartbeat(
        source_id=cast.source_id,
        watermark=told.start,
        by=cast.gateway,
        at=told.calls[0].occurred_at,
    )
    stop.foretold = next(row for row, fits in expected.items() if not fits)
    for at, calls in _together(told.calls):
        if stop.stopped_at is not None and at > stop.stopped_at + GOES_ON:
            break
        granted = _ask(cast, task_order, calls, stop, at)
        _settle(cast, told, task_order, granted, stop, at)
        fold_all(by=SYSTEM, at=at, wait=True)
    stop.notices = list(
        FundsNotice.objects.filter(order=task_order)
        .order_by("percent")
        .values_list("percent", "given_at")
    )
    stop.wrong = list(_wrong(stop, expected))
    return stop


def foretell(calls: Iterable[Call], told: Truth) -> Iterator[tuple[int, bool]]:
    """By the row of each call whether it fits, told from funds and prices alone."""
    dearest_input = max(told.prices[name].of(Tokens(1)).amount for name in _GIVEN)
    dearest_output = max(told.prices[name].of(Tokens(1)).amount for name in _MADE)
    used = Decimal(0)
    for _at, together in _together(calls):
        reserved, spent = Decimal(0), Decimal(0)
        for call in together:
            worst = dearest_input * _input(call) + dearest_output * _limit(call)
            fits = used + reserved + worst <= FUNDS.amount
            if fits:
                reserved += worst
                spent += told.price_of(call.tokens).amount
            yield call.row, fits
        used += spent


_GIVEN: Final = (truth.UNCACHED, truth.CACHED)
_MADE: Final = (truth.TEXT, truth.REASONING)


def _told(calendar: Calendar) -> Truth:
    shift = calendar.day(_USED) - times.TRACE_DAY
    return truth.read_truth(
        day_shift=timedelta(days=shift.days),
        prices=compete.NORTHLIGHT_PRICES,
        wrong_price=compete.NORTHLIGHT_PRICES[truth.TEXT],
    )


def _together(calls: Iterable[Call]) -> Iterator[tuple[datetime, list[Call]]]:
    """Calls that wait together, with the instant at which the last of them asks."""

    def window(call: Call) -> int:
        return int(call.occurred_at.timestamp() // TOGETHER.total_seconds())

    for _window, group in groupby(calls, key=window):
        found = list(group)
        yield found[-1].occurred_at, found


def _input(call: Call) -> int:
    return sum(call.tokens[name] for name in _GIVEN)


def _limit(call: Call) -> int:
    made = sum(call.tokens[name] for name in _MADE)
    return next(limit for limit in LIMITS if made <= limit)


def _name(call: Call) -> str:
    return f"tryout-{call.row:06d}"


def _ask(
    cast: Cast, task_order: TaskOrder, calls: Sequence[Call], stop: Stop, at: datetime
) -> list[Call]:
    answers = authorize_usage(
        source_id=cast.source_id,
        asks=[
            Ask(
                reservation_id=_name(call),
                order_ref=task_order.public_id,
                model=procure.MODEL,
                input_tokens_max=_input(call),
                output_tokens_max=_limit(call),
                tier="STANDARD",
                boundary=procure.BOUNDARY,
            )
            for call in calls
        ],
        by=cast.gateway,
        at=at,
    )
    granted = []
    for call, answer in zip(calls, answers, strict=True):
        if isinstance(answer, Grant):
            granted.append(call)
            continue
        if stop.stopped_at is None:
            stop.stopped_at, stop.refusal = at, answer.message
        stop.refused.append(call.row)
    stop.granted += [call.row for call in granted]
    return granted


def _settle(
    cast: Cast,
    told: Truth,
    task_order: TaskOrder,
    calls: Sequence[Call],
    stop: Stop,
    at: datetime,
) -> None:
    """The answers are there: each call is settled with what it really used."""
    payload = truth.gateway_events(
        told,
        calls,
        source=SOURCE,
        order=task_order.public_id,
        model=procure.MODEL,
        unknown_model=procure.MODEL,
        boundary=procure.BOUNDARY,
    )
    events = [json.loads(line) for line in payload.splitlines() if line]
    spent = [
        Spent(_name(call), event | {"id": _name(call)})
        for call, event in zip(calls, events, strict=True)
    ]
    if not spent:
        return
    for answer in settle_usage(
        source_id=cast.source_id, calls=spent, by=cast.gateway, at=at
    ):
        if not isinstance(answer, Settled) or answer.state != SETTLED:
            stop.wrong.append(f"A call of the hard stop was not settled: {answer}.")
            continue
        stop.used = total_dollars([stop.used, answer.dollars])


def _wrong(stop: Stop, expected: dict[int, bool]) -> Iterator[str]:
    """What did not come out as the prices foretold."""
    yield from stop.wrong
    asked = dict.fromkeys(stop.granted, True) | dict.fromkeys(stop.refused, False)
    amiss = sorted(row for row, fits in asked.items() if expected[row] != fits)
    if amiss:
        yield f"The gate answered call {amiss[0]} otherwise than the prices foretold."
    if not stop.refused or stop.stopped_at is None:
        yield "The order was not stopped at its limit."
        return
    if stop.used.amount > stop.funds.amount:
        yield f"The order used {stop.used} of {stop.funds}."
    before = [percent for percent, at in stop.notices if at < stop.stopped_at]
    if before != list(NOTICES):
        yield f"Before the stop notice was given at {before} percent."
