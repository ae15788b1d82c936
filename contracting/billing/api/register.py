"""The register of reports, for machines of both sides."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from contracting.billing.operations.state_no_report import state_no_report
from contracting.billing.queries.register import Month, months_of
from contracting.billing.serializers import (
    MonthSerializer,
    StatedNoReportSerializer,
)
from contracting.billing.states import AnswerKind
from contracting.core import clock
from contracting.core.api import (
    EndpointView,
    instant,
    read_json,
    refuse_unknown_fields,
)
from contracting.orders.queries import get_task_order_for


class OrderReportingEndpoint(EndpointView):
    """Which reports of an order are there, month by month."""

    scope_read = "reports:read"
    scope_write = "reports:write"

    @extend_schema(
        operation_id="list_report_months",
        summary="Read how the reports of an order stand",
        responses=MonthSerializer(many=True),
        tags=["usage reports"],
    )
    def get(self, request: Request, public_id: str) -> Response:
        order = get_task_order_for(self.actor, public_id)
        return Response([_month(each) for each in months_of(order, clock.now())])

    @extend_schema(
        operation_id="state_no_report",
        summary="State that there was no usage in a month",
        request=StatedNoReportSerializer,
        responses={201: MonthSerializer(many=True)},
        tags=["usage reports"],
    )
    def post(self, request: Request, public_id: str) -> Response:
        order = get_task_order_for(self.actor, public_id)

        def work(at: datetime) -> tuple[int, Any, str]:
            stated = StatedNoReportSerializer(data=read_json(request.body))
            refuse_unknown_fields(stated.initial_data, set(stated.fields))
            stated.is_valid(raise_exception=True)
            state_no_report(
                order_id=order.pk,
                month=stated.validated_data["month"],
                kind=AnswerKind.NONE,
                reason=stated.validated_data["reason"],
                by=self.actor,
                at=at,
            )
            months = [_month(each) for each in months_of(order, at)]
            return 201, months, f"/api/v1/orders/{order.public_id}/reporting"

        return self.once(request, work)


def _month(month: Month) -> dict[str, Any]:
    return {
        "month": f"{month.first_day:%Y-%m}",
        "period_start": instant(month.period.start),
        "period_end": instant(month.period.end),
        "standing": str(month.standing),
        "due_on": month.due_on.isoformat(),
        "days_late": month.days_late,
        "asked_at": instant(month.request.asked_at) if month.request else None,
        "unreported_from": instant(month.unreported_from),
        "reports": [each.public_id for each in month.reports],
    }
