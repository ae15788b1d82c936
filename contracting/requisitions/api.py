"""Endpoints of requisitions."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from contracting.core.api import EndpointView, money
from contracting.requisitions import queries
from contracting.requisitions.models import EstimateRow, Requisition
from contracting.requisitions.serializers import (
    RequisitionSerializer,
    RequisitionSummarySerializer,
)


class RequisitionsEndpoint(EndpointView):
    """The requisitions of the key's agency, newest first."""

    scope_read = "requisitions:read"

    @extend_schema(
        operation_id="list_requisitions",
        summary="List requisitions",
        responses=RequisitionSummarySerializer(many=True),
        tags=["requisitions"],
    )
    def get(self, request: Request) -> Response:
        return self.page(request, queries.visible_to(self.actor), summary_of)


class RequisitionEndpoint(EndpointView):
    """One requisition with its estimate."""

    scope_read = "requisitions:read"

    @extend_schema(
        operation_id="get_requisition",
        summary="Read a requisition",
        responses=RequisitionSerializer,
        tags=["requisitions"],
    )
    def get(self, request: Request, requisition: str) -> Response:
        found = queries.get_requisition_for(self.actor, requisition)
        body = summary_of(found)
        body["need"] = found.need
        body["estimate"] = [row_of(row) for row in queries.rows_of(found)]
        return Response(body)


def summary_of(requisition: Requisition) -> dict[str, Any]:
    """One requisition in a list."""
    return {
        "id": requisition.public_id,
        "number": requisition.number,
        "title": requisition.title,
        "state": requisition.state,
        "version": requisition.version,
        "content_sha256": requisition.content_sha256,
        "planned": money(requisition.planned_dollars),
    }


def row_of(row: EstimateRow) -> dict[str, Any]:
    """One row of the estimate."""
    return {
        "model": row.model.snapshot,
        "token_class": row.token_class.code,
        "month": row.month.isoformat(),
        "p10_tokens": row.p10_tokens,
        "p50_tokens": row.p50_tokens,
        "p90_tokens": row.p90_tokens,
    }
