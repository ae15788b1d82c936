"""Endpoints of what comes back from a vendor: refunds, and interest on debts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from contracting.billing.api.written import credit_row
from contracting.billing.calculations import BadReport, read_cents
from contracting.billing.models import CreditDue, CreditSettlement
from contracting.billing.queries.credits import get_credit_for
from contracting.billing.serializers import CreditSerializer
from contracting.core import clock
from contracting.core.api import EndpointView, instant, money
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars
from contracting.payments.api import read_body
from contracting.payments.operations.record_debt_interest import record_debt_interest
from contracting.payments.operations.record_refund import record_refund
from contracting.payments.operations.return_refund import return_refund
from contracting.payments.queries.debts import (
    get_refund_for,
    interest_owed,
    refunds_visible_to,
)
from contracting.payments.refusals import PaymentDateWrong
from contracting.payments.serializers import (
    DebtInterestSerializer,
    RefundSerializer,
    StatedRefundSerializer,
    StatedReturnSerializer,
)


class RefundEndpoint(EndpointView):
    """What a vendor has paid back."""

    scope_write = "payments:write"

    @extend_schema(
        operation_id="record_refund",
        summary="Record a refund of a credit",
        description="It returns to the funds that have paid, at most what is open.",
        request=StatedRefundSerializer,
        responses={201: CreditSerializer},
        tags=["payments"],
    )
    def post(self, request: Request, public_id: str) -> Response:
        credit = get_credit_for(self.actor, public_id)

        def work(at: datetime) -> tuple[int, Any, str]:
            record_refund(
                credit_id=credit.pk, **_deposit(request), by=self.actor, at=at
            )
            now = get_credit_for(self.actor, public_id)
            return 201, credit_row(now), f"/api/v1/credits/{public_id}"

        return self.once(request, work)


class RefundsEndpoint(EndpointView):
    """The refunds of a credit, those that do not stand among them."""

    scope_read = "payments:read"

    @extend_schema(
        operation_id="list_refunds",
        summary="List the refunds of a credit",
        responses=RefundSerializer(many=True),
        tags=["payments"],
    )
    def get(self, request: Request, public_id: str) -> Response:
        credit = get_credit_for(self.actor, public_id)
        found = refunds_visible_to(self.actor).filter(credit=credit)
        rows = found.select_related("refund", "refund_return")
        return self.page(request, rows, refund_row)


class RefundReturnEndpoint(EndpointView):
    """A refund does not stand."""

    scope_write = "payments:write"

    @extend_schema(
        operation_id="return_refund",
        summary="Take the record of a refund back",
        description=(
            "It was sent back, or its deposit did not clear. What it settled of its "
            "credit is open again, and its postings are reversed."
        ),
        request=StatedReturnSerializer,
        responses=CreditSerializer,
        tags=["payments"],
    )
    def post(self, request: Request, public_id: str) -> Response:
        refund = get_refund_for(self.actor, public_id)
        credit_id = refund.credit.public_id

        def work(at: datetime) -> tuple[int, Any, str]:
            said = read_body(StatedReturnSerializer, request)
            return_refund(
                settlement_id=refund.pk, reason=said["reason"], by=self.actor, at=at
            )
            now = get_credit_for(self.actor, credit_id)
            return 200, credit_row(now), f"/api/v1/credits/{credit_id}"

        return self.once(request, work)


class DebtInterestEndpoint(EndpointView):
    """The interest on a debt until today."""

    scope_read = "payments:read"

    @extend_schema(
        operation_id="get_debt_interest",
        summary="Read what interest a debt has borne",
        responses=DebtInterestSerializer,
        tags=["payments"],
    )
    def get(self, _request: Request, public_id: str) -> Response:
        credit = get_credit_for(self.actor, public_id)
        return Response(interest_row(credit, clock.now()))


class DebtInterestRecordEndpoint(EndpointView):
    """Interest on a debt has come in."""

    scope_write = "payments:write"

    @extend_schema(
        operation_id="record_debt_interest",
        summary="Record interest on a debt",
        description=(
            "It is the Treasury's: no balance of the order moves. At most what is owed "
            "until the day of receipt."
        ),
        request=StatedRefundSerializer,
        responses={201: DebtInterestSerializer},
        tags=["payments"],
    )
    def post(self, request: Request, public_id: str) -> Response:
        credit = get_credit_for(self.actor, public_id)

        def work(at: datetime) -> tuple[int, Any, str]:
            record_debt_interest(
                credit_id=credit.pk, **_deposit(request), by=self.actor, at=at
            )
            place = f"/api/v1/credits/{public_id}/debt_interest"
            return 201, interest_row(credit, at), place

        return self.once(request, work)


def _deposit(request: Request) -> dict[str, Any]:
    """What came in, when and by which deposit, as both verbs take it."""
    said = read_body(StatedRefundSerializer, request)
    return {
        "dollars": _cents(said["amount"]["amount"]),
        "received_on": said["received_on"],
        "reference": said["reference"],
    }


def _cents(text: str) -> Dollars:
    try:
        return read_cents("amount", text)
    except BadReport as error:
        raise PaymentDateWrong(str(error), pointer="/amount") from error


def refund_row(settlement: CreditSettlement) -> dict[str, Any]:
    """A refund as the API writes it."""
    returned = getattr(settlement, "refund_return", None)
    return {
        "id": settlement.public_id,
        "credit": settlement.credit.public_id,
        "amount": money(settlement.dollars),
        "received_on": settlement.refund.received_on.isoformat(),
        "reference": settlement.reference,
        "recorded_at": instant(settlement.settled_at),
        "returned_at": instant(returned.returned_at) if returned else None,
        "return_reason": returned.reason if returned else None,
    }


def interest_row(credit: CreditDue, at: datetime) -> dict[str, Any]:
    """The interest on a debt as the API writes it; without a demand there is none.

    :raises RateMissing: if some is owed and no rate of a half-year is loaded
    """
    on = accounting_day(at, credit.order.contract.time_zone)
    owed = interest_owed(credit, on)
    none = money(Dollars().to_cents().amount)
    return {
        "credit": credit.public_id,
        "until": on.isoformat(),
        "due_on": owed.due.isoformat() if owed else None,
        "free_until": owed.free_until.isoformat() if owed else None,
        "earned": money(owed.total.to_cents().amount) if owed else none,
        "settled": money(owed.settled.to_cents().amount) if owed else none,
        "left": money(owed.left.to_cents().amount) if owed else none,
    }
