"""Receive what the vendor counted."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing import calculations, events, permissions, queries
from contracting.billing.models import ReportRow, UsageReport
from contracting.billing.refusals import ReportReceivedBefore, ReportRefused
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.documents.operations.store import store_blob
from contracting.orders.models import TaskOrder


@transaction.atomic
def receive_usage_report(
    *,
    order_id: int,
    label: str,
    period_start: datetime,
    period_end: datetime,
    content: bytes,
    stated_total: int | None = None,
    by: Actor,
    at: datetime,
) -> UsageReport:
    """Receive a report that covers ``[period_start, period_end)`` of one order.

    Reports of an order add up; a row is never replaced. What arrives after the
    contract's due day is late and taken all the same. The same label with the same
    content is answered with the report received before.

    :param content: CSV, one row per billed attempt and class
    :param stated_total: the vendor's own total of tokens, a checksum
    :raises NotAllowed: if ``by`` is not of the contract's vendor
    :raises ReportRefused: if it cannot be read, a row lies outside the period, or the
        total is not the sum of the classes (R-MET-02)
    :raises ReportReceivedBefore: if the label was used for other content
    """
    contract_id = TaskOrder.objects.values_list("contract_id", flat=True).get(
        pk=order_id
    )
    Contract.objects.locked().get(pk=contract_id)
    order = TaskOrder.objects.locked().select_related("contract").get(pk=order_id)
    require(permissions.can_receive_usage_report(by, order))
    blob = store_blob(content=content, media_type="text/csv")
    before = UsageReport.objects.filter(order=order, label=label).first()
    if before is not None:
        if before.payload_id == blob.pk:
            return before
        message = f"A report {label!r} was received already, with other content."
        raise ReportReceivedBefore(message)
    rows = _rows(content, label, period_start, period_end, stated_total)
    report = UsageReport.objects.create(
        order=order,
        vendor_id=order.contract.vendor_id,
        label=label,
        period_start=period_start,
        period_end=period_end,
        due_at=queries.report_due_at(order, rows[-1].occurred_at),
        received_at=at,
        payload=blob,
        rows_received=len(rows),
        received_by=by.name,
    )
    ReportRow.objects.bulk_create(
        (
            ReportRow(
                report=report,
                row_number=number,
                request_id=row.request_id,
                attempt=row.attempt,
                occurred_at=row.occurred_at,
                model_name=row.model_name,
                token_class_code=row.token_class_code,
                tier=row.tier,
                tokens=row.tokens,
            )
            for number, row in enumerate(rows, start=1)
        ),
        batch_size=5000,
    )
    record_event(
        events.USAGE_REPORT_RECEIVED,
        subject=report.subject,
        by=by,
        at=at,
        data={
            "label": label,
            "rows": len(rows),
            "tokens": sum(row.tokens for row in rows),
            "sha256": blob.sha256,
            "is_late": report.is_late,
        },
    )
    return report


def _rows(
    content: bytes,
    label: str,
    period_start: datetime,
    period_end: datetime,
    stated_total: int | None,
) -> list[calculations.ReadRow]:
    if not label.strip() or period_end <= period_start:
        message = "A report has a label and a period that ends after it begins."
        raise ReportRefused(message)
    try:
        rows = calculations.read_report(content)
    except calculations.BadReport as error:
        raise ReportRefused(str(error)) from error
    outside = [
        row for row in rows if not period_start <= row.occurred_at < period_end
    ]
    if outside:
        message = (
            f"{len(outside)} rows lie outside the report's period, the first is "
            f"{outside[0].request_id}."
        )
        raise ReportRefused(message, request_id=outside[0].request_id)
    counted = sum(row.tokens for row in rows)
    if stated_total is not None and stated_total != counted:
        message = f"The report states {stated_total:,} tokens; its rows sum to {counted:,}."
        raise ReportRefused(message, stated=stated_total, counted=counted)
    return rows
