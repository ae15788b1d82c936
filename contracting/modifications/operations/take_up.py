"""Signed orders take up what a modification has made of the contract's prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, QuerySet

from contracting.audit.operations.record import record_event
from contracting.contracts.models import RateRow, UnitRate
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.modifications import events
from contracting.modifications.models import ContractModification
from contracting.orders.calculations import content
from contracting.orders.models import OrderRate, OrderUnitRate, TaskOrder
from contracting.orders.states import SIGNED
from contracting.reference.states import PriceStructure


@transaction.atomic
def take_up_prices(
    *,
    modification: ContractModification,
    replaced: Mapping[int, Sequence[RateRow]],
    by_unit: Mapping[int, Sequence[UnitRate]],
    by: Actor,
    at: datetime,
) -> list[TaskOrder]:
    """Price every signed order by the rows that stand in the place of replaced ones.

    A lower price reaches an order that pays more; a dearer one never raises an order
    that was signed at less (FAR 16.505(b)(3)). The order's next version says so. Of a
    table with tiers that is its first price: no step is dearer than it, and the steps
    themselves, like what a pool burns, are those of the contract for every order.

    :param replaced: by the row that was superseded, those that stand in its place
    :param by_unit: the same of prices per unit
    :returns: the orders whose prices moved
    """
    touched = OrderRate.objects.filter(
        rate_row__in=list(replaced), line__is_removed=False
    )
    units = OrderUnitRate.objects.filter(
        unit_rate__in=list(by_unit), line__is_removed=False
    )
    orders = TaskOrder.objects.locked().filter(
        Q(pk__in=touched.values("line__order")) | Q(pk__in=units.values("line__order")),
        state__in=SIGNED,
    )
    moved = list(orders)
    for order in moved:
        before = order.content_sha256
        prices: dict[tuple[int, int], Decimal] = {}
        for rate in touched.filter(line__order=order).order_by("pk"):
            for row in replaced[rate.rate_row_id]:
                key = rate.line_id, row.pk
                price = _price(rate, row)
                prices[key] = min(price, prices.get(key, price))
        for (line_id, rate_row_id), price in prices.items():
            OrderRate.objects.create(
                line_id=line_id,
                rate_row_id=rate_row_id,
                usd_per_million_tokens=price,
            )
        _take_up_units(units.filter(line__order=order), by_unit)
        order.version += 1
        order.content_sha256 = content_sha256(content(order))
        order.save(update_fields=["version", "content_sha256"])
        record_event(
            events.ORDER_PRICES_TAKEN_UP,
            subject=order.subject,
            by=by,
            at=at,
            data={
                "modification": modification.number,
                "version": order.version,
                "before_sha256": before,
                "content_sha256": order.content_sha256,
            },
        )
    return moved


def _take_up_units(
    units: QuerySet[OrderUnitRate], by_unit: Mapping[int, Sequence[UnitRate]]
) -> None:
    """The same of prices per unit: a lower one reaches the order, a dearer never."""
    prices: dict[tuple[int, int], Decimal] = {}
    for rate in units.order_by("pk"):
        for row in by_unit[rate.unit_rate_id]:
            key = rate.line_id, row.pk
            price = min(rate.usd_per_unit, row.usd_per_unit)
            prices[key] = min(price, prices.get(key, price))
    for (line_id, unit_rate_id), price in prices.items():
        OrderUnitRate.objects.create(
            line_id=line_id, unit_rate_id=unit_rate_id, usd_per_unit=price
        )


def _price(rate: OrderRate, row: RateRow) -> Decimal:
    """The lower of the two; a pool burns for every order as its contract says."""
    if row.line.structure == PriceStructure.POOL:
        return row.usd_per_million_tokens
    return min(rate.usd_per_million_tokens, row.usd_per_million_tokens)
