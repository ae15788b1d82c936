"""The nightly job: compare every order that has usage, and every open invoice."""

from __future__ import annotations

from datetime import datetime

from contracting.billing.queries import open_invoices
from contracting.core.actors import SYSTEM
from contracting.reconciliation.operations.reconcile import reconcile_order
from contracting.reconciliation.queries import orders_to_reconcile


def reconcile_all(*, at: datetime) -> int:
    """Reconcile all; one transaction each, so that one failure stops nothing else.

    :returns: the number of comparisons made
    """
    made = 0
    for order in orders_to_reconcile():
        reconcile_order(order_id=order.pk, by=SYSTEM, at=at)
        made += 1
    for invoice in open_invoices():
        reconcile_order(
            order_id=invoice.order_id, invoice_id=invoice.pk, by=SYSTEM, at=at
        )
        made += 1
    return made
