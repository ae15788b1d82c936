"""What goes onto our rendering of an invoice, and into letters about reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from contracting.billing.models import Invoice, OverdueLetter
from contracting.billing.queries import (
    charge_lines_of,
    lines_of,
    prices_of,
    reports_touching,
)
from contracting.billing.queries.credits import credit_lines_of
from contracting.billing.queries.register import Month, terms_on
from contracting.billing.states import CameBy
from contracting.contracts.queries.letters import letterhead, signature
from contracting.core.actors import Actor
from contracting.core.periods import Period, accounting_day
from contracting.core.quantities import TOKENS_PER_MTOK
from contracting.documents.calculations import day_words, instant_words, period_words
from contracting.documents.paperwork.addresses import in_lines
from contracting.orders.models import TaskOrder
from contracting.reference.models import TokenClass

RENDERED: Final = (
    "Our rendering of the invoice that {vendor} sent. The file whose SHA-256 is "
    "printed below is the invoice; this sheet shows what it says."
)
EXACT_WORDS: Final = (
    "Quantities of tokens are single tokens, and the same in millions to the token; "
    "their prices are US dollars per million tokens, others per unit. Each line is "
    "rounded once, half up to the cent; the total is the sum of the lines less the "
    "credits."
)


def report_rows(order: TaskOrder, period: Period) -> list[dict[str, Any]]:
    """The vendor's usage reports of a period, each with the hash of its file."""
    return [
        {
            "number": report.label,
            "id": report.public_id,
            "period": period_words(
                report.period_start, report.period_end, order.contract.time_zone
            ),
            "received": report.received_at,
            "sha256": report.sent_sha256 or report.payload.sha256,
        }
        for report in reports_touching(order, period)
        .select_related("payload")
        .order_by("pk")
    ]


# The invoice


def invoice_sheet(invoice: Invoice) -> dict[str, Any]:
    """An invoice for the eye: its header by FAR 32.905(b)(1), and all of its lines."""
    order, contract = invoice.order, invoice.order.contract
    rows = (
        list(_stated(invoice))
        if invoice.stated_lines
        else sorted(_lines(invoice), key=lambda row: int(row["number"]))
    )
    period = Period(invoice.period_start, invoice.period_end)
    is_whole = invoice.period_start < invoice.period_end
    return {
        "author": contract.agency.name,
        "created_at": invoice.received_at,
        "time_zone": contract.time_zone,
        "summary": RENDERED.format(vendor=invoice.vendor.name),
        "blocks": _blocks(invoice),
        "facts": list(_facts(invoice)),
        "billed": rows,
        "totals": {"billed": _total(invoice, rows)},
        "reports": report_rows(order, period) if is_whole else [],
        "sections": _defects(invoice),
        "notes": [EXACT_WORDS],
    }


def _blocks(invoice: Invoice) -> dict[str, Any]:
    contract, said = invoice.order.contract, invoice.header
    agency, zone = contract.agency, contract.time_zone
    received = instant_words(invoice.received_at.isoformat(), zone)
    name = str(said.get("vendor_name") or "")
    return {
        "number": invoice.number,
        "dated": invoice.invoiced_on,
        "received": f"{received}, from {invoice.received_by}; "
        f"{invoice.get_came_by_display()}",
        "contractor": f"{name}\n{said.get('vendor_address') or ''}".strip(),
        "billed_to": in_lines(agency.name, agency.address),
        "contract": said.get("contract_number") or "",
        "order": said.get("order_number") or "",
        "period": period_words(invoice.period_start, invoice.period_end, zone),
        "remit_to": said.get("remit_to") or "",
        "defect_contact": said.get("defect_contact") or "",
        "terms": said.get("payment_terms") or "",
        "tin": said.get("tin") or "",
        "eft": said.get("eft") or "",
        "gross": _gross(invoice),
        "credits": invoice.credited_dollars or "",
        "total": invoice.total_dollars,
        "certification": _certification(invoice),
    }


def _gross(invoice: Invoice) -> Decimal:
    """What the lines ask for; of an improper one, what they add up to as stated."""
    if not invoice.stated_lines:
        return invoice.asked.amount
    asked = [_amount(line) for line in invoice.stated_lines if not line.get("credit")]
    return sum(asked, Decimal(0))


def _certification(invoice: Invoice) -> str:
    """Who says that it is right: the words of the invoice, and who handed it over."""
    stated = str(invoice.header.get("certification") or "")
    if invoice.came_by == CameBy.HERE:
        handed = f"Submitted here by {invoice.received_by}, signed in for the vendor."
    else:
        handed = (
            f"It came {invoice.get_came_by_display()} and was recorded by "
            f"{invoice.received_by}."
        )
    return "\n".join(filter(None, [stated or "The invoice states none.", handed]))


def _facts(invoice: Invoice) -> Iterator[dict[str, Any]]:
    """Which file it is, and which invoice it corrects."""
    payload = invoice.payload
    yield {"label": "Sent as", "value": payload.media_type}
    yield {"label": "Bytes", "value": payload.size_bytes, "shape": "tokens"}
    if invoice.corrects:
        yield {"label": "Corrects", "value": invoice.corrects.number, "span": 12}
    yield {
        "label": "SHA-256 of the file as sent",
        "value": payload.sha256,
        "shape": "mono",
    }


def _lines(invoice: Invoice) -> Iterator[dict[str, Any]]:
    """Lines of tokens, lines of units and credits, with gross, credit and net."""
    order = invoice.order
    zone, piid = order.contract.time_zone, order.piid
    prices = prices_of(order)
    boundary = order.get_boundary_display()
    for line in lines_of(invoice):
        code, clin = line.token_class.code, line.order_line.clin
        slins = [
            each.slin
            for each in prices.get((clin, line.model.snapshot, code, line.tier), ())
            if each.overlaps(line.period.lower, line.period.upper)
        ]
        adjusts = f"; adjusts line {line.adjusts.position}" if line.adjusts else ""
        yield {
            "number": line.position,
            "order": piid,
            "item": ", ".join([clin, *sorted(set(slins))]),
            "acrn": line.acrn,
            "description": f"{line.model.snapshot}, {line.token_class.label}; "
            f"{line.tier.lower()}; {boundary}{adjusts}",
            "period": period_words(line.period.lower, line.period.upper, zone),
            "quantity": line.tokens,
            "unit": "TOK",
            "mtok": f"{Decimal(line.tokens) / TOKENS_PER_MTOK:.6f}",
            "unit_price": line.usd_per_million_tokens,
            "gross": line.amount_dollars,
            "net": line.amount_dollars,
        }
    for charge in charge_lines_of(invoice):
        yield {
            "number": charge.position,
            "order": piid,
            "item": charge.order_line.clin,
            "acrn": charge.acrn,
            "description": charge.description,
            "period": period_words(charge.period.lower, charge.period.upper, zone),
            "quantity": charge.units,
            "unit": charge.unit,
            "unit_price": charge.usd_per_unit,
            "gross": charge.amount_dollars,
            "net": charge.amount_dollars,
        }
    for credit in credit_lines_of(invoice):
        yield {
            "number": credit.position,
            "order": piid,
            "item": credit.credit.order_line.clin,
            "acrn": credit.credit.acrn,
            "description": f"{credit.description}, {credit.credit.number}",
            "credit": -credit.amount_dollars,
            "net": -credit.amount_dollars,
        }


def _stated(invoice: Invoice) -> Iterator[dict[str, Any]]:
    """The lines of an improper invoice, as it states them."""
    zone = invoice.order.contract.time_zone
    classes = dict(TokenClass.objects.values_list("code", "label"))
    for position, line in enumerate(invoice.stated_lines, start=1):
        amount = _amount(line)
        code = line.get("token_class", "")
        named = (
            line.get("model", ""),
            classes.get(code, code),
            line.get("tier", "").lower(),
            line.get("description", ""),
        )
        row: dict[str, Any] = {
            "number": position,
            "item": line.get("clin", ""),
            "acrn": line.get("acrn", ""),
            "description": ", ".join(filter(None, named)),
            "net": amount,
        }
        if line.get("credit"):
            yield {**row, "credit": amount}
            continue
        tokens = line.get("tokens")
        yield {
            **row,
            "period": _stated_period(line, zone),
            "quantity": tokens or line.get("units", ""),
            "unit": "TOK" if tokens else "",
            "mtok": f"{Decimal(tokens) / TOKENS_PER_MTOK:.6f}" if tokens else None,
            "unit_price": line.get("unit_price", ""),
            "gross": amount,
        }


def _amount(line: Mapping[str, str]) -> Decimal:
    return Decimal(line["amount"])


def _stated_period(line: Mapping[str, str], zone: str) -> str:
    start = datetime.fromisoformat(line["period_start"])
    end = datetime.fromisoformat(line["period_end"])
    return period_words(start, end, zone)


def _total(invoice: Invoice, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Sums of what is printed; the net is the total that the invoice asks for.

    An improper invoice may ask for another total than its lines come to: both stand.
    """
    tokens = [row["quantity"] for row in rows if row.get("unit") == "TOK"]
    sums = {
        key: sum((row[key] for row in rows if row.get(key)), Decimal(0))
        for key in ("gross", "credit", "net")
    }
    return {
        "description": "Sum of the lines" if invoice.defects else "Total",
        "quantity": sum(map(int, tokens)) if tokens else None,
        "gross": sums["gross"],
        "credit": sums["credit"] or None,
        "net": sums["net"],
    }


def _defects(invoice: Invoice) -> list[dict[str, Any]]:
    if not invoice.defects:
        return []
    said = [f"{each['message']} ({each['rule']})" for each in invoice.defects]
    return [{"heading": "What makes it improper", "text": "\n\n".join(said)}]


# Letters


def overdue_sheet(letter: OverdueLetter, month: Month, by: Actor) -> dict[str, Any]:
    """The letter about an overdue report, with what the register knows of it."""
    order = letter.order
    contract = order.contract
    return {
        **letterhead(
            contract,
            order=order.piid or "",
            subject=f"Overdue usage report of {month.first_day:%B %Y}",
            at=letter.sent_at,
        ),
        "heading": "Overdue Usage Report",
        "facts": list(_overdue_facts(letter, month)),
        "sections": [{"heading": "Letter", "text": letter.body}],
        "signatures": [signature(by, letter.sent_at)],
    }


def _overdue_facts(letter: OverdueLetter, month: Month) -> Iterator[dict[str, Any]]:
    zone = letter.order.contract.time_zone
    yield {
        "label": "Not reported",
        "value": period_words(letter.period_start, letter.period_end, zone),
        "span": 8,
    }
    yield {"label": "Due by", "value": month.due_on}
    yield {"label": "Days late", "value": letter.days_late}
    asked = month.request.asked_at if month.request else "not asked before"
    yield {"label": "Asked for", "value": asked, "span": 8}
    came = ", ".join(each.label for each in month.reports)
    yield {"label": "Reports that came", "value": came or "none"}
    terms = terms_on(letter.order, month.first_day)
    if terms is not None and terms.forfeits_after_days:
        first = accounting_day(letter.period_start, zone)
        yield {
            "label": f"Usage of {day_words(first)} is forfeited after",
            "value": first + timedelta(days=terms.forfeits_after_days),
            "span": 8,
        }
        yield {"label": "By", "value": terms.clause}
    yield {"label": "Letters before this one", "value": len(month.letters)}


def return_sheet(
    invoice: Invoice, by: Actor, on: date, due: date, said: list[str]
) -> dict[str, Any]:
    """The return of an improper invoice with its reasons (FAR 32.905(b)(3)).

    :param due: the last day on which it is returned in time
    :param said: what a late return means to the vendor
    """
    returned_at = invoice.returned_at
    if returned_at is None:
        message = "only a returned invoice has a letter of its return"
        raise ValueError(message)
    return {
        **letterhead(
            invoice.order.contract,
            order=invoice.order.piid or "",
            subject=f"Return of invoice {invoice.number or 'without a number'}",
            at=returned_at,
        ),
        "heading": "Return of an Improper Invoice",
        "facts": [
            {"label": "Invoice", "value": invoice.number or "without a number"},
            {"label": "Dated", "value": invoice.invoiced_on},
            {"label": "Asked for", "value": invoice.total_dollars, "shape": "dollars"},
            {"label": "Received", "value": invoice.received_at},
            {"label": "To be returned by", "value": due},
            {"label": "Returned", "value": on},
            {"label": "Days late", "value": invoice.returned_late_by},
            {"label": "Rule", "value": "R-INV-02, FAR 32.905(b)(3)", "span": 8},
        ],
        "sections": [
            {
                "heading": "Why it is returned",
                "text": "\n\n".join(invoice.return_reasons),
            },
            {
                "heading": "What follows",
                "text": " ".join(
                    [
                        "Send a corrected invoice; the time to pay begins with its "
                        "receipt.",
                        *said,
                    ]
                ),
            },
        ],
        "signatures": [signature(by, returned_at, by.role_label or "Representative")],
    }
