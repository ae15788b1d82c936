"""The figures of orders over all their lines, of many orders at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal

from django.db.models import Sum

from contracting.core.quantities import Dollars, Tokens
from contracting.ledger.queries import lines_with_totals
from contracting.orders.models import (
    HOLDER_OF_A_LINE,
    OrderFunding,
    OrderLine,
    TaskOrder,
)
from contracting.orders.states import Totals

_ORDERED = ("ceiling_tokens", "ceiling_dollars")
_USED = {"consumed": "consumed_dollars", "unfunded": "unfunded_dollars"}


def totals_of(order: TaskOrder) -> Totals:
    """Ceilings and funds as ordered now, use as the ledger has it."""
    return totals_by_order([order])[order.pk]


def totals_by_order(orders: Collection[TaskOrder]) -> dict[int, Totals]:
    """The same of each of these orders, in three queries however many they are."""
    sums: dict[int, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    order_of = {}
    for line in OrderLine.objects.filter(order__in=orders, is_removed=False):
        order_of[line.pk] = line.order_id
        for name in _ORDERED:
            sums[line.order_id][name] += getattr(line, name)
    funded = (
        OrderFunding.objects.filter(line__in=order_of, is_removed=False)
        .values_list("line")
        .annotate(sum=Sum("dollars"))
    )
    for line_id, dollars in funded:
        sums[order_of[line_id]]["funded"] += dollars
    for books in lines_with_totals(HOLDER_OF_A_LINE, order_of):
        found = sums[order_of[books.holder_id]]
        found["consumed_tokens"] += books.consumed_tokens
        found["unfunded_tokens"] += books.unfunded_tokens
        for annotated, name in _USED.items():
            found[name] += getattr(books, annotated) or 0
    return {order.pk: _totals(order, sums[order.pk]) for order in orders}


def _totals(order: TaskOrder, found: dict[str, Decimal]) -> Totals:
    return Totals(
        ceiling_tokens=Tokens(int(found["ceiling_tokens"])),
        ceiling_dollars=Dollars(found["ceiling_dollars"]),
        funded_dollars=Dollars() if order.is_locked else Dollars(found["funded"]),
        consumed_tokens=Tokens(int(found["consumed_tokens"])),
        consumed_dollars=Dollars(found["consumed_dollars"]),
        unfunded_tokens=Tokens(int(found["unfunded_tokens"])),
        unfunded_dollars=Dollars(found["unfunded_dollars"]),
    )
