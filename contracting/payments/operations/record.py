"""Record that the finance system has paid."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, total_dollars
from contracting.ledger.operations.charge_interest import charge_interest
from contracting.ledger.operations.credit import credit_funds
from contracting.ledger.operations.record_paid import record_paid
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.payments import calculations, events, permissions, queries
from contracting.payments.calculations.interest import Interest
from contracting.payments.models import Payment, PaymentCertification
from contracting.payments.operations.certify import _lock_invoice, _move_by_vouchers
from contracting.payments.operations.demand_refund import reopen_paid
from contracting.payments.queries.clocks import interest_of
from contracting.payments.refusals import (
    AlreadyPaid,
    AmountDiffers,
    DiscountLost,
    PaidTooEarly,
    PaymentDateWrong,
    PaymentReturned,
)
from contracting.reference.queries import threshold


@transaction.atomic
def record_payment(
    *,
    certification_id: int,
    paid_on: date,
    reference: str,
    stated: Dollars | None = None,
    by: Actor,
    at: datetime,
) -> Payment:
    """Record the payment of a certified amount, to the cent, from its very funds.

    Interest for paying late is owed with it, without being asked for (R-PAY-03): it is
    computed for the day of payment and charged to what the same lines of accounting
    have free, beside the order's ceiling and obligation.

    Once the invoice is paid, what it was to take off of a credit and was too small for
    is open again: for the next invoice, a refund or the contracting officer.

    :param paid_on: the day of payment in the contract's time zone
    :param reference: the finance system's trace number, at most 60 characters
    :param stated: what finance says it has paid, interest included; held against what
        is owed where it is given
    :raises NotAllowed: if ``by`` is no payment certifier of the agency
    :raises AlreadyPaid: if it is recorded already
    :raises PaymentReturned: if finance gave the voucher back
    :raises PaymentDateWrong: without a reference, or with a day in the future or before
        the certification
    :raises PaidTooEarly: more than seven days before it is due, unless it was
        authorized, earns a discount or pays a small business (R-PAY-04)
    :raises DiscountLost: after the last day of the discount that it takes (R-PAY-05)
    :raises RateMissing: if interest is owed and no rate of its half-year is loaded
    :raises AmountDiffers: if finance states another amount
    :raises AccountCancelled: from an account that was closed before (R-FND-05)
    :raises FundsExceeded: if its lines of accounting have less free than the interest
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
    _guard_day(certification, paid_on)
    interest = interest_of(certification, paid_on)
    earned = total_dollars(each.interest for each in interest).to_cents()
    _guard_stated(certification, earned, stated)
    payment = Payment.objects.create(
        certification=certification,
        dollars=certification.dollars,
        interest_dollars=earned.amount,
        interest_parts=[_plain(each) for each in interest],
        paid_on=paid_on,
        reference=reference.strip(),
        recorded_by_name=by.name,
        paid_at=at,
    )
    if earned:
        charge_interest(
            interest=queries.shares_of(certification, earned),
            on=paid_on,
            because=certification.subject,
            by=by,
            at=at,
        )
    _post(certification, paid_on, by, at)
    _move_by_vouchers(invoice)
    reopen_paid(invoice, by, at)
    _tell(payment, interest, by, at)
    record_event(
        events.PAYMENT_RECORDED,
        subject=certification.subject,
        by=by,
        at=at,
        data={
            "voucher": certification.voucher_number,
            "dollars": Dollars(certification.dollars),
            "interest": earned,
            "paid_on": paid_on,
            "reference": payment.reference,
        },
    )
    return payment


def _plain(each: Interest) -> dict[str, str | int]:
    return {
        "principal": each.dollars.plain(),
        "due_on": each.due.isoformat(),
        "days": each.days,
        "percent": f"{each.percent.normalize():f}",
        "interest": each.interest.plain(),
        **({"claim": each.claim} if each.claim else {}),
    }


def _tell(payment: Payment, interest: list[Interest], by: Actor, at: datetime) -> None:
    """The vendor reads the trace number, and how the interest was computed."""
    certification = payment.certification
    invoice = certification.invoice
    words = "".join(
        f" Interest ${each.interest.amount:,.2f} on ${each.dollars.amount:,.2f} for "
        f"{each.days} days at {each.percent.normalize():f} %."
        for each in interest
    )
    post_notice(
        recipients=[Recipient(organization_id=invoice.vendor_id)],
        subject=certification.subject,
        title=f"Invoice {invoice.number} was paid",
        body=f"${payment.total.amount:,.2f}, reference {payment.reference}.{words}",
        url_path=certification.path,
        by=by,
        at=at,
    )


def _guard(
    certification: PaymentCertification,
    paid_on: date,
    reference: str,
    zone: str,
    at: datetime,
) -> None:
    if certification.is_returned:
        message = "Finance gave this voucher back. Certify what it paid anew."
        raise PaymentReturned(message)
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


def _guard_day(certification: PaymentCertification, paid_on: date) -> None:
    """Not too early, and in time for the discount that it takes.

    A small business may be paid as soon as it is certified (5 CFR 1315.5(b)).
    """
    until = certification.discount_until
    if until is not None:
        if paid_on > until:
            message = (
                f"The discount of ${certification.discount_dollars:,.2f} was earned "
                f"until {until.day} {until:%b %Y}. Have the voucher returned and "
                "certify it anew without the discount."
            )
            raise DiscountLost(message, pointer="/paid_on")
        return
    if certification.accelerated_on is not None:
        return
    days = int(threshold("EARLY_PAYMENT", paid_on).value)
    first = calculations.earliest_on(certification.due_on, days=days)
    if paid_on < first and not hasattr(certification, "early_payment"):
        due = certification.due_on
        message = (
            f"It is due on {due.day} {due:%b %Y} and may be paid from {first.day} "
            f"{first:%b %Y} on, unless finance authorizes an early payment."
        )
        raise PaidTooEarly(message, first=first, due_on=due)


def _guard_stated(
    certification: PaymentCertification, earned: Dollars, stated: Dollars | None
) -> None:
    owed = Dollars(certification.dollars) + earned
    if stated is not None and stated != owed:
        message = (
            f"Finance states {stated}; {Dollars(certification.dollars)} is certified "
            f"and {earned} of interest is owed, {owed} in all."
        )
        raise AmountDiffers(message, stated=stated, owed=owed, pointer="/amount")


def _post(
    certification: PaymentCertification, paid_on: date, by: Actor, at: datetime
) -> None:
    """Pay each part from the funds that the voucher names, and take the rest off."""
    for (holder, acrn), dollars in queries.parts_of(certification).items():
        record_paid(
            holder=holder,
            acrn=acrn,
            dollars=dollars,
            on=paid_on,
            because=certification.subject,
            by=by,
            at=at,
        )
    credits = queries.taken_off_by_funds(certification)
    if credits:
        credit_funds(
            credits=credits, on=paid_on, because=certification.subject, by=by, at=at
        )
