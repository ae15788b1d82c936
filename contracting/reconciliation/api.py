"""Endpoints of reconciliation: what was compared and what was found, to read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from contracting.core.api import EndpointView, instant, money
from contracting.core.quantities import Dollars
from contracting.documents.queries import download_headers
from contracting.orders.queries import get_task_order_for
from contracting.reconciliation import queries
from contracting.reconciliation.forms import month_asked
from contracting.reconciliation.models import Cell, Finding, ReconciliationRun
from contracting.reconciliation.queries import focus
from contracting.reconciliation.serializers import (
    FindingSerializer,
    FindingSummarySerializer,
    FocusSerializer,
    RunSerializer,
    RunSummarySerializer,
)


class RunsEndpoint(EndpointView):
    """The comparisons of the key's organization."""

    scope_read = "reconciliation:read"

    @extend_schema(
        operation_id="list_reconciliations",
        summary="List comparisons",
        responses=RunSummarySerializer(many=True),
        tags=["reconciliation"],
    )
    def get(self, request: Request) -> Response:
        return self.page(request, queries.runs_visible_to(self.actor), run_row)


class RunEndpoint(EndpointView):
    """One comparison with every key."""

    scope_read = "reconciliation:read"

    @extend_schema(
        operation_id="get_reconciliation",
        summary="Read a comparison",
        responses=RunSerializer,
        tags=["reconciliation"],
    )
    def get(self, request: Request, public_id: str) -> Response:
        run = queries.get_run_for(self.actor, public_id)
        cells = run.cells.select_related("order_line__contract_line", "model")
        ordered = cells.order_by("period_start", "order_line", "token_class_code")
        return Response({**run_row(run), "cells": [cell_row(each) for each in ordered]})


class FindingsEndpoint(EndpointView):
    """The discrepancies that the key's organization may see."""

    scope_read = "reconciliation:read"

    @extend_schema(
        operation_id="list_findings",
        summary="List discrepancies",
        responses=FindingSummarySerializer(many=True),
        tags=["reconciliation"],
    )
    def get(self, request: Request) -> Response:
        return self.page(request, queries.findings_visible_to(self.actor), finding_row)


class FocusEndpoint(EndpointView):
    """What is accepted of an order, as rows of FOCUS 1.2."""

    scope_read = "reconciliation:read"

    @extend_schema(
        operation_id="get_focus",
        summary="Read what is accepted of a month in FOCUS 1.2",
        description=(
            "FinOps Open Cost and Usage Specification 1.2: a row for each accepted "
            "line of the invoices whose period begins in the month. BilledCost is "
            "what is payable; what is withheld is in no row. With format=csv a file."
        ),
        parameters=[
            OpenApiParameter("month", str, required=True, description="2026-04"),
            OpenApiParameter("format", str, description="json or csv."),
        ],
        responses={(200, "application/json"): FocusSerializer},
        tags=["reconciliation"],
    )
    def get(self, request: Request, public_id: str) -> HttpResponseBase:
        order = get_task_order_for(self.actor, public_id)
        month = month_asked(request.query_params.get("month", ""))
        rows = list(focus.focus_rows(order, month))
        if request.query_params.get("format") == "csv":
            return HttpResponse(
                focus.as_csv(rows),
                content_type="text/csv; charset=utf-8",
                headers=download_headers(focus.name_of(order, month)),
            )
        body = {
            "version": "1.2",
            "month": f"{month:%Y-%m}",
            "billed": money(focus.billed_total(rows).amount),
            "rows": [_focus_row(row) for row in rows],
        }
        return Response(body)


def _focus_row(row: focus.Row) -> dict[str, Any]:
    """Decimals as text, nothing as null."""
    return {
        name: None
        if value == ""
        else f"{value:f}"
        if isinstance(value, Decimal)
        else value
        for name, value in row.items()
    }


class FindingEndpoint(EndpointView):
    """One discrepancy with the calls behind it."""

    scope_read = "reconciliation:read"

    @extend_schema(
        operation_id="get_finding",
        summary="Read a discrepancy",
        responses=FindingSerializer,
        tags=["reconciliation"],
    )
    def get(self, request: Request, public_id: str) -> Response:
        finding = queries.get_finding_for(self.actor, public_id)
        return Response({**finding_row(finding), "evidence": finding.evidence})


def run_row(run: ReconciliationRun) -> dict[str, Any]:
    """A comparison in a list."""
    return {
        "id": run.public_id,
        "number": run.number,
        "order": run.order.public_id,
        "invoice": run.invoice.public_id if run.invoice else None,
        "period_start": instant(run.period_start),
        "period_end": instant(run.period_end),
        "metered_tokens": run.a_tokens,
        "reported_tokens": run.b_tokens,
        "invoiced_tokens": run.c_tokens,
        "inputs_sha256": run.inputs_sha256,
        "result_sha256": run.result_sha256,
        "ran_at": instant(run.ran_at),
        "ran_by": run.ran_by,
    }


def cell_row(cell: Cell) -> dict[str, Any]:
    """One key of a comparison."""
    rate, price = cell.rate_usd, cell.invoiced_usd
    return {
        "clin": cell.order_line.clin,
        "model": cell.model.snapshot,
        "token_class": cell.token_class_code,
        "tier": cell.tier,
        "period_start": instant(cell.period_start),
        "period_end": instant(cell.period_end),
        "metered_tokens": cell.a_tokens,
        "reported_tokens": cell.b_tokens,
        "invoiced_tokens": cell.c_tokens,
        "contract_usd_per_million_tokens": None if rate is None else f"{rate:f}",
        "invoiced_usd_per_million_tokens": None if price is None else f"{price:f}",
        "agrees": cell.agrees,
    }


def finding_row(finding: Finding) -> dict[str, Any]:
    """A discrepancy in a list."""
    dispute = getattr(finding, "dispute", None)
    resolution = getattr(finding, "resolution", None)
    return {
        "id": finding.public_id,
        "code": finding.code,
        "order": finding.order.public_id,
        "invoice": finding.invoice.public_id if finding.invoice else None,
        "clin": finding.clin,
        "token_classes": finding.token_classes,
        "tokens": finding.tokens,
        "amount": _exact(finding.amount_dollars),
        "level": finding.level,
        "tolerance_tier": finding.tolerance_tier,
        "state": finding.state,
        "due_on": finding.due_on.isoformat(),
        "found_at": instant(finding.found_at),
        "dispute": dispute
        and {
            "reason": dispute.reason,
            "withheld": _exact(dispute.withheld_dollars),
            "disputed_at": instant(dispute.disputed_at),
        },
        "resolution": resolution
        and {
            "code": resolution.code,
            "reason": resolution.reason,
            "payable_change": _exact(resolution.payable_change_dollars),
            "capped": _exact(resolution.capped_dollars),
            "moved_tokens": resolution.moved_tokens,
            "reassigned_to": resolution.reassigned_to
            and resolution.reassigned_to.public_id,
            "resolved_at": instant(resolution.resolved_at),
        },
    }


def _exact(amount: Any) -> dict[str, str]:
    return money(Dollars(amount).amount.normalize())
