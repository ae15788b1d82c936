"""Record that the finance system has paid."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing.states import InvoiceState
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.ledger.operations.record_paid import record_paid
from contracting.ledger.states import Holder
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.payments import events, permissions
from contracting.payments.models import Payment, PaymentCertification
from contracting.payments.refusals import AlreadyCertified, PaymentDateWrong
from contracting.reconciliation.operations.accept import lock_invoice
from contracting.reconciliation.queries import accepted_by_holder


@transaction.atomic
def record_payment(
    *, certification_id: int, paid_on: date, reference: str, by: Actor, at: datetime
) -> Payment:
    """Record the payment of a certified amount, to the cent.

    :raises NotAllowed: if ``by`` is no payment certifier of the agency
    :raises AlreadyCertified: if it is recorded already
    :raises PaymentDateWrong: without a reference, or with a day in the future
    :raises PaymentExceedsAcceptance: if more would be paid than is accepted (R-FND-10)
    """
    invoice_id = PaymentCertification.objects.values_list("invoice_id", flat=True).get(
        pk=certification_id
    )
    invoice = lock_invoice(invoice_id)
    certification = PaymentCertification.objects.get(pk=certification_id)
    require(permissions.can_record_payment(by, certification))
    if Payment.objects.filter(certification=certification).exists():
        message = "This payment is recorded already."
        raise AlreadyCertified(message)
    today = accounting_day(at, invoice.order.contract.time_zone)
    if paid_on > today or not reference.strip():
        message = "Give the trace number and the day of payment, today or earlier."
        raise PaymentDateWrong(message)
    payment = Payment.objects.create(
        certification=certification,
        dollars=certification.dollars,
        paid_on=paid_on,
        reference=reference.strip()[:60],
        recorded_by_name=by.name,
        paid_at=at,
    )
    for line_id, dollars in sorted(accepted_by_holder(invoice).items()):
        if dollars:
            record_paid(
                holder=Holder("orders.line", line_id),
                acrn=None,
                dollars=dollars,
                because=certification.subject,
                by=by,
                at=at,
            )
    invoice.move_to(InvoiceState.PAID)
    post_notice(
        recipients=[Recipient(organization_id=invoice.vendor_id)],
        subject=invoice.subject,
        title=f"Invoice {invoice.number} was paid",
        body=f"${certification.dollars:,.2f}, reference {payment.reference}.",
        url_path=f"/invoices/{invoice.public_id}",
        by=by,
        at=at,
    )
    record_event(
        events.PAYMENT_RECORDED,
        subject=certification.subject,
        by=by,
        at=at,
        data={
            "voucher": certification.voucher_number,
            "dollars": Dollars(certification.dollars),
            "paid_on": paid_on,
            "reference": payment.reference,
        },
    )
    return payment
