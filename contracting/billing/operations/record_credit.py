"""Record what the vendor owes back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing import events, permissions, queries
from contracting.billing.models import CreditDue
from contracting.billing.queries.credits import room_for_credits
from contracting.billing.refusals import (
    CreditExceedsUse,
    CreditRecordedBefore,
    CreditWrong,
)
from contracting.billing.states import CreditKind
from contracting.core.actors import Actor
from contracting.core.identifiers import next_below
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.core.subjects import Subject
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.orders.models import OrderLine

_LONGEST = 4_000


@transaction.atomic
def record_credit(
    *,
    order_line_id: int,
    dollars: Dollars,
    kind: str,
    reason: str,
    acrn: str = "",
    because: Subject | None = None,
    by: Actor,
    at: datetime,
) -> CreditDue:
    """Record a credit that is due, for the vendor to take off its next invoice.

    It returns to the funds of the line's ACRN when it is set off against a payment or
    paid back. What is withheld from an invoice was never paid and is no credit.

    :param dollars: whole cents above zero
    :param acrn: whose funds it comes back to; may be left out where the line has one
    :param because: what it is owed for: one cause is credited once on a line and ACRN
    :raises NotAllowed: if ``by`` is neither contracting officer, designated
        representative nor payment certifier of the agency, nor of the contract's vendor
    :raises CreditWrong: without a reason, for no whole cents above zero, for no known
        kind, or where the line has not exactly this ACRN
    :raises CreditRecordedBefore: if the same cause was credited before
    :raises CreditExceedsUse: if more is credited than was used from those funds
    """
    order_id = OrderLine.objects.values_list("order_id", flat=True).get(
        pk=order_line_id
    )
    order = queries.locked_order(order_id)
    on = accounting_day(at, order.contract.time_zone)
    require(permissions.can_record_credit(by, order, on))
    line = OrderLine.objects.select_related("contract_line", "order").get(
        pk=order_line_id
    )
    reason = reason.strip()
    acrn = _guard(line, dollars, kind, reason, acrn.strip())
    if because is not None:
        _guard_once(line, acrn, kind, because)
    credit = CreditDue.objects.create(
        number=next_below(order.piid, "CR", CreditDue.objects.filter(order=order)),
        order=order,
        order_line=line,
        acrn=acrn,
        kind=kind,
        dollars=dollars.amount,
        because_kind=because.kind if because else "",
        because_id=because.id if because else None,
        reason=reason,
        credited_by=by.name,
        credited_at=at,
    )
    told = order.contract.agency_id if by.is_vendor else order.contract.vendor_id
    post_notice(
        recipients=[Recipient(organization_id=told)],
        subject=credit.subject,
        title=f"Order {order.piid}: a credit of ${credit.dollars:,.2f} is due",
        body=f"{credit.get_kind_display().capitalize()}. {reason}",
        url_path=credit.path,
        by=by,
        at=at,
    )
    record_event(
        events.CREDIT_RECORDED,
        subject=credit.subject,
        by=by,
        at=at,
        data={
            "line": line.clin,
            "acrn": acrn,
            "kind": kind,
            "dollars": dollars,
            "reason": reason,
        },
    )
    return credit


def _guard(line: OrderLine, dollars: Dollars, kind: str, reason: str, acrn: str) -> str:
    """The ACRN to which the credit comes back."""
    if not 0 < len(reason) <= _LONGEST:
        message = f"Say why the vendor owes it, in at most {_LONGEST:,} characters."
        raise CreditWrong(message, pointer="/reason")
    if kind not in CreditKind.values:
        message = f"A credit is one of {', '.join(CreditKind.values)}."
        raise CreditWrong(message, pointer="/kind")
    if dollars <= Dollars(0) or dollars != dollars.to_cents():
        message = "A credit is an amount above zero in whole cents."
        raise CreditWrong(message, pointer="/dollars")
    room = room_for_credits(line)
    if not acrn and len(room) == 1:
        (acrn,) = room
    if acrn not in room:
        known = ", ".join(room) or "none"
        message = f"Say to which ACRN of line {line.clin} it comes back: {known}."
        raise CreditWrong(message, pointer="/acrn")
    left = room[acrn]
    if dollars > left:
        message = (
            f"ACRN {acrn} of line {line.clin} has {left} that was used and is not "
            f"credited yet; {dollars} cannot be."
        )
        raise CreditExceedsUse(message, left=left, short_by=dollars - left)
    return acrn


def _guard_once(line: OrderLine, acrn: str, kind: str, because: Subject) -> None:
    before = CreditDue.objects.filter(
        order_line=line,
        acrn=acrn,
        kind=kind,
        because_kind=because.kind,
        because_id=because.id,
    ).first()
    if before is not None:
        message = (
            f"This was credited before, with ${before.dollars:,.2f}. Cancel what is "
            "open of that credit if it was wrong."
        )
        raise CreditRecordedBefore(message, credit=before.public_id)
