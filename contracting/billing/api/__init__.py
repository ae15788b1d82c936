"""Endpoints of billing: a vendor's system reports and invoices, both sides read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from contracting.billing import queries
from contracting.billing.api.written import (
    credit_row,
    invoice_body,
    invoice_row,
    report_row,
)
from contracting.billing.calculations import (
    COLUMNS,
    SUM_COLUMNS,
    BadLines,
    BadReport,
    as_report,
    read_cents,
    read_lines,
)
from contracting.billing.calculations.ubl import read_stated, said_of
from contracting.billing.operations.receive_invoice import receive_invoice
from contracting.billing.operations.receive_report import receive_usage_report
from contracting.billing.operations.record_credit import record_credit
from contracting.billing.queries.credits import (
    credits_visible_to,
    get_credit_for,
)
from contracting.billing.queries.written import ubl_of
from contracting.billing.refusals import (
    CreditWrong,
    ImproperInvoice,
    ReportRefused,
    all_at_once,
)
from contracting.billing.serializers import (
    CreditSerializer,
    FileMetaSerializer,
    HeaderSerializer,
    InvoiceSerializer,
    InvoiceSummarySerializer,
    ReportMetaSerializer,
    ReportSerializer,
    StatedChargeSerializer,
    StatedCreditSerializer,
    StatedDueSerializer,
    StatedInvoiceSerializer,
    StatedLineSerializer,
    StatedMoneySerializer,
    StatedReportSerializer,
)
from contracting.core.api import (
    EndpointView,
    read_json,
    refuse_too_large,
    refuse_unknown_fields,
)
from contracting.orders.queries import get_task_order_for

META = ("label", "period_start", "period_end", "stated_total", "supersedes")
OF_A_FILE = ("format", "signature", "mapping")


class OrderReportsEndpoint(EndpointView):
    """The vendor's system reports what it counted on one order."""

    scope_write = "reports:write"

    @extend_schema(
        operation_id="receive_usage_report",
        summary="Send a usage report",
        description=(
            "Either text/csv with one row for each billed attempt and token class (or "
            "for each day and token class where the vendor names no calls: request_id "
            "and attempt are empty, and bucket_end says when the sum ends) and "
            "with label, period_start, period_end, stated_total and supersedes in the "
            "query, or the same in JSON. Reports of an order add up, but one that "
            "supersedes another replaces it; the same report sent again is answered "
            "as before. With format in the query the body is a file of another format, "
            "such as openai-usage, and is read as it is; signature is Ed25519 over "
            "sha256: and the hash of the body, hexadecimal. A report without a row "
            "says that nothing was counted."
        ),
        parameters=[
            OpenApiParameter(name, str, required=False, description="With text/csv.")
            for name in (*META, *OF_A_FILE)
        ],
        request={
            "text/csv": OpenApiTypes.STR,
            "application/json": StatedReportSerializer,
        },
        responses={201: ReportSerializer},
        tags=["usage reports"],
    )
    def post(self, request: Request, public_id: str) -> Response:
        order = get_task_order_for(self.actor, public_id)
        refuse_too_large(request)

        def work(at: datetime) -> tuple[int, Any, str]:
            said, content = _report(request)
            report = receive_usage_report(
                order_id=order.pk, content=content, by=self.actor, at=at, **said
            )
            return 201, report_row(report), f"/api/v1/usage_reports/{report.public_id}"

        return self.once(request, work)


class UsageReportsEndpoint(EndpointView):
    """The usage reports of the key's organization."""

    scope_read = "reports:read"

    @extend_schema(
        operation_id="list_usage_reports",
        summary="List usage reports",
        responses=ReportSerializer(many=True),
        tags=["usage reports"],
    )
    def get(self, request: Request) -> Response:
        return self.page(request, queries.reports_visible_to(self.actor), report_row)


class UsageReportEndpoint(EndpointView):
    """One usage report."""

    scope_read = "reports:read"

    @extend_schema(
        operation_id="get_usage_report",
        summary="Read a usage report",
        responses=ReportSerializer,
        tags=["usage reports"],
    )
    def get(self, request: Request, public_id: str) -> Response:
        return Response(report_row(queries.get_report_for(self.actor, public_id)))


class OrderInvoicesEndpoint(EndpointView):
    """The vendor's system invoices one order."""

    scope_write = "invoices:write"

    @extend_schema(
        operation_id="receive_invoice",
        summary="Send an invoice",
        description=(
            "An improper invoice is refused with every defect in data.defects, and "
            "nothing of it is kept. With application/xml it is UBL 2.1 in the terms of "
            "EN 16931."
        ),
        request={
            "application/json": StatedInvoiceSerializer,
            "application/xml": OpenApiTypes.STR,
        },
        responses={201: InvoiceSerializer},
        tags=["invoices"],
    )
    def post(self, request: Request, public_id: str) -> Response:
        order = get_task_order_for(self.actor, public_id)
        refuse_too_large(request)

        def work(at: datetime) -> tuple[int, Any, str]:
            invoice = receive_invoice(
                order_id=order.pk,
                **_invoice(request, order.contract.time_zone),
                content=request.body,
                by=self.actor,
                at=at,
            )
            return 201, invoice_body(invoice), f"/api/v1/invoices/{invoice.public_id}"

        return self.once(request, work)


class InvoicesEndpoint(EndpointView):
    """The invoices of the key's organization."""

    scope_read = "invoices:read"

    @extend_schema(
        operation_id="list_invoices",
        summary="List invoices",
        responses=InvoiceSummarySerializer(many=True),
        tags=["invoices"],
    )
    def get(self, request: Request) -> Response:
        return self.page(request, queries.invoices_visible_to(self.actor), invoice_row)


class InvoiceEndpoint(EndpointView):
    """One invoice with its lines."""

    scope_read = "invoices:read"

    @extend_schema(
        operation_id="get_invoice",
        summary="Read an invoice",
        responses=InvoiceSerializer,
        tags=["invoices"],
    )
    def get(self, request: Request, public_id: str) -> Response:
        return Response(invoice_body(queries.get_invoice_for(self.actor, public_id)))


class CreditsEndpoint(EndpointView):
    """What the vendor owes back, on the orders of the key's organization."""

    scope_read = "invoices:read"

    @extend_schema(
        operation_id="list_credits",
        summary="List credits that are due",
        description="What is open of one is taken off an invoice by naming its id.",
        responses=CreditSerializer(many=True),
        tags=["invoices"],
    )
    def get(self, request: Request) -> Response:
        return self.page(request, credits_visible_to(self.actor), credit_row)


class OrderCreditsEndpoint(EndpointView):
    """A vendor's system says that too much was paid."""

    scope_write = "invoices:write"

    @extend_schema(
        operation_id="record_credit",
        summary="Record a credit that is due",
        description=(
            "It returns to the funds of the ACRN that have paid, as a line of the next "
            "invoice or as a refund. One line and one ACRN each; acrn may be left out "
            "where the line has one."
        ),
        request=StatedDueSerializer,
        responses={201: CreditSerializer},
        tags=["invoices"],
    )
    def post(self, request: Request, public_id: str) -> Response:
        order = get_task_order_for(self.actor, public_id)

        def work(at: datetime) -> tuple[int, Any, str]:
            stated = StatedDueSerializer(data=read_json(request.body))
            refuse_unknown_fields(stated.initial_data, set(stated.fields))
            stated.is_valid(raise_exception=True)
            said = dict(stated.validated_data)
            line = order.lines.filter(
                contract_line__clin=said["clin"], is_removed=False
            ).first()
            if line is None:
                message = f"The order has no line {said['clin']}."
                raise CreditWrong(message, pointer="/clin")
            try:
                dollars = read_cents("amount", said["amount"]["amount"])
            except BadReport as error:
                raise CreditWrong(str(error), pointer="/amount") from error
            credit = record_credit(
                order_line_id=line.pk,
                dollars=dollars,
                kind=said["kind"],
                reason=said["reason"],
                acrn=said["acrn"],
                by=self.actor,
                at=at,
            )
            kept = get_credit_for(self.actor, credit.public_id)
            return 201, credit_row(kept), f"/api/v1/credits/{credit.public_id}"

        return self.once(request, work)


class CreditEndpoint(EndpointView):
    """One credit."""

    scope_read = "invoices:read"

    @extend_schema(
        operation_id="get_credit",
        summary="Read a credit",
        responses=CreditSerializer,
        tags=["invoices"],
    )
    def get(self, request: Request, public_id: str) -> Response:
        return Response(credit_row(get_credit_for(self.actor, public_id)))


class InvoiceUblEndpoint(EndpointView):
    """One invoice as a file in UBL 2.1."""

    scope_read = "invoices:read"

    @extend_schema(
        operation_id="get_invoice_ubl",
        summary="Read an invoice in UBL 2.1",
        responses={(200, "application/xml"): OpenApiTypes.BINARY},
        tags=["invoices"],
    )
    def get(self, request: Request, public_id: str) -> HttpResponse:
        invoice = queries.get_invoice_for(self.actor, public_id)
        return HttpResponse(ubl_of(invoice), content_type="application/xml")


_ROWS = (
    set(COLUMNS),
    {*COLUMNS, *SUM_COLUMNS},
    {*COLUMNS, *SUM_COLUMNS} - {"attempt"},
)
"""What a row of a call, and of a sum, may have."""


def _report(request: Request) -> tuple[dict[str, Any], bytes]:
    """What is said of the report, and its rows as CSV."""
    is_csv = request.content_type.split(";")[0].strip() == "text/csv"
    if is_csv or "format" in request.query_params:
        query = request.query_params
        refuse_unknown_fields(query.dict(), {*META, *OF_A_FILE})
        file = FileMetaSerializer(data=query.dict())
        file.is_valid(raise_exception=True)
        said = dict(file.validated_data)
        return {**said, "mapping": said["mapping"] or None}, request.body
    body = read_json(request.body)
    refuse_unknown_fields(body, {*META, "rows"})
    rows = body.pop("rows", None)
    meta = ReportMetaSerializer(data=body)
    meta.is_valid(raise_exception=True)
    if not isinstance(rows, list) or not all(
        isinstance(row, dict) and set(row) in _ROWS for row in rows
    ):
        message = f"rows is a list of objects with {', '.join(COLUMNS)}."
        raise ReportRefused(message, pointer="/rows")
    return dict(meta.validated_data), as_report(rows)


def _invoice(request: Request, zone: str) -> dict[str, Any]:
    """The values of an invoice, read strictly; lines that cannot be read are named."""
    media_type = request.content_type.split(";")[0].strip()
    if media_type in {"application/xml", "text/xml"}:
        return _xml_invoice(request.body, zone)
    stated = StatedInvoiceSerializer(data=read_json(request.body))
    _refuse_unknown_parts(stated.initial_data)
    stated.is_valid(raise_exception=True)
    said = dict(stated.validated_data)
    try:
        said["lines"] = read_lines(
            [
                *(_line_row(line) for line in said["lines"]),
                *(_charge_row(line) for line in said.pop("charges", ())),
                *(_credit_row(line) for line in said.pop("credits", ())),
            ]
        )
        said["total"] = read_cents("The total", said["total"]["amount"])
    except BadLines as error:
        all_at_once([ImproperInvoice(each) for each in error.errors])
    except BadReport as error:
        raise ImproperInvoice(str(error)) from error
    return said


def _xml_invoice(content: bytes, zone: str) -> dict[str, Any]:
    try:
        stated, corrects = read_stated(content, zone=zone)
    except BadLines as error:
        all_at_once([ImproperInvoice(each) for each in error.errors])
        raise
    except BadReport as error:
        raise ImproperInvoice(str(error)) from error
    return {**said_of(stated), "corrects": corrects, "media_type": "application/xml"}


def _refuse_unknown_parts(body: Any) -> None:
    """No unknown name at any depth; what has no such form fails in the serializer."""
    refuse_unknown_fields(body, set(StatedInvoiceSerializer().fields))
    lines, charges = body.get("lines"), body.get("charges")
    credited = body.get("credits")
    for part, pointer, known in (
        *(
            (line, f"/credits/{place}", StatedCreditSerializer)
            for place, line in enumerate(credited if isinstance(credited, list) else ())
        ),
        *(
            (line, f"/charges/{place}", StatedChargeSerializer)
            for place, line in enumerate(charges if isinstance(charges, list) else ())
        ),
        (body.get("header"), "/header", HeaderSerializer),
        (body.get("total"), "/total", StatedMoneySerializer),
        *(
            (line, f"/lines/{place}", StatedLineSerializer)
            for place, line in enumerate(lines if isinstance(lines, list) else ())
        ),
        *(
            (line.get("amount"), f"/lines/{place}/amount", StatedMoneySerializer)
            for place, line in enumerate(lines if isinstance(lines, list) else ())
            if isinstance(line, dict)
        ),
    ):
        if isinstance(part, dict):
            refuse_unknown_fields(part, set(known().fields), at=pointer)


def _line_row(line: dict[str, Any]) -> dict[str, Any]:
    return {
        **line,
        "period_start": line["period_start"].isoformat(),
        "period_end": line["period_end"].isoformat(),
        "unit_price": line["usd_per_million_tokens"],
        "amount": line["amount"]["amount"],
    }


def _charge_row(line: dict[str, Any]) -> dict[str, Any]:
    return {
        **line,
        "period_start": line["period_start"].isoformat(),
        "period_end": line["period_end"].isoformat(),
        "unit_price": line["usd_per_unit"],
        "amount": line["amount"]["amount"],
    }


def _credit_row(line: dict[str, Any]) -> dict[str, Any]:
    return {**line, "amount": line["amount"]["amount"]}
