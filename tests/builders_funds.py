"""Gateways that ask before they spend, on the order of ``tests.builders_metering``.

Its prices are $2 a million tokens of input and $8 of output at the dearest, so 125,000
tokens of output are a dollar.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from contracting.core.actors import SYSTEM, Actor
from contracting.core.errors import Refusal
from contracting.metering.calculations.worst import Ask
from contracting.metering.models import FundsGate
from contracting.metering.operations.authorize import Grant, authorize_usage
from contracting.metering.operations.settle import Spent, settle_usage
from contracting.metering.operations.sweep import sweep_reservations
from contracting.orders.models import TaskOrder
from tests.builders_metering import (
    CALLED_AT,
    DELIVERED_AT,
    MODEL,
    event,
    folded,
    usage_source,
)
from tests.cast import machine

DOLLAR = 125_000
"""Tokens of output that cost a dollar."""


def asking(number: int | str = 1, *, order: TaskOrder | str, **changed: Any) -> Ask:
    """A call that can cost a dollar at most; ``changed`` replaces what is asked."""
    return Ask(
        **{
            "reservation_id": f"call-{number}",
            "order_ref": order if isinstance(order, str) else order.public_id,
            "model": MODEL,
            "input_tokens_max": 0,
            "output_tokens_max": DOLLAR,
            **changed,
        }
    )


def answers(*asks: Ask, at: datetime = CALLED_AT, by: Actor | None = None) -> list[Any]:
    """What the gate answers each of them, all in one transaction."""
    return authorize_usage(
        source_id=usage_source().pk, asks=asks, by=by or machine("gateway"), at=at
    )


def granted(
    number: int | str = 1,
    *,
    order: TaskOrder | str,
    at: datetime = CALLED_AT,
    **changed: Any,
) -> Grant:
    """The grant of one call; a refusal is raised."""
    (answer,) = answers(asking(number, order=order, **changed), at=at)
    if isinstance(answer, Refusal):
        raise answer
    assert isinstance(answer, Grant)
    return answer


def spent(
    number: int | str = 1,
    *,
    order: TaskOrder,
    tokens: Mapping[str, Any] | None = None,
    call: int = 1,
    at: datetime = CALLED_AT,
    **changed: Any,
) -> Spent:
    """What a call used, as its gateway settles it: a dollar of output."""
    counts = {"output": DOLLAR} if tokens is None else tokens
    return Spent(
        reservation_id=f"call-{str(number).partition('.')[0]}",
        event=event(number, order=order, tokens=counts, at=at, **changed),
        call=call,
    )


def settled(
    *calls: Spent, at: datetime = DELIVERED_AT, by: Actor | None = None
) -> list[Any]:
    """What becomes of each call that is settled, and drawn on the funds."""
    found = unfolded(*calls, at=at, by=by)
    folded()
    return found


def unfolded(
    *calls: Spent, at: datetime = DELIVERED_AT, by: Actor | None = None
) -> list[Any]:
    """What becomes of each call that is settled, before the roller comes."""
    return settle_usage(
        source_id=usage_source().pk, calls=calls, by=by or machine("gateway"), at=at
    )


def swept(order: TaskOrder, at: datetime) -> int:
    """How many calls the schedule ends on an order."""
    gate = FundsGate.objects.get(order=order)
    return sweep_reservations(gate_id=gate.pk, by=SYSTEM, at=at)
