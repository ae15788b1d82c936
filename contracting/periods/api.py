"""Endpoints of accruals, for the finance system, and of late usage, for the vendor."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from contracting.core.api import EndpointView, instant, money
from contracting.orders.queries import get_task_order_for
from contracting.periods import queries
from contracting.periods.models import Accrual
from contracting.periods.queries.late import late_of
from contracting.periods.serializers import AccrualSerializer, LateUsageSerializer
from contracting.periods.states import AccrualKind, Late


class AccrualsEndpoint(EndpointView):
    """The accruals of the agency's orders and their reversals."""

    scope_read = "payments:read"

    @extend_schema(
        operation_id="list_accruals",
        summary="List month-end accruals",
        responses=AccrualSerializer(many=True),
        tags=["payments"],
    )
    def get(self, request: Request) -> Response:
        found = queries.accruals_visible_to(self.actor)
        return self.page(request, found, accrual_of)


class LateUsageEndpoint(EndpointView):
    """What came late for closed periods of an order, and what of it may be invoiced."""

    scope_read = "invoices:read"

    @extend_schema(
        operation_id="list_late_usage",
        summary="List what came late on an order",
        responses=LateUsageSerializer,
        tags=["invoices"],
    )
    def get(self, request: Request, public_id: str) -> Response:
        order = get_task_order_for(self.actor, public_id)
        return Response({"data": [late_row(each) for each in late_of(order)]})


def accrual_of(row: Accrual) -> dict[str, Any]:
    """One entry of the export."""
    is_back = row.kind == AccrualKind.REVERSED
    return {
        "reference": f"ACR-{row.reverses_id or row.pk}",
        "kind": row.kind,
        "basis": row.basis,
        "month": f"{row.month:%Y-%m}",
        "posted_on": row.posted_on.isoformat(),
        "order": row.order.public_id,
        "order_piid": row.order.piid,
        "clin": row.order_line.clin if row.order_line else "",
        "acrn": row.acrn,
        "debit_account": "4901" if is_back else "4801",
        "credit_account": "4801" if is_back else "4901",
        "amount": money(abs(row.cents)),
        "exact_amount": format(abs(row.dollars).normalize(), "f"),
    }


def late_row(each: Late) -> dict[str, Any]:
    """What came late of one period and kind."""
    price = each.price
    return {
        "clin": each.clin,
        "model": each.model,
        "token_class": each.token_class_code,
        "tier": each.tier,
        "period_start": instant(each.start),
        "period_end": instant(each.end),
        "first_at": instant(each.first_at),
        "tokens": each.tokens,
        "exact_amount": each.dollars.plain(),
        "adjusts_invoice": each.invoice,
        "tokens_asked": each.asked,
        "tokens_left": each.left,
        "usd_per_million_tokens": format(price.usd_per_million_tokens, "f")
        if price
        else None,
    }
