"""Return an invoice with reasons."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing import events, paperwork, permissions, queries
from contracting.billing.models import ChargeLine, Invoice, InvoiceLine
from contracting.billing.operations.settle_credit import give_credits_back
from contracting.billing.queries.clocks import return_by
from contracting.billing.refusals import ReasonMissing
from contracting.billing.states import InvoiceState
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.documents.operations.request import request_document
from contracting.documents.states import DocumentKind
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def return_invoice(
    *, invoice_id: int, reasons: list[str], by: Actor, at: datetime
) -> Invoice:
    """Give it back within seven days of receipt, saying why (FAR 32.905(b)(3)).

    Its lines no longer stand in the way of a corrected invoice. The days beyond those
    seven are taken off the days in which the corrected one is paid (R-INV-02): they are
    calendar days, and the day of receipt is day 0.

    :raises NotAllowed: if ``by`` is neither designated COR (R-ROL-05) nor contracting
        officer of the agency
    :raises ReasonMissing: without a reason
    :raises IllegalMove: if it is accepted or paid already
    """
    invoice = queries.locked_invoice(invoice_id)
    on = accounting_day(at, invoice.order.contract.time_zone)
    require(permissions.can_return_invoice(by, invoice, on))
    given = [reason.strip() for reason in reasons if reason.strip()]
    if not given:
        message = "Say what makes the invoice improper."
        raise ReasonMissing(message)
    invoice.move_to(InvoiceState.RETURNED)
    invoice.returned_at = at
    invoice.returned_late_by = max(0, (on - return_by(invoice)).days)
    invoice.return_reasons = given
    invoice.save(update_fields=["returned_at", "returned_late_by", "return_reasons"])
    InvoiceLine.objects.filter(invoice=invoice).update(voided_at=at)
    ChargeLine.objects.filter(invoice=invoice).update(voided_at=at)
    give_credits_back(invoice, at)
    _print(invoice, by, on, at)
    post_notice(
        recipients=[Recipient(organization_id=invoice.vendor_id)],
        subject=invoice.subject,
        title=f"Invoice {invoice.number} was returned",
        body="\n".join([*given, *_said_of_time(invoice)]),
        url_path=invoice.path,
        by=by,
        at=at,
    )
    record_event(
        events.INVOICE_RETURNED,
        subject=invoice.subject,
        by=by,
        at=at,
        data={
            "number": invoice.number,
            "reasons": given,
            "late_by_days": invoice.returned_late_by,
        },
    )
    return invoice


def _print(invoice: Invoice, by: Actor, on: date, at: datetime) -> None:
    """The return as a letter, with every reason (FAR 32.905(b)(3))."""
    content = paperwork.return_sheet(
        invoice, by, on, return_by(invoice), _said_of_time(invoice)
    )
    request_document(
        kind=DocumentKind.LETTER,
        subject=invoice.subject,
        title=f"Return of invoice {invoice.number or 'without a number'}",
        number=invoice.number or invoice.public_id,
        agency_id=invoice.order.contract.agency_id,
        vendor_id=invoice.vendor_id,
        context=content,
        content_sha256=content_sha256(content),
        version=1,
        by=by,
        at=at,
    )


def _said_of_time(invoice: Invoice) -> list[str]:
    """What a late return means to the vendor."""
    days = invoice.returned_late_by
    if not days:
        return []
    plural = "day" if days == 1 else "days"
    return [
        f"It is returned {days} {plural} late; the corrected invoice is due {days} "
        f"{plural} sooner."
    ]
