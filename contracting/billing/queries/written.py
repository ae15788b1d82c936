"""An invoice that is kept, as a file for another system."""

from __future__ import annotations

from contracting.billing.calculations.ubl_written import Written, write_ubl
from contracting.billing.models import Invoice
from contracting.billing.queries import charge_lines_of, lines_of
from contracting.billing.states import LineKind


def ubl_of(invoice: Invoice) -> bytes:
    """The invoice in UBL 2.1, with its lines in their order."""
    order, contract = invoice.order, invoice.order.contract
    written = Written(
        number=invoice.number,
        invoiced_on=invoice.invoiced_on,
        period_start=invoice.period_start,
        period_end=invoice.period_end,
        header={
            **invoice.header,
            "order_number": invoice.header.get("order_number") or order.piid or "",
        },
        buyer=contract.agency.name,
        zone=contract.time_zone,
        corrects=invoice.corrects.number if invoice.corrects else "",
    )
    return write_ubl(written, invoice.stated_lines or _lines(invoice))


def _lines(invoice: Invoice) -> list[dict[str, str]]:
    placed: list[tuple[int, dict[str, str]]] = [
        (
            row.position,
            {
                "clin": row.order_line.clin,
                "acrn": row.acrn,
                "model": row.model.snapshot,
                "token_class": row.token_class.code,
                "tier": row.tier,
                "kind": "" if row.kind == LineKind.USAGE else str(row.kind),
                "period_start": row.period.lower.isoformat(),
                "period_end": row.period.upper.isoformat(),
                "tokens": str(row.tokens),
                "unit_price": format(row.usd_per_million_tokens, "f"),
                "amount": format(row.amount_dollars, "f"),
                "description": row.description,
            },
        )
        for row in lines_of(invoice)
    ]
    placed += [
        (
            charge.position,
            {
                "clin": charge.order_line.clin,
                "acrn": charge.acrn,
                "kind": str(charge.kind),
                "period_start": charge.period.lower.isoformat(),
                "period_end": charge.period.upper.isoformat(),
                "unit": charge.unit,
                "units": format(charge.units, "f"),
                "unit_price": format(charge.usd_per_unit, "f"),
                "amount": format(charge.amount_dollars, "f"),
                "description": charge.description,
            },
        )
        for charge in charge_lines_of(invoice)
    ]
    placed += [
        (
            credit.position,
            {
                "credit": credit.credit.public_id,
                "clin": credit.credit.order_line.clin,
                "acrn": credit.credit.acrn,
                "amount": format(-credit.amount_dollars, "f"),
                "description": credit.description,
            },
        )
        for credit in invoice.credit_lines.select_related("credit__order_line")
    ]
    return [line for _position, line in sorted(placed, key=lambda each: each[0])]
