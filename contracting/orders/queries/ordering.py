"""Reads of the letters under which orders are signed."""

from __future__ import annotations

from datetime import date

from django.db.models import Sum

from contracting.contracts.models.ordering import OrderingOfficer
from contracting.contracts.queries.ordering import appointment_of
from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Refused, Verdict
from contracting.core.quantities import Dollars
from contracting.orders import calculations
from contracting.orders.models import OrderLine, TaskOrder
from contracting.orders.states import SIGNED


def signed_under(letter: OrderingOfficer) -> Dollars:
    """What the orders that were signed under a letter may cost, all together."""
    lines = OrderLine.objects.filter(
        is_removed=False, order__signed_under=letter, order__state__in=SIGNED
    )
    return Dollars(lines.aggregate(sum=Sum("ceiling_dollars"))["sum"] or 0)


def can_sign_by_letter(by: Actor, order: TaskOrder, on: date) -> Verdict | None:
    """Whether a letter lets the actor sign the order; ``None`` without any letter.

    A letter counts for the person and role that it names, between its days, up to its
    limit of one order and of all orders under it (R-ROL-01, R-ROL-02).
    """
    letter = appointment_of(by, order.contract, on)
    if letter is None:
        return None
    gap = letter.gap(on)
    if gap:
        return Refused(f"{gap} A contracting officer signs.", "R-ROL-01")
    value, total = calculations.value_of(order), letter.total_limit
    if value > letter.order_limit:
        return Refused(
            f"This order is worth {value}; your letter is limited to "
            f"{letter.order_limit} an order. A contracting officer signs.",
            "R-ROL-02",
        )
    spent = signed_under(letter)
    if total is not None and spent + value > total:
        return Refused(
            f"With this order of {value} those that you signed would come to "
            f"{spent + value}; your letter is limited to {total} together. A "
            "contracting officer signs.",
            "R-ROL-02",
        )
    return Allowed(f"Ordering officer for {letter.office}.")
