"""Endpoints of the audit of the count, for the client beside the gateway.

None of them takes content: a field that is not listed is refused, and an id of a call
is kept only where the meter has that call.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from contracting.core.actors import Actor
from contracting.core.api import EndpointView, instant, refuse_unknown_fields
from contracting.recounts import queries
from contracting.recounts.models import RecountPlan
from contracting.recounts.operations.record_recounts import record_recounts
from contracting.recounts.refusals import BadSample
from contracting.recounts.serializers import (
    SAMPLE,
    RecountPlanSerializer,
    RecountsReceiptSerializer,
    RecountsSerializer,
)
from contracting.recounts.states import Sampled


class RecountsEndpoint(EndpointView):
    """The plans of the key's organization."""

    scope_read = "reconciliation:read"

    @extend_schema(
        operation_id="list_recounts",
        summary="List audits of the count",
        responses=RecountPlanSerializer(many=True),
        tags=["recounts"],
    )
    def get(self, request: Request) -> Response:
        return self.page(
            request,
            queries.listed_plans(self.actor),
            lambda plan: plan_row(plan, self.actor),
        )


class RecountEndpoint(EndpointView):
    """One plan, and where its test stands."""

    scope_read = "reconciliation:read"

    @extend_schema(
        operation_id="get_recount",
        summary="Read an audit of the count",
        responses=RecountPlanSerializer,
        tags=["recounts"],
    )
    def get(self, request: Request, public_id: str) -> Response:
        plan = queries.get_plan_for(self.actor, public_id)
        return Response(plan_row(plan, self.actor))


class RecountSamplesEndpoint(EndpointView):
    """The client sends what it has recounted: integers, and never a text."""

    scope_write = "recounts:write"

    @extend_schema(
        operation_id="record_recounts",
        summary="Send recounted samples",
        description=(
            "Samples may come in any order and as often as it takes; the test goes on "
            "in the order of their positions. The call's usage must have been sent "
            "before. Any field beside those listed is refused with 422."
        ),
        request=RecountsSerializer,
        responses={200: RecountsReceiptSerializer},
        tags=["recounts"],
    )
    def post(self, request: Request, public_id: str) -> Response:
        plan = queries.get_plan_for(self.actor, public_id)

        def work(at: datetime) -> tuple[int, Any, str]:
            tokenizer, samples = _said(request.data, plan)
            following = record_recounts(
                plan_id=plan.pk,
                tokenizer_sha256=tokenizer,
                samples=samples,
                by=self.actor,
                at=at,
            )
            return 200, {"received": len(samples), "next_position": following}, ""

        return self.once(request, work)


def _said(body: Any, plan: RecountPlan) -> tuple[str, list[Sampled]]:
    """The samples of a body that has nothing else.

    :raises UnknownField: for any other field
    :raises BadSample: if they are of another class than the plan's
    """
    refuse_unknown_fields(body, {"tokenizer_sha256", "samples"})
    listed = body.get("samples")
    for n, each in enumerate(listed if isinstance(listed, list) else []):
        refuse_unknown_fields(each, set(SAMPLE), at=f"/samples/{n}")
    read = RecountsSerializer(data=body)
    read.is_valid(raise_exception=True)
    said: Any = read.validated_data
    samples = []
    for n, each in enumerate(said["samples"]):
        if each["token_class"] != plan.token_class.code:
            message = f"This plan is of {plan.token_class.code}."
            raise BadSample(message, pointer=f"/samples/{n}/token_class")
        named = {name: each[name] for name in SAMPLE - {"token_class"}}
        samples.append(Sampled(**named))
    return said["tokenizer_sha256"], samples


def plan_row(plan: RecountPlan, actor: Actor) -> dict[str, Any]:
    """A plan with the standing of its test; its wealth to who may know the sample."""
    standing = queries.standing_of(plan)
    is_test = plan.allowance is not None and queries.samples_visible_to(actor, plan)
    return {
        "id": plan.public_id,
        "contract": plan.contract.public_id,
        "model": plan.model.snapshot,
        "token_class": plan.token_class.code,
        "key_commitment": plan.key_commitment,
        "rate": f"{plan.rate:f}",
        "risk": f"{plan.risk:f}",
        "allowance": f"{plan.allowance.share:f}" if plan.allowance else None,
        "tokenizer_name": plan.tokenizer_name,
        "tokenizer_sha256": plan.tokenizer_sha256,
        "adopted_at": instant(plan.adopted_at),
        "ended_at": instant(plan.ended_at),
        "revealed_key": plan.revealed_key,
        "next_position": standing.samples + 1,
        "wealth": standing.wealth if is_test else None,
        "flagged_at_sample": standing.first_over,
        "verdict": str(queries.verdict_of(plan)),
    }
