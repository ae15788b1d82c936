"""Authorize that a voucher is paid early."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.payments import events, permissions
from contracting.payments.models import EarlyPayment, PaymentCertification
from contracting.payments.operations.certify import _lock_invoice
from contracting.payments.refusals import AlreadyPaid, PaymentReturned, ReasonMissing


@transaction.atomic
def authorize_early_payment(
    *, certification_id: int, reason: str, by: Actor, at: datetime
) -> EarlyPayment:
    """Let a voucher be paid more than seven days before it is due (R-PAY-04).

    :raises NotAllowed: if ``by`` does not certify funds for the agency
    :raises ReasonMissing: without a reason
    :raises AlreadyPaid: if it is paid, or authorized already
    :raises PaymentReturned: if finance gave it back
    """
    invoice_id = PaymentCertification.objects.values_list("invoice_id", flat=True).get(
        pk=certification_id
    )
    _lock_invoice(invoice_id)
    certification = PaymentCertification.objects.select_related("invoice__order").get(
        pk=certification_id
    )
    require(permissions.can_authorize_early_payment(by, certification))
    reason = reason.strip()
    if not reason:
        message = "Say why it is in the Government's interest to pay early."
        raise ReasonMissing(message, pointer="/reason")
    if certification.is_returned:
        message = "This voucher was given back."
        raise PaymentReturned(message)
    if certification.is_paid or hasattr(certification, "early_payment"):
        message = "This payment is made or authorized already."
        raise AlreadyPaid(message)
    authorized = EarlyPayment.objects.create(
        certification=certification,
        reason=reason,
        authorized_by_id=by.own_membership_id,
        authorized_at=at,
    )
    record_event(
        events.EARLY_PAYMENT_AUTHORIZED,
        subject=certification.subject,
        by=by,
        at=at,
        data={"voucher": certification.voucher_number, "reason": reason},
    )
    return authorized
