"""Endpoints of payments, for the agency's machines and the vendor's."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from contracting.core.api import EndpointView, instant, money
from contracting.payments import queries
from contracting.payments.models import PaymentCertification
from contracting.payments.serializers import (
    PaymentSerializer,
    PaymentSummarySerializer,
)


class PaymentsEndpoint(EndpointView):
    """The certified payments of the key's organization."""

    scope_read = "payments:read"

    @extend_schema(
        operation_id="list_payments",
        summary="List certified payments",
        responses=PaymentSummarySerializer(many=True),
        tags=["payments"],
    )
    def get(self, request: Request) -> Response:
        found = queries.certifications_visible_to(self.actor)
        return self.page(request, found, summary_of)


class PaymentEndpoint(EndpointView):
    """One certified payment with its lines and its funds."""

    scope_read = "payments:read"

    @extend_schema(
        operation_id="get_payment",
        summary="Read a certified payment",
        responses=PaymentSerializer,
        tags=["payments"],
    )
    def get(self, request: Request, public_id: str) -> Response:
        found = queries.get_certification_for(self.actor, public_id)
        accepted = queries.acceptances_of(found)
        body = summary_of(found)
        body["invoiced"] = money(found.invoice.asked.amount)
        body["withheld"] = money(queries.withheld_of(found.invoice).amount)
        body["discount"] = money(found.discount_dollars)
        body["credits"] = [
            {
                "credit": each.credit.public_id,
                "is_stated": each.credit_line_id is not None,
                "amount": money(each.dollars),
            }
            for each in found.offsets.select_related("credit").order_by("pk")
        ]
        body["lines"] = [line_of(line) for line in queries.voucher_lines(accepted)]
        body["charges"] = [
            charge_of(charge) for charge in queries.voucher_charges(accepted)
        ]
        body["classification"] = [
            {
                "clin": part.clin,
                "acrn": part.acrn,
                "amount": money(part.dollars.amount),
            }
            for part in queries.classification_of(found)
        ]
        return Response(body)


def summary_of(certification: PaymentCertification) -> dict[str, Any]:
    """One certified payment in a list."""
    invoice = certification.invoice
    paid = getattr(certification, "payment", None)
    return {
        "id": certification.public_id,
        "voucher_number": certification.voucher_number,
        "state": certification.state,
        "invoice": invoice.public_id,
        "invoice_number": invoice.number,
        "order": invoice.order.public_id,
        "order_piid": invoice.order.piid,
        "contract_piid": invoice.order.contract.piid,
        "vendor": invoice.vendor.public_id,
        "amount": money(certification.dollars),
        "due_on": certification.due_on.isoformat(),
        "accelerated_on": certification.accelerated_on.isoformat()
        if certification.accelerated_on
        else None,
        "certified_at": instant(certification.certified_at),
        "payment": {
            "id": paid.public_id,
            "paid_on": paid.paid_on.isoformat(),
            "reference": paid.reference,
            "interest": money(paid.interest_dollars),
            "total": money(paid.total.amount),
        }
        if paid
        else None,
    }


def line_of(line: queries.VoucherLine) -> dict[str, Any]:
    """What is payable on one line of the invoice."""
    return {
        "position": line.position,
        "clin": line.clin,
        "model": line.model,
        "token_class": line.token_class,
        "tokens": line.tokens.count,
        "usd_per_million_tokens": format(line.price.usd_per_million_tokens, "f"),
        "amount": money(line.dollars.amount),
    }


def charge_of(charge: queries.VoucherCharge) -> dict[str, Any]:
    """What is payable on one line of the invoice that is owed not by tokens."""
    return {
        "position": charge.position,
        "clin": charge.clin,
        "description": charge.description,
        "unit": charge.unit,
        "units": format(charge.units, "f"),
        "usd_per_unit": format(charge.price.usd_per_unit, "f"),
        "amount": money(charge.dollars.amount),
    }
