"""What goes onto the reconciliation statement and the receiving report."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contracting.billing.models import Invoice
from contracting.core.actors import Actor
from contracting.core.quantities import Dollars
from contracting.reconciliation import queries
from contracting.reconciliation.models import (
    Acceptance,
    Finding,
    ReconciliationRun,
)


def statement(run: ReconciliationRun, invoice: Invoice, at: datetime) -> dict[str, Any]:
    """The three counts of every key, and every discrepancy with its exact amount."""
    order = invoice.order
    contract = order.contract
    cells = run.cells.select_related("order_line__contract_line", "model").order_by(
        "period_start", "token_class_code"
    )
    findings = queries.findings_of_invoice(invoice)
    return {
        "author": contract.agency.name,
        "created_at": run.ran_at,
        "time_zone": contract.time_zone,
        "facts": [
            {"label": "Contract", "value": contract.piid},
            {"label": "Order", "value": order.piid},
            {"label": "Vendor", "value": invoice.vendor.name},
            {"label": "Invoice", "value": invoice.number},
            {"label": "Period from", "value": invoice.period_start},
            {"label": "Period to", "value": invoice.period_end},
            {"label": "Metered", "value": run.a_dollars, "shape": "dollars"},
            {"label": "Invoiced", "value": invoice.total_dollars, "shape": "dollars"},
            {"label": "Tokens metered", "value": run.a_tokens, "shape": "tokens"},
            {"label": "Tokens reported", "value": run.b_tokens, "shape": "tokens"},
            {"label": "Tokens invoiced", "value": run.c_tokens, "shape": "tokens"},
            {"label": "Inputs SHA-256", "value": run.inputs_sha256, "shape": "mono"},
            {"label": "Result SHA-256", "value": run.result_sha256, "shape": "mono"},
        ],
        "comparison": [
            {
                "item": (
                    f"{cell.order_line.contract_line.clin} "
                    f"{cell.period_start:%H:%M}-{cell.period_end:%H:%M}"
                ),
                "model": cell.model.snapshot,
                "token_class": cell.token_class_code,
                "metered_tokens": cell.a_tokens,
                "reported_tokens": cell.b_tokens,
                "invoiced_tokens": cell.c_tokens,
                "difference_tokens": (cell.c_tokens or 0) - cell.a_tokens,
                "difference_dollars": (
                    Dollars(cell.c_dollars or 0) - Dollars(cell.a_dollars)
                ),
            }
            for cell in cells
        ],
        "findings": [_finding_row(finding) for finding in findings],
        "notes": [
            "Every difference that is not zero is listed; a tolerance decides who may "
            "accept it, never whether it is shown. Amounts are exact and unrounded.",
        ],
    }


def _finding_row(finding: Finding) -> dict[str, Any]:
    resolution = getattr(finding, "resolution", None)
    line = finding.order_line
    return {
        "code": finding.code,
        "item": line.contract_line.clin if line else "",
        "token_class": ", ".join(finding.token_classes),
        "tokens": finding.tokens,
        "amount": Dollars(finding.amount_dollars),
        "state": "resolved" if resolution else "open",
        "resolution": resolution.code if resolution else "",
    }


def receiving_report(acceptance: Acceptance, by: Actor) -> dict[str, Any]:
    """A receiving report's blocks, with one row per accepted class."""
    invoice = acceptance.invoice
    order = invoice.order
    contract = order.contract
    lines = acceptance.lines.select_related(
        "invoice_line__order_line__contract_line", "invoice_line__token_class"
    ).order_by("invoice_line__position")
    return {
        "author": contract.agency.name,
        "created_at": acceptance.accepted_at,
        "time_zone": contract.time_zone,
        "blocks": {
            "1": f"{contract.piid} / {order.piid}",
            "2": acceptance.public_id,
            "3": acceptance.accepted_at,
            "6": f"{invoice.number}, {invoice.invoiced_on:%d %b %Y}",
            "8": "Destination",
            "9": f"{contract.vendor.name}\n{contract.vendor.address}",
            "10": f"{contract.agency.name}\n{contract.agency.address}",
            "12": order.payment_office or f"{contract.agency.name}, payment office",
            "13": order.place,
            "21b": {
                "signed_by": by.name,
                "title": "Contracting officer's representative",
                "signed_at": acceptance.accepted_at,
            },
            "22": by.name,
        },
        "accepted": [
            {
                "item": row.invoice_line.order_line.contract_line.clin,
                "description": (
                    f"{row.invoice_line.token_class.label}, "
                    f"{row.invoice_line.period.lower:%d %b %H:%M} to "
                    f"{row.invoice_line.period.upper:%H:%M} UTC"
                ),
                "quantity": row.payable_tokens,
                "unit": "TOK",
                "unit_price": row.usd_per_million_tokens,
                "amount": row.payable_dollars,
            }
            for row in lines
        ],
        "totals": {
            "accepted": {"item": "Total", "amount": acceptance.accepted_dollars}
        },
        "facts": [
            {"label": "Reconciliation", "value": acceptance.run.public_id},
            {
                "label": "Result SHA-256",
                "value": acceptance.run.result_sha256,
                "shape": "mono",
            },
            {
                "label": "Withheld",
                "value": acceptance.withheld_dollars,
                "shape": "dollars",
            },
        ],
    }
