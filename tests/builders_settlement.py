"""The world from metered usage to close-out, built through the real verbs.

Each builder takes the world of the one before it, or builds that first. The order of
``tests.builders_orders`` is used on 20 April 2026; the vendor reports on the 21st and
invoices on Monday the 27th, and meter, report and invoice agree unless ``billed`` says
otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from contracting.billing.calculations import COLUMNS, StatedCredit, read_lines
from contracting.billing.models import Invoice, UsageReport
from contracting.billing.operations.receive_invoice import receive_invoice
from contracting.billing.operations.receive_report import receive_usage_report
from contracting.closeout.models import CompletionStatement
from contracting.closeout.operations.close_out_contract import close_out_contract
from contracting.closeout.operations.close_out_order import close_out_order
from contracting.closeout.operations.complete_order import complete_order
from contracting.contracts.models import Contract
from contracting.core.actors import SYSTEM
from contracting.core.periods import accounting_day
from contracting.core.quantities import Tokens, UnitPrice, total_dollars
from contracting.ledger.models import Balance
from contracting.orders.models import TaskOrder
from contracting.payments.models import Payment, PaymentCertification
from contracting.payments.operations.certify import certify_payment
from contracting.payments.operations.record import record_payment
from contracting.reconciliation.operations.accept import accept_usage
from contracting.reconciliation.operations.reconcile import reconcile_order
from contracting.reconciliation.operations.resolve import resolve_finding
from contracting.reconciliation.queries import open_findings
from tests.builders_metering import CALLED_AT, MODEL, PRICES, event, ingested
from tests.builders_orders import issued_order
from tests.cast import actor, machine
from tests.remembered import remembered

USED = {"IN_UNCACHED": 2_345_678, "OUT_TEXT": 654_321}
"""Three million tokens: $4.691356 and $5.234568, which are $4.69 and $5.23."""

PAYABLE = "9.92"

REPORTED_AT = CALLED_AT + timedelta(days=1)
INVOICED_AT = datetime(2026, 4, 27, 15, 0, tzinfo=UTC)
"""Monday, 27 April 2026, 11 a.m. in Washington: the invoice is received."""

ACCEPTED_AT = INVOICED_AT + timedelta(days=2)
CERTIFIED_AT = INVOICED_AT + timedelta(days=4)
DUE_ON = date(2026, 5, 29)
"""Thirty days after the acceptance of Wednesday, 29 April."""

PAID_AT = datetime(2026, 5, 28, 15, 0, tzinfo=UTC)
ENDED_AT = datetime(2026, 10, 1, 15, 0, tzinfo=UTC)
"""Thursday, 1 October 2026: the period of performance has ended the day before."""

CLOSED_AT = ENDED_AT + timedelta(hours=2)
CONTRACT_ENDED_AT = datetime(2027, 4, 1, 15, 0, tzinfo=UTC)
"""Thursday, 1 April 2027: no more orders are placed."""


@remembered
def used_order(
    *, order: TaskOrder | None = None, tokens: Mapping[str, int] = USED
) -> TaskOrder:
    """An issued order with one call in each token class."""
    found = order or issued_order()
    ingested(
        *(
            event(f"{found.pk}-{code}", order=found, tokens={code: count}, at=CALLED_AT)
            for code, count in tokens.items()
        )
    )
    return found


@remembered
def reported(
    order: TaskOrder,
    tokens: Mapping[str, int] = USED,
    *,
    label: str = "April",
    supersedes: str = "",
    at: datetime = REPORTED_AT,
) -> UsageReport:
    """The vendor's report of the same calls, in time."""
    rows = [
        ",".join(
            (
                f"operation-{order.pk}-{code}",
                "1",
                CALLED_AT.isoformat(),
                MODEL,
                code,
                "STANDARD",
                str(count),
            )
        )
        for code, count in tokens.items()
    ]
    return receive_usage_report(
        order_id=order.pk,
        label=label,
        supersedes=supersedes,
        period_start=CALLED_AT,
        period_end=CALLED_AT + timedelta(hours=1),
        content="\n".join([",".join(COLUMNS), *rows, ""]).encode(),
        by=machine("vendor_a_machine"),
        at=at,
    )


@remembered
def received_invoice(
    *,
    order: TaskOrder | None = None,
    billed: Mapping[str, int] = USED,
    number: str = "",
    at: datetime = INVOICED_AT,
    credits: Sequence[StatedCredit] = (),
    prices: Mapping[str, str] = PRICES,
) -> Invoice:
    """A proper invoice on the used and reported order; one line for each class."""
    if order is None:
        order = used_order()
        reported(order)
    contract = order.contract
    start, end = CALLED_AT, CALLED_AT + timedelta(hours=1)
    lines = read_lines(
        {
            "clin": "0001",
            "model": MODEL,
            "token_class": code,
            "period_start": start.isoformat(),
            "period_end": end.isoformat(),
            "tokens": str(count),
            "unit_price": prices[code],
            "amount": str(UnitPrice(prices[code]).of(Tokens(count)).to_cents().amount),
        }
        for code, count in billed.items()
    )
    return receive_invoice(
        order_id=order.pk,
        number=number or f"MM-{order.piid}",
        invoiced_on=accounting_day(at, contract.time_zone),
        period_start=start,
        period_end=end,
        header={
            "vendor_name": contract.vendor.name,
            "vendor_address": contract.vendor.address,
            "contract_number": contract.piid or "",
            "order_number": order.piid or "",
            "payment_terms": f"Net {contract.payment_days} days",
            "remit_to": contract.vendor.remit_to,
            "defect_contact": "Ria Meridian, ria.meridian@example.test",
            "tin": f"on file, ends {contract.vendor.tin_last4}",
        },
        lines=[*lines, *credits],
        total=total_dollars(line.amount for line in lines)
        - total_dollars(line.amount for line in credits),
        content=b"{}",
        by=machine("vendor_a_machine"),
        at=at,
    )


@remembered
def accepted_invoice(
    *, invoice: Invoice | None = None, at: datetime = ACCEPTED_AT, **more: Any
) -> Invoice:
    """An invoice that was compared, and accepted as far as all three agree."""
    found = invoice or received_invoice(**more)
    reconcile_order(order_id=found.order_id, invoice_id=found.pk, by=SYSTEM, at=at)
    accept_usage(invoice_id=found.pk, by=actor("cor"), at=at)
    found.refresh_from_db()
    return found


@remembered
def resolved(order: TaskOrder, code: str = "accept-A") -> None:
    """Every open discrepancy of the order is settled by our own count."""
    for finding in open_findings(order):
        resolve_finding(
            finding_id=finding.pk,
            code=code,
            reason="Our meter's count is right.",
            by=actor("contracting_officer"),
            at=ACCEPTED_AT + timedelta(hours=1),
        )


@remembered
def certified_payment(
    *, invoice: Invoice | None = None, at: datetime = CERTIFIED_AT, **more: Any
) -> PaymentCertification:
    """An accepted invoice, certified for payment."""
    found = invoice or accepted_invoice(**more)
    return certify_payment(invoice_id=found.pk, by=actor("payment_certifier"), at=at)


@remembered
def paid_invoice(
    *,
    certification: PaymentCertification | None = None,
    at: datetime = PAID_AT,
    **more: Any,
) -> Payment:
    """A certified payment, made and recorded on one day."""
    found = certification or certified_payment(**more)
    return record_payment(
        certification_id=found.pk,
        paid_on=at.date(),
        reference="TRACE-0000451",
        by=actor("payment_certifier"),
        at=at,
    )


@remembered
def completed_order(
    *, order: TaskOrder | None = None, at: datetime = ENDED_AT, **more: Any
) -> TaskOrder:
    """An order whose usage is paid and whose period has ended."""
    found = order or paid_invoice(**more).certification.invoice.order
    return complete_order(order_id=found.pk, by=actor("cor"), at=at)


@remembered
def closed_order(
    *, order: TaskOrder | None = None, at: datetime = CLOSED_AT, **more: Any
) -> CompletionStatement:
    """An order that is closed out; what was left is back with its funds."""
    found = order or completed_order(**more)
    return close_out_order(
        order_id=found.pk,
        remarks="Every call is accounted for.",
        by=actor("contracting_officer"),
        at=at,
    )


@remembered
def closed_contract(
    contract: Contract, at: datetime = CONTRACT_ENDED_AT
) -> CompletionStatement:
    """A contract that is closed out after all of its orders."""
    return close_out_contract(
        contract_id=contract.pk,
        remarks="The pilot has ended.",
        by=actor("contracting_officer"),
        at=at,
    )


def balances(order: TaskOrder) -> list[Balance]:
    """The balances of an order's lines, in their order of payment."""
    lines = order.lines.values("pk")
    rows = Balance.objects.filter(
        line__holder_kind="orders.line", line__holder_id__in=lines
    )
    return list(rows.select_related("line").order_by("line", "sequence"))
