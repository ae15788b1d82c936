"""The vendor takes an invoice back before it is accepted."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing import events, permissions, queries
from contracting.billing.models import ChargeLine, Invoice, InvoiceLine
from contracting.billing.operations.settle_credit import give_credits_back
from contracting.billing.states import InvoiceState
from contracting.core.actors import Actor
from contracting.core.permissions import require


@transaction.atomic
def withdraw_invoice(*, invoice_id: int, by: Actor, at: datetime) -> Invoice:
    """Take the invoice back; its lines can be invoiced again.

    :raises NotAllowed: if ``by`` is not of the vendor that sent it
    :raises IllegalMove: if it is accepted, returned or paid already
    """
    invoice = queries.locked_invoice(invoice_id)
    require(permissions.can_withdraw_invoice(by, invoice))
    invoice.move_to(InvoiceState.WITHDRAWN)
    InvoiceLine.objects.filter(invoice=invoice).update(voided_at=at)
    ChargeLine.objects.filter(invoice=invoice).update(voided_at=at)
    give_credits_back(invoice, at)
    record_event(
        events.INVOICE_WITHDRAWN,
        subject=invoice.subject,
        by=by,
        at=at,
        data={"number": invoice.number},
    )
    return invoice
