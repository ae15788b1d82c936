"""What an order has cost, as it was known at an instant, for machines."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from contracting.core import clock
from contracting.core.api import EndpointView, instant
from contracting.metering.forms.reratings import KnownOnForm
from contracting.metering.queries.as_known import known_usage
from contracting.metering.refusals import BadInstant
from contracting.metering.serializers import KnownUsageSerializer
from contracting.orders.queries import get_task_order_for


class KnownUsageEndpoint(EndpointView):
    """Usage and cost of an order, as known at any instant."""

    scope_read = "usage:read"

    @extend_schema(
        operation_id="read_known_usage",
        summary="Read what an order has cost, as known at an instant",
        parameters=[
            OpenApiParameter(
                "known_on",
                str,
                description=(
                    "An instant with its zone, or a day of the contract, whose end is "
                    "meant; now where it is left out."
                ),
            )
        ],
        responses=KnownUsageSerializer,
        tags=["usage"],
    )
    def get(self, request: Request, public_id: str) -> Response:
        order = get_task_order_for(self.actor, public_id)
        form = KnownOnForm(
            {"known_on": request.query_params.get("known_on", "")},
            zone=order.contract.time_zone,
            now=clock.now(),
        )
        if not form.is_valid():
            message = " ".join(map(str, form.errors["known_on"]))
            raise BadInstant(message)
        known = known_usage(order, form.cleaned_data["known_on"])
        return Response(
            {
                "order": order.public_id,
                "known_on": instant(known.at),
                "tokens": known.tokens,
                "rated_usd": known.rated.plain(),
                "trued_up_usd": known.trued_up.plain(),
                "adjusted_usd": known.adjusted.plain(),
                "amount_usd": known.dollars.plain(),
                "usage": [
                    {
                        "day": row.day.isoformat(),
                        "clin": row.clin,
                        "model": row.model,
                        "token_class": row.token_class_code,
                        "tier": row.tier,
                        "slin": row.slin,
                        "usd_per_million_tokens": str(row.usd_per_million_tokens),
                        "tokens": row.tokens,
                        "amount_usd": f"{row.dollars:f}",
                    }
                    for row in known.usage
                ],
                "adjustments": [
                    {
                        "run": each.run,
                        "posted_at": instant(each.posted_at),
                        "token_class": each.token_class_code,
                        "tier": each.tier,
                        "first_day": each.first_day.isoformat(),
                        "last_day": each.last_day.isoformat(),
                        "tokens": each.tokens,
                        "amount_usd": each.change.plain(),
                    }
                    for each in known.adjustments
                ],
            }
        )
