"""Finance gives a voucher back: it was not paid, or the money came back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.ledger.operations.reverse import reverse_transfer
from contracting.ledger.queries.charged import standing_because
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.payments import events, permissions, queries
from contracting.payments.models import (
    CertifiedAcceptance,
    PaymentCertification,
    PaymentReturn,
)
from contracting.payments.operations.certify import _lock_invoice, _move_by_vouchers
from contracting.payments.queries.offsets import built_on, paid_and_not_promised
from contracting.payments.refusals import (
    PaymentBuiltOn,
    PaymentReturned,
    ReasonMissing,
)


@transaction.atomic
def return_payment(
    *, certification_id: int, reason: str, by: Actor, at: datetime
) -> PaymentReturn:
    """Take a voucher back, so that what it pays can be certified anew.

    Where it was paid and the money came back, its postings are reversed, interest
    included. Its number stays used: the numbers of vouchers have no gap.

    :raises NotAllowed: if ``by`` is no payment certifier of the agency
    :raises ReasonMissing: without a reason
    :raises PaymentReturned: if it was given back already
    :raises PaymentBuiltOn: if other vouchers, or refunds, take off what it has paid:
        they could not be paid, or would have taken off what nobody has paid (R-PAY-06)
    :raises NotReversible: if what was built on the payment would no longer hold
    """
    invoice_id = PaymentCertification.objects.values_list("invoice_id", flat=True).get(
        pk=certification_id
    )
    invoice = _lock_invoice(invoice_id)
    certification = PaymentCertification.objects.select_related("invoice__order").get(
        pk=certification_id
    )
    require(permissions.can_record_payment(by, certification))
    reason = reason.strip()
    if not reason:
        message = "Say why finance gave the voucher back."
        raise ReasonMissing(message, pointer="/reason")
    if certification.is_returned:
        message = "This voucher was given back already."
        raise PaymentReturned(message)
    if certification.is_paid:
        _guard_built_on(certification)
    subject = certification.subject
    for transfer_id in standing_because(subject.kind, subject.id):
        reverse_transfer(
            transfer_id=transfer_id, reason=reason, because=subject, by=by, at=at
        )
    returned = PaymentReturn.objects.create(
        certification=certification,
        reason=reason,
        was_paid=hasattr(certification, "payment"),
        recorded_by_name=by.name,
        returned_at=at,
    )
    CertifiedAcceptance.objects.filter(certification=certification).update(
        released_at=at
    )
    _move_by_vouchers(invoice)
    post_notice(
        recipients=[Recipient(organization_id=invoice.vendor_id)],
        subject=subject,
        title=f"Payment {certification.voucher_number} was returned",
        body=f"{reason} It is certified anew.",
        url_path=certification.path,
        by=by,
        at=at,
    )
    record_event(
        events.PAYMENT_RETURNED,
        subject=subject,
        by=by,
        at=at,
        data={
            "voucher": certification.voucher_number,
            "reason": reason,
            "was_paid": returned.was_paid,
        },
    )
    return returned


def _guard_built_on(certification: PaymentCertification) -> None:
    """What other vouchers and refunds take off it stays paid, in whatever order.

    A voucher may take off of an ACRN what another one has paid from it. Without that
    payment it could not be paid any more, so it is given back first.
    """
    offs = queries.taken_off_by_funds(certification)
    for (holder, acrn), part in queries.parts_of(certification).items():
        gone = part - offs.get((holder, acrn), Dollars())
        free = paid_and_not_promised(holder.id, acrn)
        if gone <= free or gone <= Dollars(0):
            continue
        others = built_on(certification, holder.id, acrn)
        named = f" ({', '.join(others)})" if others else ""
        message = (
            f"This voucher has paid {gone} from ACRN {acrn}, and credits that came off "
            f"elsewhere hold {gone - max(free, Dollars())} of it{named}. Record the "
            "return of those vouchers and refunds first, then of this one, and certify "
            "them anew; nothing was recorded."
        )
        raise PaymentBuiltOn(message, vouchers=others, acrn=acrn)
