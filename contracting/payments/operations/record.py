"""Record that the finance system has paid."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing.states import InvoiceState
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.ledger.operations.credit import credit_funds
from contracting.ledger.operations.record_paid import record_paid
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.payments import events, permissions, queries
from contracting.payments.models import Payment, PaymentCertification
from contracting.payments.operations.certify import _lock_invoice
from contracting.payments.refusals import AlreadyPaid, PaymentDateWrong


@transaction.atomic
def record_payment(
    *, certification_id: int, paid_on: date, reference: str, by: Actor, at: datetime
) -> Payment:
    """Record the payment of a certified amount, to the cent, from its very funds.

    :param paid_on: the day of payment in the contract's time zone
    :param reference: the finance system's trace number, at most 60 characters
    :raises NotAllowed: if ``by`` is no payment certifier of the agency
    :raises AlreadyPaid: if it is recorded already
    :raises PaymentDateWrong: without a reference, or with a day in the future or before
        the certification
    :raises AccountCancelled: from an account that was closed before (R-FND-05)
    :raises PaymentExceeded: if more would be paid than is accepted (R-FND-10)
    """
    invoice_id = PaymentCertification.objects.values_list("invoice_id", flat=True).get(
        pk=certification_id
    )
    invoice = _lock_invoice(invoice_id)
    certification = PaymentCertification.objects.select_related("invoice__order").get(
        pk=certification_id
    )
    require(permissions.can_record_payment(by, certification))
    zone = invoice.order.contract.time_zone
    _guard(certification, paid_on, reference, zone, at)
    payment = Payment.objects.create(
        certification=certification,
        dollars=certification.dollars,
        paid_on=paid_on,
        reference=reference.strip(),
        recorded_by_name=by.name,
        paid_at=at,
    )
    _post(certification, paid_on, by, at)
    invoice.move_to(InvoiceState.PAID)
    post_notice(
        recipients=[Recipient(organization_id=invoice.vendor_id)],
        subject=certification.subject,
        title=f"Invoice {invoice.number} was paid",
        body=f"${certification.dollars:,.2f}, reference {payment.reference}.",
        url_path=certification.path,
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


def _guard(
    certification: PaymentCertification,
    paid_on: date,
    reference: str,
    zone: str,
    at: datetime,
) -> None:
    if Payment.objects.filter(certification=certification).exists():
        message = "This payment is recorded already."
        raise AlreadyPaid(message)
    longest = 60
    if not 0 < len(reference.strip()) <= longest:
        message = f"Give the trace number of the payment, at most {longest} characters."
        raise PaymentDateWrong(message, pointer="/reference")
    certified_on = accounting_day(certification.certified_at, zone)
    if not certified_on <= paid_on <= accounting_day(at, zone):
        message = (
            "The day of payment lies between the certification of "
            f"{certified_on.day} {certified_on:%b %Y} and today."
        )
        raise PaymentDateWrong(message, pointer="/paid_on")


def _post(
    certification: PaymentCertification, paid_on: date, by: Actor, at: datetime
) -> None:
    """Pay each part from the funds that the voucher names, and take credits off."""
    for line_id, parts in sorted(certification.by_acrn.items()):
        for acrn, amount in sorted(parts.items()):
            record_paid(
                holder=queries.holder_of(int(line_id)),
                acrn=acrn,
                dollars=Dollars(Decimal(amount)),
                on=paid_on,
                because=certification.subject,
                by=by,
                at=at,
            )
    credits = queries.offset_by_funds(certification)
    if credits:
        credit_funds(
            credits=credits, on=paid_on, because=certification.subject, by=by, at=at
        )
