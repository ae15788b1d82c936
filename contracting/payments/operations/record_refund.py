"""Record money that the vendor has paid back."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing.models import CreditDue, CreditSettlement
from contracting.billing.operations.settle_credit import settle_credit
from contracting.billing.queries.credits import locked_credit
from contracting.billing.states import SettlementKind
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.ledger.operations.credit import credit_funds
from contracting.ledger.refusals import CreditExceeded
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.payments import events, permissions
from contracting.payments.models import Refund
from contracting.payments.operations.demand_refund import reopen_untaken
from contracting.payments.queries.offsets import paid_and_not_promised
from contracting.payments.refusals import PaymentDateWrong


@transaction.atomic
def record_refund(
    *,
    credit_id: int,
    dollars: Dollars,
    received_on: date,
    reference: str,
    by: Actor,
    at: datetime,
) -> CreditSettlement:
    """Record a refund of a credit that is due; it returns to the funds that paid.

    What an invoice was to take off and no voucher of it does is open again with it.

    :param dollars: whole cents, at most what is open
    :param received_on: the day of receipt in the contract's time zone
    :param reference: the trace number of the deposit, at most 60 characters
    :raises NotAllowed: if ``by`` is no payment certifier of the agency
    :raises PaymentDateWrong: without a reference, for no cents, or on a day before the
        credit or in the future
    :raises CreditNotOpen: if less is open (R-PAY-06)
    :raises CreditExceeded: if its funds have paid less, or vouchers that are not paid
        yet take the rest of it off (R-PAY-06)
    :raises AccountCancelled: to an account that was closed before (R-FND-05)
    """
    credit = locked_credit(credit_id)
    require(permissions.can_record_refund(by, credit))
    guard_deposit(dollars, reference, what="A refund")
    zone = credit.order.contract.time_zone
    first, today = accounting_day(credit.credited_at, zone), accounting_day(at, zone)
    if not first <= received_on <= today:
        message = (
            f"The day of receipt lies between {first.day} {first:%b %Y}, when the "
            "credit was recorded, and today."
        )
        raise PaymentDateWrong(message, pointer="/received_on")
    _guard_promised(credit, dollars)
    reopen_untaken(credit, by, at)
    settlement = settle_credit(
        credit_id=credit.pk,
        kind=SettlementKind.REFUND,
        dollars=dollars,
        reference=reference.strip(),
        by=by,
        at=at,
    )
    Refund.objects.create(settlement=settlement, received_on=received_on)
    credit_funds(
        credits={(credit.order_line.holder, credit.acrn): dollars},
        on=received_on,
        because=settlement.subject,
        by=by,
        at=at,
    )
    post_notice(
        recipients=[Recipient(organization_id=credit.order.contract.vendor_id)],
        subject=credit.subject,
        title=f"Your refund of ${dollars.amount:,.2f} was received",
        body=f"Reference {settlement.reference}. {credit.reason}",
        url_path=credit.path,
        by=by,
        at=at,
    )
    record_event(
        events.REFUND_RECORDED,
        subject=credit.subject,
        by=by,
        at=at,
        data={
            "dollars": dollars,
            "received_on": received_on,
            "reference": settlement.reference,
        },
    )
    return settlement


def guard_deposit(dollars: Dollars, reference: str, *, what: str) -> None:
    """:raises PaymentDateWrong: without a reference, or for no whole cents"""
    longest = 60
    if not 0 < len(reference.strip()) <= longest:
        message = f"Give the trace number of the deposit, at most {longest} characters."
        raise PaymentDateWrong(message, pointer="/reference")
    if dollars <= Dollars(0) or dollars != dollars.to_cents():
        message = f"{what} is an amount above zero in whole cents."
        raise PaymentDateWrong(message, pointer="/dollars")


def _guard_promised(credit: CreditDue, dollars: Dollars) -> None:
    """:raises CreditExceeded: if certified vouchers could not be paid after it"""
    left = max(paid_and_not_promised(credit.order_line_id, credit.acrn), Dollars())
    if dollars > left:
        message = (
            f"ACRN {credit.acrn} has {left} that was paid and that no certified "
            f"voucher takes off; {dollars} cannot come back to it. Record the payment "
            "of those vouchers first, or a smaller refund; nothing was recorded."
        )
        short = dollars - left
        raise CreditExceeded(message, asked=dollars, left=left, short_by=short)
