"""What goes onto the payment voucher (its blocks follow SF 1034)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Final

from contracting.billing.queries.clocks import received_on
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars, total_dollars
from contracting.core.templatetags.drawdown import cents
from contracting.documents.calculations import day_words, period_words
from contracting.documents.paperwork.addresses import in_lines
from contracting.payments import queries
from contracting.payments.models import CertifiedAcceptance, PaymentCertification
from contracting.payments.queries.clocks import interest_of, standing, uncertified
from contracting.payments.refusals import RateMissing
from contracting.reconciliation.models import Acceptance
from contracting.reconciliation.paperwork import beyond_facts

PER_MILLION: Final = "1,000,000 TOK"
MOST_FUNDS: Final = 4
"""So many lines of accounting fit on the face of the voucher."""

OFFICER: Final = "Authorized certifying officer"


def voucher(certification: PaymentCertification) -> dict[str, Any]:
    """A voucher's blocks, its lines, and the funds, credits and clocks behind it."""
    invoice = certification.invoice
    contract = invoice.order.contract
    accepted = list(queries.acceptances_of(certification))
    clocks = _clocks(certification)
    return {
        "author": contract.agency.name,
        "created_at": certification.certified_at,
        "time_zone": contract.time_zone,
        "blocks": _blocks(certification, accepted),
        "paying": list(_lines(certification)),
        "totals": {
            "paying": {"description": "Total", "amount": certification.gross.amount},
            "classification": _funds_total(certification),
        },
        "facts": [*_facts(certification, accepted), *_interest(certification, clocks)],
        "classification": _funds(certification),
        "credits": _credits(certification),
        "due_days": [
            {
                "accepted_on": _day(certification, each.acceptance),
                "accepted_by": each.acceptance.accepted_by.user.name,
                "amount": each.acceptance.accepted_dollars,
                "due_on": each.due_on,
                "interest_after": each.interest_after,
            }
            for each in clocks
        ],
        "notes": [
            "Quantities of tokens are single tokens, at US dollars per million tokens; "
            "others are in the unit named, at US dollars per unit. Each amount is "
            "rounded once, half up to the cent. For interest, acceptance may be "
            "assumed before it was given (FAR 32.904(b)).",
        ],
    }


def _clocks(certification: PaymentCertification) -> list[CertifiedAcceptance]:
    rows = certification.acceptances.select_related("acceptance__accepted_by__user")
    return list(rows.order_by("due_on", "pk"))


def _day(certification: PaymentCertification, acceptance: Acceptance) -> date:
    zone = certification.invoice.order.contract.time_zone
    return accounting_day(acceptance.accepted_at, zone)


def _blocks(
    certification: PaymentCertification, accepted: list[Acceptance]
) -> dict[str, Any]:
    invoice = certification.invoice
    order = invoice.order
    contract = order.contract
    agency = contract.agency
    name = certification.certified_by.user.name
    on = accounting_day(certification.certified_at, contract.time_zone)
    return {
        "voucher_no": certification.voucher_number,
        "due": certification.due_on,
        "department": in_lines(agency.name, agency.address, agency.aac),
        "prepared": on,
        "contract": _numbered(contract.piid, contract.awarded_at, contract.time_zone),
        "requisition": (order.requisition or contract.solicitation.requisition).number,
        "payee": _payee(certification),
        "account": f"{invoice.number}, {day_words(invoice.invoiced_on)}",
        "received": received_on(invoice),
        "discount": str(invoice.header.get("payment_terms", "")),
        "paying_office": order.payment_office or f"{agency.name}, payment office",
        "total": certification.gross.amount,
        "payment": "Partial" if _is_part(certification) else "Complete",
        "approved_for": certification.gross.amount,
        "differences": "\n".join(_differences(certification)),
        "approved_by": "\n".join(_approvals(certification, accepted)),
        "verified": certification.dollars,
        "certified_on": on,
        "certifier": {
            "signed_by": name,
            "title": OFFICER,
            "signed_at": certification.certified_at,
        },
        "certifier_title": OFFICER,
        "classification": classified(_funds(certification)),
    }


def _numbered(number: str | None, at: Any, zone: str) -> str:
    return f"{number}, {day_words(accounting_day(at, zone))}" if at else number or ""


def _payee(certification: PaymentCertification) -> str:
    """The vendor, and the address that its invoice names for the money."""
    invoice = certification.invoice
    vendor = invoice.vendor
    remit = str(invoice.header.get("remit_to") or vendor.remit_to)
    words = [vendor.name, vendor.address, f"UEI {vendor.uei}   CAGE {vendor.cage}"]
    if remit and remit != vendor.address:
        words.append(f"Remit to: {remit}")
    return "\n".join(filter(None, words))


def _is_part(certification: PaymentCertification) -> bool:
    """Whether something of the invoice is withheld, or on another voucher."""
    invoice = certification.invoice
    others = standing(invoice).exclude(pk=certification.pk)
    waits = uncertified(invoice).exists() or bool(queries.withheld_of(invoice))
    return waits or others.exists()


def _differences(certification: PaymentCertification) -> Iterator[str]:
    if certification.offset_dollars:
        yield f"Credits: -{cents(certification.offset_dollars)}"
    until = certification.discount_until
    if until is not None:
        off = cents(certification.discount_dollars)
        yield f"Discount: -{off}, paid by {day_words(until)}"


def _approvals(
    certification: PaymentCertification, accepted: list[Acceptance]
) -> Iterator[str]:
    for each in accepted:
        member = each.accepted_by
        on = day_words(_day(certification, each))
        yield f"{member.user.name}, {member.role_label}; accepted {on}"


def _lines(certification: PaymentCertification) -> Iterator[dict[str, Any]]:
    """One row per invoice line and class of which something is paid."""
    order = certification.invoice.order
    zone = order.contract.time_zone
    accepted = queries.acceptances_of(certification)
    named = _numbered(order.piid, order.issued_at, zone)
    for line in queries.voucher_lines(accepted):
        yield {
            "order": named,
            "delivered": period_words(line.period.lower, line.period.upper, zone),
            "description": f"{line.clin}: {line.model}, {line.token_class_label}",
            "quantity": line.tokens.count,
            "unit_price": line.price.usd_per_million_tokens,
            "per": PER_MILLION,
            "amount": line.dollars.amount,
        }
    for charge in queries.voucher_charges(accepted):
        yield {
            "order": named,
            "delivered": period_words(charge.period.lower, charge.period.upper, zone),
            "description": f"{charge.clin}: {charge.description}",
            "quantity": charge.units,
            "unit_price": charge.price.usd_per_unit,
            "per": charge.unit,
            "amount": charge.dollars.amount,
        }


def _facts(
    certification: PaymentCertification, accepted: list[Acceptance]
) -> Iterator[dict[str, Any]]:
    """How the amount to be paid comes from what the invoice asks for."""
    invoice = certification.invoice
    zone = invoice.order.contract.time_zone
    period = period_words(invoice.period_start, invoice.period_end, zone)
    yield {"label": "Period of the invoice", "value": period, "span": 8}
    yield {"label": "Payment due", "value": certification.due_on}
    for label, dollars in (
        ("Invoiced", invoice.asked.amount),
        ("Withheld", queries.withheld_of(invoice).amount),
        ("Accepted, on this voucher", certification.gross.amount),
        ("Credits taken off", certification.offset_dollars),
        ("Discount taken off", certification.discount_dollars),
        ("To be paid", certification.dollars),
    ):
        yield {"label": label, "value": dollars, "shape": "dollars"}
    if certification.accelerated_on:
        yield {
            "label": "Small business: to be paid by",
            "value": certification.accelerated_on,
        }
    yield from beyond_facts(accepted, invoice.order)


def _interest(
    certification: PaymentCertification, clocks: list[CertifiedAcceptance]
) -> Iterator[dict[str, Any]]:
    """From when on interest is owed, and what it comes to if it is owed already."""
    first = min(each.interest_after for each in clocks)
    on = accounting_day(
        certification.certified_at, certification.invoice.order.contract.time_zone
    )
    yield {
        "label": "Interest",
        "value": f"None if paid by {day_words(first)}; after that at the Prompt "
        "Payment rate, without being asked for (31 U.S.C. 3902)",
        "span": 8,
    }
    if on <= first:
        return
    label = f"Interest if paid on {day_words(on)}"
    try:
        owed = total_dollars(each.interest for each in interest_of(certification, on))
    except RateMissing as missing:
        yield {"label": label, "value": missing.message}
    else:
        yield {"label": label, "value": owed.amount, "shape": "dollars"}


def classified(rows: list[dict[str, Any]]) -> str:
    """The funds on the face of the voucher; many are named there and listed behind."""
    if not rows:
        return "Below one cent: no funds are drawn on"
    if len(rows) <= MOST_FUNDS:
        return "\n".join(map(_funds_words, rows))
    acrns = ", ".join(sorted({str(row["acrn"]) for row in rows}))
    return f"{acrns}: {len(rows)} lines of accounting, on the continuation sheet"


def _funds_words(row: dict[str, Any]) -> str:
    words = f"{row['acrn']} ({row['item']}): {row['line_of_accounting']}"
    if row["taken_off"]:
        words += f", {cents(row['amount'])} less {cents(row['taken_off'])}:"
    return f"{words} {cents(row['paid'])}"


def _funds(certification: PaymentCertification) -> list[dict[str, Any]]:
    """By ACRN and line: what was accepted, what comes off, and what is paid."""
    taken_off = {
        (holder.id, acrn): dollars
        for (holder, acrn), dollars in queries.taken_off_by_funds(certification).items()
    }
    rows = []
    for each in queries.classification_of(certification):
        off = taken_off.get((each.order_line_id, each.acrn), Dollars())
        rows.append(
            {
                "acrn": each.acrn,
                "item": each.clin,
                "line_of_accounting": each.line_of_accounting,
                "amount": each.dollars.amount,
                "taken_off": off.amount or None,
                "paid": (each.dollars - off).amount,
            }
        )
    return rows


def _funds_total(certification: PaymentCertification) -> dict[str, Any]:
    off = Decimal(certification.offset_dollars) + certification.discount_dollars
    return {
        "acrn": "Total",
        "amount": certification.gross.amount,
        "taken_off": off or None,
        "paid": certification.dollars,
    }


def _credits(certification: PaymentCertification) -> list[dict[str, Any]]:
    rows = certification.offsets.select_related("credit__order_line__contract_line")
    return [
        {
            "number": each.credit.number,
            "reason": f"{each.credit.get_kind_display()}: {each.credit.reason}",
            "item": each.credit.order_line.clin,
            "acrn": each.credit.acrn,
            "amount": each.dollars,
        }
        for each in rows.order_by("pk")
    ]
