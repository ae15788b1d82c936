"""Record an invoice that came by post, by e-mail or through another system."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing import events, permissions, queries
from contracting.billing.calculations import Stated
from contracting.billing.calculations.plain import plain_lines
from contracting.billing.models import Invoice
from contracting.billing.operations.receive_invoice import (
    add_lines,
    keep_invoice,
    print_invoice,
)
from contracting.billing.queries.clocks import return_by
from contracting.billing.queries.proper import defects_of, places_of
from contracting.billing.refusals import ImproperInvoice
from contracting.billing.states import CameBy, InvoiceState
from contracting.core.actors import Actor
from contracting.core.errors import Refusal
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.orders.models import TaskOrder


@transaction.atomic
def record_invoice(
    *,
    order_id: int,
    stated: Stated,
    content: bytes,
    media_type: str,
    came_by: str,
    received_at: datetime,
    corrects: str = "",
    by: Actor,
    at: datetime,
) -> Invoice:
    """Record an invoice with the day on which it was received, proper or not.

    A proper one is received as if the vendor had sent it here. One with defects is
    kept with all of them: it is in nobody's way, cannot be accepted, and is returned
    with reasons within seven days of receipt (R-INV-02).

    :param received_at: when it reached the designated office, at the latest ``at``
    :raises NotAllowed: if ``by`` is neither designated COR (R-ROL-05) nor contracting
        officer of the agency
    :raises ImproperInvoice: if it was received later than now or by no known way
    """
    order = queries.locked_order(order_id)
    on = accounting_day(at, order.contract.time_zone)
    require(permissions.can_record_invoice(by, order, on))
    if came_by not in CameBy.values or came_by == CameBy.HERE or received_at > at:
        message = "Say how it came in, and when: at the latest now."
        raise ImproperInvoice(message, element="received_at")
    places = places_of(order)
    found = defects_of(order, stated, places, received_at)
    invoice = keep_invoice(
        order,
        stated,
        content,
        media_type,
        corrects.strip(),
        received_at=received_at,
        by=by,
        came_by=came_by,
        **_as_defective(stated, found),
    )
    if found:
        invoice.move_to(InvoiceState.DEFECTIVE)
    else:
        add_lines(invoice, stated, places, at)
    print_invoice(invoice, by, at)
    _tell(order, invoice, by, at)
    record_event(
        events.INVOICE_RECORDED,
        subject=invoice.subject,
        by=by,
        at=at,
        data={
            "number": invoice.number,
            "total": stated.total,
            "came_by": came_by,
            "received_at": received_at,
            "defects": [str(each.args[0]) for each in found],
            "sha256": invoice.payload.sha256,
        },
    )
    return invoice


def _as_defective(stated: Stated, found: Sequence[Refusal]) -> dict[str, Any]:
    """What is kept of an improper invoice beside its head; nothing of a proper one."""
    if not found:
        return {}
    return {
        "defects": [
            {"rule": each.rule, "message": str(each.args[0])} for each in found
        ],
        "stated_lines": plain_lines(stated),
    }


def _tell(order: TaskOrder, invoice: Invoice, by: Actor, at: datetime) -> None:
    """The vendor reads that its invoice has arrived, and on which day."""
    body = "It is compared with the meter and the report."
    if invoice.defects:
        body = f"It has defects and is returned by {return_by(invoice):%Y-%m-%d}."
    post_notice(
        recipients=[Recipient(organization_id=order.contract.vendor_id)],
        subject=invoice.subject,
        title=f"Invoice {invoice.number or 'without a number'} was received",
        body=body,
        url_path=invoice.path,
        by=by,
        at=at,
    )
