"""Endpoints of disputes and claims, to read; people open and decide them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from contracting.core.api import EndpointView, instant, money
from contracting.core.quantities import Dollars, total_dollars
from contracting.disputes.models import Claim, DisputeCase
from contracting.disputes.queries import cases as queries
from contracting.disputes.serializers import (
    ClaimSerializer,
    DisputeCaseSerializer,
    DisputeSummarySerializer,
)


class DisputesEndpoint(EndpointView):
    """The disputes that the key's organization may see."""

    scope_read = "reconciliation:read"

    @extend_schema(
        operation_id="list_disputes",
        summary="List disputes",
        responses=DisputeSummarySerializer(many=True),
        tags=["disputes"],
    )
    def get(self, request: Request) -> Response:
        return self.page(request, queries.listed_cases(self.actor), case_row)


class DisputeEndpoint(EndpointView):
    """One dispute with its answers, evidence and decision."""

    scope_read = "reconciliation:read"

    @extend_schema(
        operation_id="get_dispute",
        summary="Read a dispute",
        responses=DisputeCaseSerializer,
        tags=["disputes"],
    )
    def get(self, request: Request, public_id: str) -> Response:
        case = queries.get_case_for(self.actor, public_id)
        decision = getattr(case, "decision", None)
        return Response(
            {
                **case_row(case),
                "answers": [
                    {
                        "stance": each.stance,
                        "text": each.text,
                        "calls": each.calls,
                        "answered_at": instant(each.answered_at),
                    }
                    for each in case.answers.order_by("pk")
                ],
                "evidence": [
                    {
                        "id": each.public_id,
                        "sha256": each.sha256,
                        "rows": each.rows,
                        "frozen_at": instant(each.frozen_at),
                    }
                    for each in case.bundles.order_by("pk")
                ],
                "decision": decision
                and {
                    "text": decision.text,
                    "payable": _exact(decision.payable_dollars),
                    "decided_at": instant(decision.decided_at),
                },
            }
        )


class ClaimsEndpoint(EndpointView):
    """The claims that the key's organization may see."""

    scope_read = "reconciliation:read"

    @extend_schema(
        operation_id="list_claims",
        summary="List claims",
        responses=ClaimSerializer(many=True),
        tags=["disputes"],
    )
    def get(self, request: Request) -> Response:
        return self.page(request, queries.claims_visible_to(self.actor), claim_row)


class ClaimEndpoint(EndpointView):
    """One claim."""

    scope_read = "reconciliation:read"

    @extend_schema(
        operation_id="get_claim",
        summary="Read a claim",
        responses=ClaimSerializer,
        tags=["disputes"],
    )
    def get(self, request: Request, public_id: str) -> Response:
        return Response(claim_row(queries.get_claim_for(self.actor, public_id)))


def case_row(case: DisputeCase) -> dict[str, Any]:
    """A dispute in a list."""
    found = queries.listed_findings(case)
    return {
        "id": case.public_id,
        "number": case.number,
        "order": case.order.public_id,
        "state": case.state.value,
        "question": case.question,
        "findings": [each.public_id for each in found],
        "amount": _exact(
            total_dollars(Dollars(each.amount_dollars) for each in found).amount
        ),
        "opened_at": instant(case.opened_at),
        "answer_due_on": case.answer_due_on.isoformat(),
    }


def claim_row(claim: Claim) -> dict[str, Any]:
    """A claim, with its decision if there is one."""
    decision = getattr(claim, "decision", None)
    return {
        "id": claim.public_id,
        "number": claim.number,
        "contract": claim.contract.public_id,
        "dispute": claim.case.public_id if claim.case else None,
        "state": claim.state.value,
        "claimed": money(claim.dollars),
        "text": claim.text,
        "is_certified": bool(claim.certification),
        "received_at": instant(claim.received_at),
        "decision_due_on": queries.decision_due_on(claim).isoformat(),
        "allowed": money(decision.allowed_dollars) if decision else None,
        "decided_at": instant(decision.decided_at) if decision else None,
    }


def _exact(amount: Any) -> dict[str, str]:
    return money(Dollars(amount).amount.normalize())
