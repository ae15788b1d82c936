"""What was rated anew after it was accepted, as a comparison takes it."""

from __future__ import annotations

from collections.abc import Iterator

from contracting.metering.queries.reratings import adjustments_of
from contracting.orders.models import TaskOrder
from contracting.reconciliation.states import Adjusted


def adjusted_on(order: TaskOrder) -> Iterator[Adjusted]:
    """The adjustments of an order, run by run; none is set off against another."""
    for each in adjustments_of(order):
        yield Adjusted(
            run=each.run,
            order_line_id=each.order_line_id,
            model_id=each.model_id,
            token_class=each.token_class_code,
            tier=each.tier,
            first_day=each.first_day,
            last_day=each.last_day,
            tokens=each.tokens,
            gap=-each.change,
        )
