"""Receive what the vendor counted."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing import calculations, events, permissions, queries
from contracting.billing.calculations import formats
from contracting.billing.calculations.signing import is_signed
from contracting.billing.models import ReportRow, SigningKey, UsageReport
from contracting.billing.queries import prices_of
from contracting.billing.refusals import (
    ReportOutsidePeriod,
    ReportReceivedBefore,
    ReportRefused,
)
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.documents.operations.store import store_blob
from contracting.orders.models import TaskOrder

_OF_A_ROW = (
    "request_id",
    "attempt",
    "occurred_at",
    "model_name",
    "token_class_code",
    "tier",
    "tokens",
    "bucket_end",
)
_COLUMNS = ("report_id", "row_number", *_OF_A_ROW)


@transaction.atomic
def receive_usage_report(
    *,
    order_id: int,
    label: str,
    period_start: datetime,
    period_end: datetime,
    content: bytes,
    stated_total: int | None = None,
    supersedes: str = "",
    format: str = formats.OURS,  # noqa: A002
    mapping: Mapping[str, Any] | None = None,
    signature: str = "",
    by: Actor,
    at: datetime,
) -> UsageReport:
    """Receive a report that covers ``[period_start, period_end)`` of one order.

    Reports of an order add up, unless one supersedes another: then the later one
    counts alone, and is as late as the first was. What arrives after the contract's
    due day is late and taken all the same. The same label with the same content is
    answered with the report received before. A report without a row says that the
    vendor counted nothing.

    :param format: our CSV, or one that metering reads; it is turned into our rows
    :param mapping: which column is what, for a CSV file of the vendor's own; without
        one it is read as the last such report of the order
    :param signature: Ed25519 over ``sha256:`` and the hash of the file, hexadecimal
    :param content: CSV, one row per billed attempt and class, or one per sum of a day
        and class where the vendor counts no single calls
    :param stated_total: the vendor's own total of tokens, a checksum
    :param supersedes: the label of the report that this one corrects
    :raises NotAllowed: if ``by`` is not of the contract's vendor
    :raises ReportRefused: if it cannot be read, or the total is not the sum of the
        classes (R-MET-02)
    :raises ReportOutsidePeriod: if a row lies outside the period, or the period outside
        the order's or in the future
    :raises ReportReceivedBefore: if the label was used for other content, or the report
        that it corrects was superseded already
    """
    order = queries.locked_order(order_id)
    require(permissions.can_receive_usage_report(by, order))
    label = label.strip()
    before = UsageReport.objects.filter(order=order, label=label).first()
    if before is not None:
        return _again(before, (period_start, period_end), content, supersedes.strip())
    key = _signed_with(order, content, signature.strip().lower())
    mapping = mapping if mapping is not None else queries.saved_mapping(order, format)
    sent = _in_our_columns(order, format, content, mapping)
    rows = _rows(sent.content, label, period_start, period_end, stated_total)
    _guard_period(order, period_start, period_end, at)
    former = _superseded(order, supersedes.strip(), period_start, period_end)
    blob = store_blob(content=sent.kept, media_type=sent.media_type)
    report = UsageReport.objects.create(
        order=order,
        vendor_id=order.contract.vendor_id,
        label=label,
        period_start=period_start,
        period_end=period_end,
        due_at=queries.report_due_at(
            order, min((row.occurred_at for row in rows), default=period_start)
        ),
        received_at=at,
        payload=blob,
        format=format,
        sent_sha256=hashlib.sha256(content).hexdigest(),
        notes=sent.notes,
        mapping=mapping,
        signed_with=key,
        signature=signature.strip().lower() if key else "",
        rows_received=len(rows),
        received_by=by.name,
        is_in_sums=any(row.bucket_end for row in rows),
        supersedes=former,
        first_received_at=former.counts_from if former else None,
    )
    ReportRow.objects.add_all(
        _COLUMNS,
        (
            [report.pk, number, *(getattr(row, name) for name in _OF_A_ROW)]
            for number, row in enumerate(rows, start=1)
        ),
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
            "sha256": report.sent_sha256,
            "format": format,
            "signed_with": key.public_key if key else None,
            "is_late": report.is_late,
            "is_in_sums": report.is_in_sums,
            "supersedes": former.label if former else None,
        },
    )
    return report


def _again(
    before: UsageReport,
    period: tuple[datetime, datetime],
    content: bytes,
    supersedes: str,
) -> UsageReport:
    """The report received before, if exactly this was sent again."""
    former = before.supersedes.label if before.supersedes else ""
    sha256 = before.sent_sha256 or before.payload.sha256
    same = sha256 == hashlib.sha256(content).hexdigest()
    said = (*period, supersedes)
    if not same or said != (before.period_start, before.period_end, former):
        message = (
            f"A report {before.label!r} was received already, and it differs. A "
            "correction has a label of its own and names the report it supersedes."
        )
        raise ReportReceivedBefore(message)
    return before


@dataclass(frozen=True, slots=True)
class _Sent:
    """A report in our columns, and what is kept of the file that was sent."""

    content: bytes
    kept: bytes
    media_type: str
    notes: list[str]


def _in_our_columns(
    order: TaskOrder, name: str, content: bytes, mapping: Mapping[str, Any] | None
) -> _Sent:
    """The file as our CSV. One that may carry words of a call is not kept itself.

    :raises ReportRefused: if it is not of its format (R-MET-02)
    """
    if name == formats.OURS:
        return _Sent(content, content, "text/csv", [])
    priced = {token_class for _clin, _model, token_class, _tier in prices_of(order)}
    try:
        read = formats.converted(name, content, priced=priced, mapping=mapping)
    except calculations.BadLines as error:
        raise ReportRefused(str(error), defects=error.errors) from error
    except calculations.BadReport as error:
        raise ReportRefused(str(error)) from error
    ours = calculations.as_report(read.rows)
    if read.may_carry_content:
        return _Sent(ours, ours, "text/csv", read.notes)
    return _Sent(ours, content, "application/octet-stream", read.notes)


def _signed_with(order: TaskOrder, content: bytes, signature: str) -> SigningKey | None:
    """The vendor's key that has signed the file, or ``None`` if it is not signed.

    :raises ReportRefused: if it is signed, and by none of the vendor's keys in force
    """
    if not signature:
        return None
    keys = SigningKey.objects.filter(
        vendor=order.contract.vendor_id, revoked_at__isnull=True
    )
    for key in keys.order_by("-pk"):
        if is_signed(content, signature, key.public_key):
            return key
    message = (
        "The signature is of none of your keys in force over this file. Sign "
        "“sha256:” and the file's SHA-256 with Ed25519, or send it unsigned."
    )
    raise ReportRefused(message, pointer="/signature")


def _superseded(
    order: TaskOrder, label: str, period_start: datetime, period_end: datetime
) -> UsageReport | None:
    """The report of that label, which no other one supersedes yet."""
    if not label:
        return None
    former = UsageReport.objects.filter(order=order, label=label).first()
    if former is None:
        message = f"There is no report {label[:60]!r} of this order to supersede."
        raise ReportRefused(message, supersedes=label)
    later = former.revision
    if later is not None:
        message = (
            f"Report {label!r} was superseded by {later.label!r}. Supersede that one."
        )
        raise ReportReceivedBefore(message, superseded_by=later.label)
    if period_start > former.period_start or period_end < former.period_end:
        message = "A correction covers at least the period of the report it supersedes."
        raise ReportOutsidePeriod(message)
    return former


def _guard_period(
    order: TaskOrder, period_start: datetime, period_end: datetime, at: datetime
) -> None:
    if period_end > at:
        message = "A report covers a period that is over."
        raise ReportOutsidePeriod(message)
    performance = order.period
    if period_start < performance.start or period_end > performance.end:
        message = "The report's period is not inside the order's."
        raise ReportOutsidePeriod(message)


def _rows(
    content: bytes,
    label: str,
    period_start: datetime,
    period_end: datetime,
    stated_total: int | None,
) -> list[calculations.ReadRow]:
    if not label or period_end <= period_start:
        message = "A report has a label and a period that ends after it begins."
        raise ReportOutsidePeriod(message)
    try:
        rows = calculations.read_report(content)
    except calculations.BadLines as error:
        raise ReportRefused(str(error), defects=error.errors) from error
    except calculations.BadReport as error:
        raise ReportRefused(str(error)) from error
    outside = [
        row
        for row in rows
        if not period_start <= row.occurred_at < period_end
        or (row.bucket_end and row.bucket_end > period_end)
    ]
    if outside:
        first = outside[0].request_id or f"the sum from {outside[0].occurred_at}"
        message = (
            f"{len(outside)} rows lie outside the report's period, the first is "
            f"{first}."
        )
        raise ReportOutsidePeriod(message, request_id=outside[0].request_id)
    counted = sum(row.tokens for row in rows)
    if counted > calculations.MAX_TOKENS_AT_ONCE:
        message = f"A report has at most {calculations.MAX_TOKENS_AT_ONCE:,} tokens."
        raise ReportRefused(message, counted=counted)
    if stated_total is not None and stated_total != counted:
        message = (
            f"The report states {stated_total:,} tokens; its rows sum to {counted:,}."
        )
        raise ReportRefused(message, stated=stated_total, counted=counted)
    return rows
