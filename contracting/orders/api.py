"""Endpoints of orders, for the agency's machines and the vendor's."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from contracting.core import clock
from contracting.core.api import EndpointView, instant, money
from contracting.core.periods import days_bounds
from contracting.core.quantities import Dollars
from contracting.orders import queries
from contracting.orders.serializers import (
    TaskOrderSerializer,
    TaskOrderSummarySerializer,
)
from contracting.orders.states import RateOnOrder


class TaskOrdersEndpoint(EndpointView):
    """The orders of the key's organization."""

    scope_read = "orders:read"

    @extend_schema(
        operation_id="list_orders",
        summary="List task orders",
        responses=TaskOrderSummarySerializer(many=True),
        tags=["orders"],
    )
    def get(self, request: Request) -> Response:
        return self.page(request, queries.summaries_visible_to(self.actor), summary_of)


class TaskOrderEndpoint(EndpointView):
    """One order with its lines and live limits."""

    scope_read = "orders:read"

    @extend_schema(
        operation_id="get_order",
        summary="Read a task order with its live limits",
        responses=TaskOrderSerializer,
        tags=["orders"],
    )
    def get(self, request: Request, public_id: str) -> Response:
        order = queries.get_task_order_for(self.actor, public_id)
        rates, at = queries.rates_of(order), clock.now()
        body = summary_of(queries.summary_row_of(order))
        body["lines"] = [
            line_of(each, rates) for each in queries.line_limits(order, at)
        ]
        body["modifications"] = [
            {
                "id": each.public_id,
                "number": each.number,
                "effective_on": each.effective_on.isoformat(),
                "issued_at": instant(each.issued_at),
            }
            for each in queries.conformed(order).modifications
        ]
        return Response(body)


def summary_of(row: Any) -> dict[str, Any]:
    """One order in a list.

    :param row: of ``queries.summaries_visible_to``
    """
    zone = row.contract__time_zone
    period = days_bounds(row.period_start, row.period_end, zone)
    waits = row.funds_clause and row.issued_at and row.availability_notice is None
    return {
        "id": row.public_id,
        "piid": row.piid,
        "contract": row.contract__public_id,
        "contract_piid": row.contract__piid,
        "title": row.title,
        "state": row.state,
        "period_start": instant(period.start),
        "period_end": instant(period.end),
        "time_zone": zone,
        "boundary": row.boundary,
        "issued_at": instant(row.issued_at),
        "funds_clause": row.funds_clause,
        "waits_for_funds": bool(waits),
        "version": row.version,
        "content_sha256": row.content_sha256,
    }


def line_of(limit: queries.LineLimit, rates: list[RateOnOrder]) -> dict[str, Any]:
    """One line with its ceilings, prices, funds and live limit."""
    line, books = limit.line, limit.statement
    used = books.total("consumed_dollars") if books else Dollars(0)
    assert isinstance(used, Dollars)  # noqa: S101 (typing)
    return {
        "id": line.public_id,
        "clin": line.clin,
        "description": line.description,
        "unit": line.unit,
        "units": format(line.units, "f"),
        "ceiling_tokens": line.ceiling_tokens,
        "ceiling_micro_acu": line.ceiling_micro_acu,
        "ceiling": money(line.ceiling_dollars),
        "consumed_tokens": books.line.consumed_tokens if books else 0,
        "consumed": money(used.amount),
        "unfunded_tokens": books.line.unfunded_tokens if books else 0,
        "consumed_micro_acu": books.line.consumed_micro_acu if books else 0,
        "unfunded_micro_acu": books.line.unfunded_micro_acu if books else 0,
        "funding": [
            {
                "acrn": part.acrn,
                "sequence": part.sequence,
                "funded": money(part.dollars),
                "ceiling": money(part.ceiling_dollars),
            }
            for part in line.current_funding()
        ],
        "rates": [rate_of(rate) for rate in rates if rate.order_line_id == line.pk],
        "unit_rates": [
            {
                "usd_per_unit": format(rate.usd_per_unit, "f"),
                "effective_from": instant(rate.unit_rate.in_force.lower),
                "effective_to": instant(rate.unit_rate.in_force.upper),
            }
            for rate in line.current_unit_rates()
        ],
        "live_limit": {
            "tokens_left": limit.tokens_left.count,
            "micro_acu_left": limit.micro_acu_left,
            "ceiling_left": money(limit.ceiling_left.amount),
            "funded_left": money(limit.funded_left.amount),
            "binding": limit.worst.binding if limit.worst else None,
            "tokens_at_dearest_class": limit.worst.tokens.count
            if limit.worst
            else None,
        },
    }


def rate_of(rate: RateOnOrder) -> dict[str, Any]:
    """One price of a line."""
    return {
        "slin": rate.slin,
        "model": rate.snapshot,
        "tokenizer": rate.tokenizer,
        "token_class": rate.token_class,
        "tier": rate.tier,
        "context_band": rate.context_band,
        "boundary": rate.boundary,
        "usd_per_million_tokens": format(rate.price.usd_per_million_tokens, "f"),
        "effective_from": instant(rate.in_force_from),
        "effective_to": instant(rate.in_force_to),
    }
