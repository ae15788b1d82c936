"""Reads before an order is placed: what must be in place for the signature."""

from __future__ import annotations

from datetime import date

from contracting.approvals.queries import is_complete_for
from contracting.orders import calculations
from contracting.orders.models import TaskOrder
from contracting.orders.queries import certification_of, undisposed_of
from contracting.orders.states import Check


def signing_checks(order: TaskOrder, on: date) -> list[Check]:
    """What a contracting officer looks at before signing an order."""
    open_words = undisposed_of(order)
    reviewed = is_complete_for(order.subject, order.version, order.content_sha256)
    rates = [rate for line in order.current_lines() for rate in line.current_rates()]
    content = calculations.content_gaps(order)
    scope = calculations.scope_gaps(order, on)
    models = calculations.model_gaps(rates, order.boundary, on)
    prices = calculations.price_gaps(rates)
    return [
        Check(
            f"Every reviewer has decided on version {order.version}",
            reviewed,
            "" if reviewed else "A review is open, or was of another version.",
            "R-TO-09",
        ),
        Check(
            "Every non-concurrence is disposed of",
            not open_words,
            ", ".join(str(each.membership.user) for each in open_words),
            "R-TO-09",
        ),
        _funds_check(order),
        Check("The order is complete", not content, " ".join(content), "R-TO-05"),
        Check(
            "It lies in the contract's scope, period and maximum",
            not scope,
            " ".join(scope),
            "R-TO-01",
        ),
        Check(
            "No price is above the contract's rate",
            not prices,
            " ".join(prices),
            "R-TO-10",
        ),
        Check(
            "Every model is in date and authorized for the data boundary",
            not models,
            " ".join(models),
            "R-TO-12",
        ),
    ]


def _funds_check(order: TaskOrder) -> Check:
    """Funds are certified, or the order is signed before they are there."""
    if order.funds_clause:
        return Check(
            f"It is signed subject to availability of funds (FAR {order.funds_clause})",
            is_done=True,
            why="Nothing is obligated, and no usage funded, until the notice.",
            rule="R-FND-06",
        )
    certified = certification_of(order)
    return Check(
        f"The funds of version {order.version} are certified",
        certified is not None,
        "" if certified else "No funds certifier has certified this version.",
        "R-FND-01",
    )
