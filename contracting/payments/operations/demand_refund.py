"""Demand what the vendor owes back."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing.models import CreditDue, Invoice
from contracting.billing.operations.reopen_credit import reopen_credit
from contracting.billing.queries.credits import locked_credit, require_seen
from contracting.billing.states import InvoiceState
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.payments import events, permissions
from contracting.payments.models import RefundDemand
from contracting.payments.queries.offsets import left_untaken
from contracting.payments.refusals import NothingOwedBack, ReasonMissing
from contracting.reference.queries import threshold


@transaction.atomic
def demand_refund(
    *,
    credit_id: int,
    basis: str,
    seen: Dollars | None = None,
    by: Actor,
    at: datetime,
) -> RefundDemand:
    """Demand that the vendor pays back what is open of a credit (FAR 32.604).

    What an invoice was to take off and no voucher of it does is open again with it. The
    money comes in by ``record_refund``; until then a voucher may still set it off.

    The first demand is the day from which interest runs if it is paid late.

    :param basis: why it is owed, as the vendor reads it
    :param seen: what was open when the page was read; every page sends it
    :raises NotAllowed: if ``by`` is no contracting officer of the agency
    :raises ReasonMissing: without a basis
    :raises NothingOwedBack: if nothing of it is open (R-PAY-06)
    :raises Stale: if another amount is open than was read
    """
    credit = locked_credit(credit_id)
    require(permissions.can_demand_refund(by, credit))
    basis = basis.strip()
    if not basis:
        message = "Say why the vendor owes it: it reads this as it stands."
        raise ReasonMissing(message, pointer="/basis")
    credit = reopen_untaken(credit, by, at)
    if not credit.open:
        message = "Nothing of this credit is open, so nothing is demanded."
        raise NothingOwedBack(message)
    require_seen(credit.open, seen)
    on = accounting_day(at, credit.order.contract.time_zone)
    days = int(threshold("DEMAND_FOR_PAYMENT", on).value)
    demand = RefundDemand.objects.create(
        credit=credit,
        dollars=credit.open.amount,
        basis=basis,
        pay_by=on + timedelta(days=days),
        demanded_by_id=by.own_membership_id,
        demanded_at=at,
    )
    due = demand.pay_by
    post_notice(
        recipients=[Recipient(organization_id=credit.order.contract.vendor_id)],
        subject=credit.subject,
        title=f"Pay back ${demand.dollars:,.2f} on order {credit.order.piid}",
        body=(
            f"By {due.day} {due:%b %Y}. What is not paid by then bears interest from "
            f"{on.day} {on:%b %Y} (52.212-4(i)(6)). {basis}"
        ),
        url_path=credit.path,
        by=by,
        at=at,
    )
    record_event(
        events.REFUND_DEMANDED,
        subject=credit.subject,
        by=by,
        at=at,
        data={"dollars": Dollars(demand.dollars), "pay_by": due, "basis": basis},
    )
    return demand


def reopen_untaken(credit: CreditDue, by: Actor, at: datetime) -> CreditDue:
    """Open again what of a locked credit no voucher takes off, if there is any."""
    for each in left_untaken(credit.order_id):
        if each.credit.pk == credit.pk:
            reopen_credit(part=each.part, dollars=each.dollars, by=by, at=at)
    return locked_credit(credit.pk)


def reopen_paid(invoice: Invoice, by: Actor, at: datetime) -> None:
    """Once an invoice is paid, open what it was to take off and did not."""
    if invoice.state != InvoiceState.PAID:
        return
    for each in left_untaken(invoice.order_id, invoice=invoice):
        reopen_credit(part=each.part, dollars=each.dollars, by=by, at=at)
