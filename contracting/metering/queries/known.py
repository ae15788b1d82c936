"""What metering knows of orders: each kind of fact read once for any number of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final, TypeVar

from django.db.models import Q

from contracting.contracts.models import RateRow
from contracting.core.periods import days_bounds
from contracting.core.quantities import UnitPrice
from contracting.metering.calculations import KnownOrder, Rate
from contracting.metering.queries import terms
from contracting.orders.models import OrderRate, TaskOrder
from contracting.orders.states import TaskOrderState
from contracting.terminations.queries import stops_of

METERED_STATES: Final = (TaskOrderState.ISSUED, TaskOrderState.COMPLETED)
"""The states in which usage of an order is attributed to it."""

_Fact = TypeVar("_Fact")


def known_order(agency_id: int, ref: str) -> KnownOrder | None:
    """A signed order of the agency by its opaque id or PIID, with its prices.

    One that is closed out is known too, so that its usage is held for the right reason.
    """
    return known_orders(agency_id, [ref])[ref]


def known_orders(agency_id: int, refs: Collection[str]) -> dict[str, KnownOrder | None]:
    """The same of several, in as many statements as of one; ``None`` for no order."""
    wanted = set(refs)
    orders = list(
        TaskOrder.objects.filter(
            Q(public_id__in=wanted) | Q(piid__in=wanted),
            contract__agency_id=agency_id,
            state__in=(*METERED_STATES, TaskOrderState.CLOSED),
        )
        .select_related("contract")
        .order_by("pk")
    )
    known = {order.pk: fact for order, fact in zip(orders, _known(orders), strict=True)}
    by_number = {order.piid: known[order.pk] for order in reversed(orders)}
    by_id = {order.public_id: known[order.pk] for order in orders}
    return {ref: by_id.get(ref) or by_number.get(ref) for ref in wanted}


def _known(orders: Sequence[TaskOrder]) -> Iterable[KnownOrder]:
    """What is known of each of them, in their order."""
    if not orders:
        return []
    contracts = {order.contract_id for order in orders}
    rates, stops = rates_of(orders), stops_of(orders)
    records = terms.records_of(orders)
    authorized = terms.authorized_of(contracts)
    caps, charging = terms.caps_of(contracts), terms.charging_of(contracts)
    zones = {order.contract.time_zone for order in orders}
    defaults = terms.default_charging(*zones)
    return [
        KnownOrder(
            order_id=order.pk,
            contract_id=order.contract_id,
            time_zone=(zone := order.contract.time_zone),
            period=days_bounds(order.period_start, order.period_end, zone),
            rates=_of(rates, order.pk),
            boundary=order.boundary,
            is_closed=order.state == TaskOrderState.CLOSED,
            stops=_of(stops, order.pk),
            records=_of(records, order.pk),
            authorized=_of(authorized, order.contract_id),
            caps=_of(caps, order.contract_id),
            charging=_of(charging, order.contract_id),
            default_charging=defaults[zone],
            names=frozenset({order.public_id, order.piid or order.public_id}),
        )
        for order in orders
    ]


def _of(facts: dict[int, list[_Fact]], number: int) -> tuple[_Fact, ...]:
    return tuple(facts.get(number, ()))


def rates_of(orders: Any) -> dict[int, list[Rate]]:
    """The prices of orders, by the order's number.

    :param orders: a list, or a query, of orders
    """
    priced = (
        OrderRate.objects.filter(
            line__order__in=orders,
            line__is_removed=False,
            rate_row__superseded_at__isnull=True,
        )
        .select_related("line", "rate_row__token_class", "rate_row__burn")
        .order_by("pk")
    )
    found: dict[int, list[Rate]] = defaultdict(list)
    for row in priced:
        rate: RateRow = row.rate_row
        burn = getattr(rate, "burn", None)
        found[row.line.order_id].append(
            Rate(
                order_line_id=row.line_id,
                rate_row_id=rate.pk,
                model_id=rate.model_id,
                token_class_code=rate.token_class.code,
                tier=rate.tier,
                context_band=rate.context_band,
                boundary=rate.boundary,
                starts_at=rate.in_force.lower,
                ends_at=rate.in_force.upper,
                price=UnitPrice(row.usd_per_million_tokens),
                acu_per_million_tokens=burn.acu_per_million_tokens if burn else None,
            )
        )
    return found


def rates_of_agency(agency_id: int) -> tuple[Rate, ...]:
    """Every price of every order of the agency that takes usage."""
    orders = TaskOrder.objects.filter(
        contract__agency_id=agency_id, state__in=METERED_STATES
    )
    found = rates_of(orders.order_by())
    return tuple(rate for order in sorted(found) for rate in found[order])
