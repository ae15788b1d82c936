"""Endpoints of payments, for the agency's machines and the vendor's."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracting.core.api import (
    EndpointView,
    instant,
    money,
    read_json,
    refuse_unknown_fields,
)
from contracting.documents.models import Blob
from contracting.documents.queries import read_blob
from contracting.payments import queries
from contracting.payments.models import PaymentCertification, PaymentExport
from contracting.payments.operations.export_payments import export_payments
from contracting.payments.operations.import_payment_status import (
    import_payment_status,
)
from contracting.payments.operations.return_payment import return_payment
from contracting.payments.queries.batches import exports_visible_to, get_export_for
from contracting.payments.serializers import (
    PaymentBatchSerializer,
    PaymentSerializer,
    PaymentSummarySerializer,
    StatedReturnSerializer,
    StatusSerializer,
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
                "credit_number": each.credit.number,
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


class PaymentReturnEndpoint(EndpointView):
    """Finance gives a voucher back."""

    scope_write = "payments:write"

    @extend_schema(
        operation_id="return_payment",
        summary="Give a voucher back",
        description=(
            "What it pays is certified anew, by a person. Where it was paid and the "
            "money came back, its postings are reversed."
        ),
        request=StatedReturnSerializer,
        responses=PaymentSummarySerializer,
        tags=["payments"],
    )
    def post(self, request: Request, public_id: str) -> Response:
        found = queries.get_certification_for(self.actor, public_id)

        def work(at: datetime) -> tuple[int, Any, str]:
            said = read_body(StatedReturnSerializer, request)
            return_payment(
                certification_id=found.pk, reason=said["reason"], by=self.actor, at=at
            )
            now = queries.get_certification_for(self.actor, public_id)
            return 200, summary_of(now), f"/api/v1/payments/{public_id}"

        return self.once(request, work)


class BatchesEndpoint(EndpointView):
    """The batches that were handed to the finance system, and a new one."""

    scope_read = "payments:read"
    scope_write = "payments:write"

    @extend_schema(
        operation_id="list_payment_batches",
        summary="List batches of payments",
        responses=PaymentBatchSerializer(many=True),
        tags=["payments"],
    )
    def get(self, request: Request) -> Response:
        found = exports_visible_to(self.actor).order_by()
        return self.page(request, found, batch_row)

    @extend_schema(
        operation_id="export_payments",
        summary="Take what is certified as a batch",
        description=(
            "Every certified payment that is in no batch yet, each once. There is no "
            "empty batch: where nothing waits the answer is 409."
        ),
        request=None,
        responses={201: PaymentBatchSerializer},
        tags=["payments"],
    )
    def post(self, request: Request) -> Response:
        def work(at: datetime) -> tuple[int, Any, str]:
            export = export_payments(
                agency_id=self.actor.own_organization_id, by=self.actor, at=at
            )
            kept = get_export_for(self.actor, export.public_id)
            return (
                201,
                batch_row(kept),
                f"/api/v1/payment_batches/{export.public_id}",
            )

        return self.once(request, work)


class BatchEndpoint(EndpointView):
    """One batch."""

    scope_read = "payments:read"

    @extend_schema(
        operation_id="get_payment_batch",
        summary="Read a batch of payments",
        responses=PaymentBatchSerializer,
        tags=["payments"],
    )
    def get(self, request: Request, public_id: str) -> Response:
        return Response(batch_row(get_export_for(self.actor, public_id)))


class BatchCsvEndpoint(EndpointView):
    """The batch as CSV, byte for byte as it was kept."""

    scope_read = "payments:read"

    @extend_schema(
        operation_id="get_payment_batch_csv",
        summary="Fetch a batch as CSV",
        responses={(200, "text/csv"): OpenApiTypes.BINARY},
        tags=["payments"],
    )
    def get(self, request: Request, public_id: str) -> HttpResponse:
        return _kept(get_export_for(self.actor, public_id).csv)


class BatchJsonEndpoint(EndpointView):
    """The batch as JSON, byte for byte as it was kept."""

    scope_read = "payments:read"

    @extend_schema(
        operation_id="get_payment_batch_json",
        summary="Fetch a batch as JSON",
        responses={(200, "application/json"): OpenApiTypes.BINARY},
        tags=["payments"],
    )
    def get(self, request: Request, public_id: str) -> HttpResponse:
        return _kept(get_export_for(self.actor, public_id).json)


def _kept(blob: Blob) -> HttpResponse:
    return HttpResponse(read_blob(blob), content_type=blob.media_type)


class StatusEndpoint(EndpointView):
    """What the finance system answers."""

    scope_write = "payments:write"

    @extend_schema(
        operation_id="import_payment_status",
        summary="Say what was paid and what was given back",
        description=(
            "CSV whose first line is voucher_number,status,paid_on,reference,amount,"
            "reason; status is PAID or RETURNED. All rows are recorded or none; what "
            "is known already is passed over."
        ),
        request={"text/csv": OpenApiTypes.STR},
        responses={201: StatusSerializer},
        tags=["payments"],
    )
    def post(self, request: Request) -> Response:
        def work(at: datetime) -> tuple[int, Any, str]:
            done = import_payment_status(
                agency_id=self.actor.own_organization_id,
                content=request.body,
                by=self.actor,
                at=at,
            )
            return 201, asdict(done), ""

        return self.once(request, work)


def read_body(
    form: type[serializers.Serializer[Any]], request: Request
) -> dict[str, Any]:
    """The values of a body that has nothing else."""
    stated = form(data=read_json(request.body))
    refuse_unknown_fields(stated.initial_data, set(stated.fields))
    stated.is_valid(raise_exception=True)
    return dict(stated.validated_data)


def batch_row(export: PaymentExport) -> dict[str, Any]:
    """A batch as the API writes it."""
    return {
        "id": export.public_id,
        "number": export.number,
        "vouchers": export.vouchers,  # type: ignore[attr-defined]
        "csv_sha256": export.csv.sha256,
        "json_sha256": export.json.sha256,
        "exported_at": instant(export.exported_at),
    }


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
