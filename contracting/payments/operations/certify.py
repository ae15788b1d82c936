"""Certify what is accepted for payment."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing.states import InvoiceState
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.payments import events, permissions, queries
from contracting.payments.models import PaymentCertification
from contracting.payments.refusals import AlreadyCertified, NotAccepted
from contracting.reconciliation.operations.accept import lock_invoice
from contracting.reconciliation.queries import accepted_by_holder, accepted_total


@transaction.atomic
def certify_payment(
    *, invoice_id: int, by: Actor, at: datetime
) -> PaymentCertification:
    """Certify the accepted part; what is withheld stays withheld.

    :raises NotAllowed: if ``by`` is no payment certifier, accepted the usage or signed
        the order (R-ROL-04)
    :raises AlreadyCertified: if it is certified or paid already
    :raises NotAccepted: if nothing is accepted (R-FND-10)
    """
    invoice = lock_invoice(invoice_id)
    require(permissions.can_certify_payment(by, invoice))
    if invoice.state in {InvoiceState.CERTIFIED, InvoiceState.PAID}:
        message = "This invoice is certified for payment already."
        raise AlreadyCertified(message)
    total = accepted_total(invoice)
    due = queries.payment_due_on(invoice)
    if invoice.state != InvoiceState.ACCEPTED or due is None or not total:
        message = "Nothing of this invoice is accepted, so nothing can be paid."
        raise NotAccepted(message)
    certified = PaymentCertification.objects.filter(invoice__order=invoice.order)
    certification = PaymentCertification.objects.create(
        invoice=invoice,
        voucher_number=f"{invoice.order.piid}-V{certified.count() + 1:03d}",
        dollars=total.amount,
        by_acrn={
            str(line_id): dollars.plain()
            for line_id, dollars in sorted(accepted_by_holder(invoice).items())
        },
        due_on=due,
        certified_by_id=by.membership_id,
        certified_at=at,
    )
    invoice.move_to(InvoiceState.CERTIFIED)
    post_notice(
        recipients=[Recipient(organization_id=invoice.vendor_id)],
        subject=invoice.subject,
        title=f"Invoice {invoice.number}: ${total.amount:,.2f} will be paid",
        body=(
            f"Due on {due:%d %b %Y}. Invoiced ${invoice.total_dollars:,.2f}; "
            f"withheld ${(Dollars(invoice.total_dollars) - total).amount:,.2f}."
        ),
        url_path=f"/invoices/{invoice.public_id}",
        by=by,
        at=at,
    )
    record_event(
        events.PAYMENT_CERTIFIED,
        subject=certification.subject,
        by=by,
        at=at,
        data={
            "invoice": invoice.number,
            "voucher": certification.voucher_number,
            "dollars": total,
            "due_on": due,
        },
    )
    return certification
