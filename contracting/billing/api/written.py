"""Usage reports and invoices as the API writes them."""

from __future__ import annotations

from typing import Any

from contracting.billing import queries
from contracting.billing.models import (
    ChargeLine,
    CreditDue,
    CreditLine,
    Invoice,
    InvoiceLine,
    UsageReport,
)
from contracting.billing.queries.credits import credit_lines_of
from contracting.core.api import instant, money


def report_row(report: UsageReport) -> dict[str, Any]:
    """A usage report as the API writes it."""
    later = report.revision
    return {
        "id": report.public_id,
        "order": report.order.public_id,
        "label": report.label,
        "period_start": instant(report.period_start),
        "period_end": instant(report.period_end),
        "due_at": instant(report.due_at),
        "received_at": instant(report.received_at),
        "is_late": report.is_late,
        "is_in_sums": report.is_in_sums,
        "supersedes": report.supersedes.public_id if report.supersedes else None,
        "superseded_by": later.public_id if later else None,
        "rows": report.rows_received,
        "tokens": queries.tokens_of(report),
        "payload_sha256": report.payload.sha256,
        "format": report.format,
        "sent_sha256": report.sent_sha256 or report.payload.sha256,
        "signed_with": report.signed_with.public_key if report.signed_with else None,
        "notes": report.notes,
    }


def invoice_row(invoice: Invoice) -> dict[str, Any]:
    """An invoice in a list."""
    return {
        "id": invoice.public_id,
        "number": invoice.number,
        "order": invoice.order.public_id,
        "vendor": invoice.vendor.public_id,
        "state": invoice.state,
        "invoiced_on": invoice.invoiced_on.isoformat(),
        "period_start": instant(invoice.period_start),
        "period_end": instant(invoice.period_end),
        "total": money(invoice.total_dollars),
        "credited": money(invoice.credited_dollars),
        "received_at": instant(invoice.received_at),
        "returned_at": instant(invoice.returned_at),
        "return_reasons": invoice.return_reasons,
        "payload_sha256": invoice.payload.sha256,
    }


def invoice_body(invoice: Invoice) -> dict[str, Any]:
    """An invoice with its lines."""
    lines = [_line(row) for row in queries.lines_of(invoice)]
    charges = [_charge(row) for row in queries.charge_lines_of(invoice)]
    taken_off = [_credited(row) for row in credit_lines_of(invoice)]
    body = {"lines": lines, "charges": charges, "credits": taken_off}
    return {**invoice_row(invoice), **body}


def _credited(row: CreditLine) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "position": row.position,
        "credit": row.credit.public_id,
        "credit_number": row.credit.number,
        "clin": row.credit.order_line.clin,
        "acrn": row.credit.acrn,
        "kind": row.credit.kind,
        "description": row.description,
        "amount": money(-row.amount_dollars),
    }


def credit_row(credit: CreditDue) -> dict[str, Any]:
    """A credit as the API writes it."""
    return {
        "id": credit.public_id,
        "number": credit.number,
        "order": credit.order.public_id,
        "clin": credit.order_line.clin,
        "acrn": credit.acrn,
        "kind": credit.kind,
        "reason": credit.reason,
        "amount": money(credit.dollars),
        "on_invoices": money(credit.taken_dollars),
        "settled": money(credit.settled_dollars),
        "open": money(credit.open.amount),
        "credited_at": instant(credit.credited_at),
    }


def _charge(row: ChargeLine) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "position": row.position,
        "clin": row.order_line.clin,
        "acrn": row.acrn,
        "kind": row.kind,
        "description": row.description,
        "period_start": instant(row.period.lower),
        "period_end": instant(row.period.upper),
        "unit": row.unit,
        "units": format(row.units, "f"),
        "usd_per_unit": format(row.usd_per_unit, "f"),
        "amount": money(row.amount_dollars),
    }


def _line(row: InvoiceLine) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "position": row.position,
        "clin": row.order_line.clin,
        "acrn": row.acrn,
        "description": row.description,
        "model": row.model.snapshot,
        "token_class": row.token_class.code,
        "tier": row.tier,
        "kind": row.kind,
        "adjusts": row.adjusts.public_id if row.adjusts else None,
        "period_start": instant(row.period.lower),
        "period_end": instant(row.period.upper),
        "tokens": row.tokens,
        "usd_per_million_tokens": format(row.usd_per_million_tokens, "f"),
        "amount": money(row.amount_dollars),
    }
