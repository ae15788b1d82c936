"""What goes onto the reconciliation statement and the receiving report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from contracting.billing.models import Invoice
from contracting.billing.paperwork import report_rows
from contracting.billing.queries import reports_touching
from contracting.core.actors import Actor
from contracting.core.periods import Period, accounting_day
from contracting.core.plots.tables import Plot
from contracting.core.quantities import Dollars
from contracting.documents.calculations import day_words, period_words
from contracting.documents.paperwork.addresses import in_lines
from contracting.orders.models import TaskOrder
from contracting.reconciliation import queries
from contracting.reconciliation.matching.allowances import tolerated_total
from contracting.reconciliation.matching.waterfall import Waterfall
from contracting.reconciliation.models import (
    Acceptance,
    Finding,
    ReconciliationRun,
)
from contracting.reconciliation.queries.counts import plot_of
from contracting.reconciliation.states import FindingCode
from contracting.reference.models import TokenClass
from contracting.solicitations.models.tolerances import tolerance_rows

ACCEPTED: Final = (
    "Acceptance of listed items has been made by me or under my supervision and they "
    "conform to contract, except as noted herein or on supporting documents"
)
"""A choice of block 21b; the list of blocks holds the same words."""


def statement(
    run: ReconciliationRun, invoice: Invoice, by: Actor, at: datetime
) -> dict[str, Any]:
    """The three counts of every key, and every discrepancy with its exact amount.

    The steps from what is invoiced to what is metered, the tolerances and the usage
    reports that were compared stand before them.
    """
    order = invoice.order
    contract = order.contract
    cells = run.cells.select_related("order_line__contract_line", "model").order_by(
        "period_start", "order_line__contract_line__clin", "token_class_code"
    )
    findings = list(queries.findings_of_invoice(invoice))
    classes = _token_classes()
    plot = plot_of(run)
    return {
        "author": contract.agency.name,
        "created_at": run.ran_at,
        "time_zone": contract.time_zone,
        "summary": plot.sentence if plot else "",
        "facts": [
            {"label": "Contract", "value": contract.piid},
            {"label": "Order", "value": order.piid},
            {"label": "Vendor", "value": invoice.vendor.name},
            {"label": "Invoice", "value": invoice.number},
            {"label": "Period", "value": _period(invoice), "span": 8},
            {"label": "Metered", "value": run.a_dollars, "shape": "dollars"},
            {"label": "Invoiced", "value": invoice.total_dollars, "shape": "dollars"},
            {"label": "Tokens metered", "value": run.a_tokens, "shape": "tokens"},
            {"label": "Tokens reported", "value": run.b_tokens, "shape": "tokens"},
            {"label": "Tokens invoiced", "value": run.c_tokens, "shape": "tokens"},
            {"label": "Compared", "value": run.ran_at, "span": 6},
            {"label": "Run", "value": run.number, "span": 6},
            {"label": "Inputs SHA-256", "value": run.inputs_sha256, "shape": "mono"},
            *beyond_facts(queries.acceptances_of(invoice), order),
            {"label": "Result SHA-256", "value": run.result_sha256, "shape": "mono"},
        ],
        "waterfall": _steps(run, plot),
        "tolerances": _tolerances(invoice),
        "reports": report_rows(order, Period(invoice.period_start, invoice.period_end)),
        "comparison": [
            {
                "item": cell.order_line.contract_line.clin,
                "period": period_words(
                    cell.period_start, cell.period_end, contract.time_zone
                ),
                "model": cell.model.snapshot,
                "token_class": classes[cell.token_class_code],
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
        "findings": [_finding_row(finding, classes) for finding in findings],
        "signatures": [
            {
                "capacity": "Accepted by",
                "signed_by": by.name,
                "title": by.role_label,
                "signed_at": at,
            }
        ],
        "notes": [
            "Every difference that is not zero is listed; a tolerance decides who may "
            "accept it, never whether it is shown. Amounts are exact and unrounded.",
        ],
    }


def _steps(run: ReconciliationRun, plot: Plot | None) -> list[dict[str, Any]]:
    """The steps of the drawing with their words; the first and the last are its ends.

    :param plot: none of a comparison that was made before there were steps
    """
    if plot is None:
        return []
    codes = ["", *(step.code for step in Waterfall.read(run.waterfall).steps), ""]
    return [
        {
            "step": str(step)[:1].upper() + str(step)[1:],
            "reason": FindingCode(code).label if code in FindingCode.values else "",
            "count": count,
            "amount": amount,
            "leaves": leaves,
        }
        for code, (step, count, amount, leaves) in zip(
            codes, plot.table.rows, strict=True
        )
    ]


def _period(invoice: Invoice) -> str:
    zone = invoice.order.contract.time_zone
    return period_words(invoice.period_start, invoice.period_end, zone)


def _tolerances(invoice: Invoice) -> list[dict[str, Any]]:
    """The tolerances under which the last day of the invoice stands."""
    contract = invoice.order.contract
    last = accounting_day(
        invoice.period_end - timedelta(microseconds=1), contract.time_zone
    )
    terms = contract.tolerance_terms.filter(from_day__lte=last)
    row = terms.order_by("-from_day", "-pk").first()
    return tolerance_rows(row) if row else []


def beyond_facts(
    acceptances: Iterable[Acceptance], order: TaskOrder
) -> Iterator[dict[str, Any]]:
    """What is accepted beyond our meter's count, and all that is tolerated so far."""
    rows = list(acceptances)
    tokens = sum(each.beyond_tokens for each in rows)
    if not tokens:
        return
    dollars = sum((each.beyond_dollars for each in rows), Decimal(0))
    yield {"label": "Beyond our meter", "value": dollars, "shape": "dollars"}
    yield {"label": "Tokens beyond it", "value": tokens, "shape": "tokens"}
    yield {
        "label": "Tolerated on the order so far",
        "value": tolerated_total(order).amount,
        "shape": "dollars",
    }


def _finding_row(finding: Finding, classes: Mapping[str, str]) -> dict[str, Any]:
    resolution = getattr(finding, "resolution", None)
    line = finding.order_line
    return {
        "code": f"{finding.code}: {finding.get_code_display()}",
        "item": line.contract_line.clin if line else "",
        "token_class": ", ".join(
            classes.get(code, code) for code in finding.token_classes
        ),
        "tokens": finding.tokens,
        "amount": Dollars(finding.amount_dollars),
        "state": finding.state.label,
        "resolution": resolution.get_code_display() if resolution else "",
    }


def receiving_report(acceptance: Acceptance, by: Actor) -> dict[str, Any]:
    """A receiving report's blocks, with one row per accepted class (DD form 250)."""
    invoice, run = acceptance.invoice, acceptance.run
    contract = invoice.order.contract
    return {
        "author": contract.agency.name,
        "created_at": acceptance.accepted_at,
        "time_zone": contract.time_zone,
        "blocks": _blocks(acceptance, by),
        "accepted": _accepted(acceptance),
        "totals": {
            "accepted": {"item": "Total", "amount": acceptance.accepted_dollars}
        },
        "facts": [
            {
                "label": "Period of the usage",
                "value": period_words(
                    invoice.period_start, invoice.period_end, contract.time_zone
                ),
                "span": 8,
            },
            {
                "label": "Withheld from the invoice",
                "value": acceptance.withheld_dollars,
                "shape": "dollars",
            },
            *beyond_facts([acceptance], invoice.order),
            {"label": "Reconciliation", "value": run.number, "span": 6},
            {"label": "Acceptance", "value": acceptance.number, "span": 6},
            {"label": "Result SHA-256", "value": run.result_sha256, "shape": "mono"},
        ],
        "notes": [
            "Quantities of tokens are single tokens, at US dollars per million tokens; "
            "others are in the unit named, at US dollars per unit. Each amount is "
            "rounded once, half up to the cent.",
        ],
    }


def _blocks(acceptance: Acceptance, by: Actor) -> dict[str, Any]:
    invoice = acceptance.invoice
    order = invoice.order
    contract = order.contract
    agency, vendor = contract.agency, contract.vendor
    last_instant = invoice.period_end - timedelta(microseconds=1)
    return {
        "1": f"{contract.piid} / {order.piid}",
        "2": _shipment(acceptance),
        "3": accounting_day(last_instant, contract.time_zone),
        "6": f"{invoice.number}, {day_words(invoice.invoiced_on)}",
        "8": "Destination",
        "9": in_lines(
            vendor.name, vendor.address, f"CAGE {vendor.cage}" if vendor.cage else ""
        ),
        "10": in_lines(agency.name, agency.address),
        "12": order.payment_office or f"{agency.name}, payment office",
        "13": order.place,
        "14": f"{order.piid}, {order.title}",
        "21b": {
            "checked": [ACCEPTED],
            "signed_by": by.name,
            "title": "Contracting officer's representative",
            "signed_at": acceptance.accepted_at,
        },
        "22": _result(acceptance),
    }


def _shipment(acceptance: Acceptance) -> str:
    """The vendor's own numbers of the usage reports that the invoice rests on."""
    invoice = acceptance.invoice
    period = Period(invoice.period_start, invoice.period_end)
    reports = reports_touching(invoice.order, period).order_by("pk")
    return ", ".join(reports.values_list("label", flat=True))


def _result(acceptance: Acceptance) -> str:
    """The run that the acceptance rests on, and what came of it."""
    run, finding = acceptance.run, acceptance.finding
    agreed = run.cells.filter(agrees=True).count()
    words = (
        f"Reconciliation {run.number}: meter, usage report and invoice agree on "
        f"{agreed} of {run.cells.count()} counts; "
        f"${acceptance.accepted_dollars:,.2f} accepted"
    )
    if finding is None:
        return f"{words}, ${acceptance.withheld_dollars:,.2f} withheld."
    return f"{words} upon the resolution of {finding.get_code_display()}."


def _accepted(acceptance: Acceptance) -> list[dict[str, Any]]:
    """One row per invoice line and class of which something is payable."""
    zone = acceptance.invoice.order.contract.time_zone
    classes = _token_classes()
    lines = acceptance.lines.filter(payable_tokens__gt=0).select_related(
        "invoice_line__order_line__contract_line", "invoice_line__model"
    )
    rows = []
    for row in lines.order_by("invoice_line__position", "pk"):
        billed = row.invoice_line
        period = period_words(billed.period.lower, billed.period.upper, zone)
        named = f"{billed.model.snapshot}, {classes[row.token_class_code]}"
        rows.append(
            {
                "item": billed.order_line.contract_line.clin,
                "description": f"{named}; {period}",
                "quantity": row.payable_tokens,
                "unit": "TOK",
                "unit_price": row.usd_per_million_tokens,
                "amount": row.payable_dollars,
            }
        )
    return rows + _accepted_charges(acceptance, zone)


def _accepted_charges(acceptance: Acceptance, zone: str) -> list[dict[str, Any]]:
    """One row per invoice line of units of which something is payable."""
    charges = acceptance.charges.filter(payable_dollars__gt=0).select_related(
        "charge_line__order_line__contract_line"
    )
    return [
        {
            "item": row.charge_line.order_line.contract_line.clin,
            "description": f"{row.charge_line.description}; "
            + period_words(
                row.charge_line.period.lower, row.charge_line.period.upper, zone
            ),
            "quantity": row.units,
            "unit": row.charge_line.unit,
            "unit_price": row.charge_line.usd_per_unit,
            "amount": row.payable_dollars,
        }
        for row in charges.order_by("charge_line__position")
    ]


def _token_classes() -> dict[str, str]:
    return dict(TokenClass.objects.values_list("code", "label"))
