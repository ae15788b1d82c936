"""From used to paid in one go: report, invoice, comparison, acceptance, payment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from contracting.billing.calculations import COLUMNS, read_lines
from contracting.billing.models import Invoice
from contracting.billing.operations.receive_invoice import receive_invoice
from contracting.billing.operations.receive_report import receive_usage_report
from contracting.core.actors import SYSTEM
from contracting.core.periods import accounting_day
from contracting.core.quantities import Tokens, UnitPrice, total_dollars
from contracting.orders.models import TaskOrder
from contracting.payments.operations.authorize_early_payment import (
    authorize_early_payment,
)
from contracting.payments.operations.certify import certify_payment
from contracting.payments.operations.record import record_payment
from contracting.reconciliation.operations.accept import accept_usage
from contracting.reconciliation.operations.reconcile import reconcile_order
from tests.builders_metering import MODEL, PRICES
from tests.cast import actor, machine


def settled(
    order: TaskOrder,
    calls: list[tuple[str, datetime, str, int]],
    used: Mapping[str, int],
    at: datetime,
) -> Invoice:
    """Everything that the order has used is reported, invoiced, accepted and paid.

    :param calls: operation id, instant, token class and tokens of each call
    :param used: tokens by token class
    """
    called = [when for _, when, _, _ in calls]
    start, end = min(called), max(called) + timedelta(minutes=1)
    rows = [
        ",".join((name, "1", when.isoformat(), MODEL, code, "STANDARD", str(tokens)))
        for name, when, code, tokens in calls
    ]
    receive_usage_report(
        order_id=order.pk,
        label="All of it",
        period_start=start,
        period_end=end,
        content="\n".join([",".join(COLUMNS), *rows, ""]).encode(),
        by=machine("vendor_a_machine"),
        at=at,
    )
    contract = order.contract
    lines = read_lines(
        {
            "clin": "0001",
            "model": MODEL,
            "token_class": code,
            "period_start": start.isoformat(),
            "period_end": end.isoformat(),
            "tokens": str(count),
            "unit_price": PRICES[code],
            "amount": str(UnitPrice(PRICES[code]).of(Tokens(count)).to_cents().amount),
        }
        for code, count in used.items()
    )
    invoice = receive_invoice(
        order_id=order.pk,
        number=f"MM-{order.piid}",
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
        lines=lines,
        total=total_dollars(each.amount for each in lines),
        content=b"{}",
        by=machine("vendor_a_machine"),
        at=at,
    )
    reconcile_order(order_id=order.pk, invoice_id=invoice.pk, by=SYSTEM, at=at)
    accept_usage(invoice_id=invoice.pk, by=actor("cor"), at=at)
    certified = certify_payment(
        invoice_id=invoice.pk, by=actor("payment_certifier"), at=at
    )
    if certified.accelerated_on is None:
        authorize_early_payment(
            certification_id=certified.pk,
            reason="The books are closed this month.",
            by=actor("funds_certifier"),
            at=at,
        )
    paid_at = at + timedelta(minutes=1)
    record_payment(
        certification_id=certified.pk,
        paid_on=paid_at.date(),
        reference=f"TRACE-{invoice.pk}",
        by=actor("payment_certifier"),
        at=paid_at,
    )
    return invoice
