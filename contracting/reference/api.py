"""Endpoints of reference data, for a machine with the scope ``reference:read``."""

from __future__ import annotations

from datetime import UTC, date
from typing import Any, Final

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.states import Scope
from contracting.core import clock
from contracting.core.api import PAGE, EndpointView
from contracting.reference import calculations, queries
from contracting.reference.models import AiModel, ListPrice, TokenClass
from contracting.reference.serializers import (
    AiModelPageSerializer,
    ListPricePageSerializer,
    OnSerializer,
    TokenClassPageSerializer,
)

ON: Final = OpenApiParameter(
    "on", date, description="As of this day; today when left out."
)
MODEL: Final = OpenApiParameter("model", str, description="Only this snapshot.")


class ReferenceView(EndpointView):
    """A list of reference data."""

    scope_read = Scope.REFERENCE_READ

    def asked(self, request: Request) -> tuple[date, str]:
        """The day and the snapshot that are asked for."""
        query = OnSerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        today = clock.now().astimezone(UTC).date()
        return query.validated_data.get("on", today), query.validated_data.get(
            "model", ""
        )


class ListModels(ReferenceView):
    """The snapshots in force on a day."""

    @extend_schema(
        operation_id="list_models",
        summary="List model snapshots",
        tags=["reference"],
        parameters=[ON, *PAGE],
        responses=AiModelPageSerializer,
    )
    def get(self, request: Request) -> Response:
        on, _ = self.asked(request)
        return self.page(request, queries.models_on(on), _model)


class ListTokenClasses(ReferenceView):
    """The closed list of token classes."""

    @extend_schema(
        operation_id="list_token_classes",
        summary="List token classes",
        tags=["reference"],
        parameters=PAGE,
        responses=TokenClassPageSerializer,
    )
    def get(self, request: Request) -> Response:
        return self.page(request, queries.token_classes(), _token_class)


class ListListPrices(ReferenceView):
    """The public list prices as they were known on a day."""

    @extend_schema(
        operation_id="list_list_prices",
        summary="List public list prices",
        tags=["reference"],
        parameters=[ON, MODEL, *PAGE],
        responses=ListPricePageSerializer,
    )
    def get(self, request: Request) -> Response:
        on, snapshot = self.asked(request)
        prices = queries.list_prices_on(on)
        if snapshot:
            prices = prices.filter(model__snapshot=snapshot)
        return self.page(request, prices, _list_price)


def _model(model: AiModel) -> dict[str, Any]:
    return {
        "id": model.public_id,
        "code": model.code,
        "snapshot": model.snapshot,
        "provider": model.provider,
        "family": model.family,
        "tokenizer": model.tokenizer.code,
        "max_output_tokens": model.max_output_tokens,
        "context_tokens": model.context_tokens,
        "boundaries": model.boundaries,
        "valid_from": model.valid_from,
        "valid_to": model.valid_to,
    }


def _token_class(row: TokenClass) -> dict[str, Any]:
    return {
        "code": row.code,
        "label": row.label,
        "direction": row.direction,
        "cache_action": row.cache_action,
        "cache_ttl": row.cache_ttl,
        "modality": row.modality,
        "phase": row.phase,
        "short_names": calculations.short_names().get(row.code, []),
    }


def _list_price(price: ListPrice) -> dict[str, Any]:
    return {
        "model": price.model.snapshot,
        "token_class": price.token_class.code,
        "tier": price.tier,
        "above_input_tokens": price.above_input_tokens,
        "usd_per_million_tokens": format(price.usd_per_million_tokens, "f"),
        "package_version": price.package_version,
        "imported_on": price.imported_on,
    }
