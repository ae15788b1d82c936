"""How far orders are used, and how long the rest lasts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import Case, F, Sum, When

from contracting.core.quantities import Dollars, Tokens
from contracting.desk.calculations import (
    Burn,
    address,
    forecast,
)
from contracting.ledger.queries import lines_with_totals
from contracting.metering.queries.rollups import first_days_of
from contracting.orders.models import HOLDER_OF_A_LINE, OrderLine, TaskOrder


def burns_of(orders: Sequence[TaskOrder], today: date) -> list[Burn]:
    """How far each order is used and how long the rest lasts: four queries for all.

    :param today: the day from which the forecast looks ahead
    """
    live = OrderLine.objects.filter(order__in=orders, is_removed=False)
    lines = {line.pk: line for line in live.annotate(funds=Sum(_FUNDED))}
    about = lines_with_totals(HOLDER_OF_A_LINE, lines)
    books = {row.holder_id: row for row in about}
    used_from = first_days_of([order.pk for order in orders])
    return [
        _burn(
            order,
            [line for line in lines.values() if line.order_id == order.pk],
            books,
            used_from.get(order.pk),
            today,
        )
        for order in orders
    ]


_FUNDED: Final = Case(
    When(funding__is_removed=False, then=F("funding__dollars")), default=Decimal(0)
)


def _burn(
    order: TaskOrder,
    lines: list[Any],
    books: dict[int, Any],
    used_from: date | None,
    today: date,
) -> Burn:
    kept = [books[line.pk] for line in lines if line.pk in books]
    consumed = Dollars(sum((row.consumed for row in kept), Decimal(0)))
    funded = Dollars(
        sum((row.obligated for row in kept), Decimal(0))
        if order.is_issued
        else sum((line.funds for line in lines), Decimal(0))
    )
    ceiling = Dollars(sum((line.ceiling_dollars for line in lines), Decimal(0)))
    words, ends_early = forecast(
        used=consumed,
        left=min(funded, ceiling) - consumed,
        since=used_from,
        until=order.period_end,
        today=today,
    )
    return Burn(
        text=order.name,
        url=address("orders:order", order.public_id),
        title=order.title,
        state=order.state,
        consumed=consumed,
        funded=funded,
        ceiling=ceiling,
        unfunded=Dollars(sum((row.unfunded for row in kept), Decimal(0))),
        tokens=Tokens(sum(row.consumed_tokens for row in kept)),
        token_ceiling=Tokens(sum(line.ceiling_tokens for line in lines)),
        forecast=words if order.is_issued else "Not signed yet.",
        ends_early=ends_early,
        has_ended=today > order.period_end,
    )
