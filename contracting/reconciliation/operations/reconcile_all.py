"""The jobs: every night what has changed of orders and invoices, every month all."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime

from accounts.states import Role
from contracting.billing.models import Invoice
from contracting.billing.queries import open_invoices
from contracting.core.actors import SYSTEM
from contracting.core.errors import Refusal
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.orders.models import TaskOrder
from contracting.reconciliation.matching import kept
from contracting.reconciliation.operations.read_changed_days import read_changed_days
from contracting.reconciliation.operations.reconcile import reconcile_order
from contracting.reconciliation.operations.reconcile_in_steps import (
    reconcile_in_steps,
)
from contracting.reconciliation.queries import orders_to_reconcile

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Night:
    """How many comparisons were made, and which orders could not be compared."""

    made: int = 0
    failed: list[str] = field(default_factory=list)


def reconcile_all(*, at: datetime, anew: bool = False) -> Night:
    """Reconcile all; one transaction each, so that one failure stops nothing else.

    Of an order only the days are read that have changed, with as many as a step takes
    in one transaction: a night that is cut off goes on in the next one. What fails is
    written to the log, and a contracting officer of the agency is told.

    :param anew: read every day, as once a month
    """
    made = 0
    failed: list[str] = []
    for order, invoice in [
        *((order, None) for order in orders_to_reconcile()),
        *((invoice.order, invoice) for invoice in open_invoices()),
    ]:
        if _compare(order, invoice, at, anew=anew):
            made += 1
        else:
            failed.append(order.name if invoice is None else invoice.number)
    return Night(made, failed)


def _compare(
    order: TaskOrder, invoice: Invoice | None, at: datetime, *, anew: bool
) -> bool:
    try:
        if invoice is None and anew and kept.is_long(order):
            reconcile_in_steps(order_id=order.pk, by=SYSTEM, at=at)
            return True
        if invoice is None and not anew:
            while read_changed_days(order_id=order.pk, by=SYSTEM, at=at):
                pass
        reconcile_order(
            order_id=order.pk,
            invoice_id=invoice.pk if invoice else None,
            changed_only=not anew,
            by=SYSTEM,
            at=at,
        )
    except Exception as error:  # noqa: BLE001 (logged and told; the others go on)
        _log.exception("Order %s was not reconciled.", order.public_id)
        _tell(order, invoice, error, at)
        return False
    return True


def _tell(
    order: TaskOrder, invoice: Invoice | None, error: Exception, at: datetime
) -> None:
    """Only what was refused has words for people; the rest stands in the log."""
    what = f"invoice {invoice.number}" if invoice else f"order {order.name}"
    why = error.message if isinstance(error, Refusal) else "The operator has the log."
    post_notice(
        recipients=[
            Recipient(
                organization_id=order.contract.agency_id, role=Role.CONTRACTING_OFFICER
            )
        ],
        subject=order.subject,
        title=f"The nightly comparison of {what} failed",
        body=f"Nothing was changed. {why}",
        url_path=order.path,
        by=SYSTEM,
        at=at,
    )
