"""Endpoints of contracts."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from contracting.contracts import queries
from contracting.contracts.models import Contract, RateRow, UnitRate
from contracting.contracts.serializers import (
    ContractSerializer,
    ContractSummarySerializer,
)
from contracting.core.api import EndpointView, instant, money


class ContractsEndpoint(EndpointView):
    """The contracts of the key's organization."""

    scope_read = "contracts:read"

    @extend_schema(
        operation_id="list_contracts",
        summary="List contracts",
        responses=ContractSummarySerializer(many=True),
        tags=["contracts"],
    )
    def get(self, request: Request) -> Response:
        return self.page(request, queries.visible_to(self.actor), summary_of)


class ContractEndpoint(EndpointView):
    """One contract with its rate card."""

    scope_read = "contracts:read"

    @extend_schema(
        operation_id="get_contract",
        summary="Read a contract",
        responses=ContractSerializer,
        tags=["contracts"],
    )
    def get(self, request: Request, public_id: str) -> Response:
        contract = queries.get_contract_for(self.actor, public_id)
        rows = RateRow.objects.filter(
            line__contract=contract, superseded_at__isnull=True
        ).select_related("line", "model", "tokenizer", "token_class", "burn")
        shown = rows.prefetch_related("steps").order_by("slin", "pk")
        units = UnitRate.objects.filter(
            line__contract=contract, superseded_at__isnull=True
        ).select_related("line")
        body = summary_of(contract)
        body["rates"] = [rate_of(row) for row in shown]
        body["unit_rates"] = [
            unit_rate_of(row) for row in units.order_by("line__clin", "pk")
        ]
        return Response(body)


def summary_of(contract: Contract) -> dict[str, Any]:
    """One contract in a list."""
    return {
        "id": contract.public_id,
        "piid": contract.piid,
        "instrument": contract.instrument,
        "title": contract.title,
        "state": contract.state,
        "vendor": contract.vendor.public_id,
        "ceiling": money(contract.ceiling_dollars),
        "ceiling_tokens": contract.ceiling_tokens,
        "ordering_start": contract.ordering_start.isoformat(),
        "ordering_end": contract.ordering_end.isoformat(),
    }


def rate_of(row: RateRow) -> dict[str, Any]:
    """One row of the rate card, with its steps or what it burns of a pool."""
    burn = getattr(row, "burn", None)
    return {
        "id": row.public_id,
        "clin": row.line.clin,
        "slin": row.slin,
        "model": row.model.snapshot,
        "tokenizer": row.tokenizer.code,
        "token_class": row.token_class.code,
        "tier": row.tier,
        "context_band": row.context_band,
        "boundary": row.boundary,
        "usd_per_million_tokens": format(row.usd_per_million_tokens, "f"),
        "steps": [
            {
                "from_tokens": step.from_tokens,
                "usd_per_million_tokens": format(step.usd_per_million_tokens, "f"),
            }
            for step in row.steps.all()
        ],
        "acu_per_million_tokens": (
            format(burn.acu_per_million_tokens, "f") if burn else None
        ),
        "usd_per_acu": format(burn.usd_per_acu, "f") if burn else None,
        "effective_from": instant(row.in_force.lower),
        "effective_to": instant(row.in_force.upper),
    }


def unit_rate_of(row: UnitRate) -> dict[str, Any]:
    """The price of one month, hour or piece of a contract line."""
    return {
        "id": row.public_id,
        "clin": row.line.clin,
        "structure": row.line.structure,
        "unit": row.line.unit,
        "usd_per_unit": format(row.usd_per_unit, "f"),
        "effective_from": instant(row.in_force.lower),
        "effective_to": instant(row.in_force.upper),
    }
