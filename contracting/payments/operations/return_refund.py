"""A refund does not stand: it was sent back, or its deposit did not clear."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing.models import CreditSettlement
from contracting.billing.operations.reopen_credit import reopen_credit
from contracting.billing.queries.credits import locked_credit
from contracting.billing.states import SettlementKind
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.ledger.operations.reverse import reverse_transfer
from contracting.ledger.queries.charged import standing_because
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.payments import events, permissions
from contracting.payments.models import RefundReturn
from contracting.payments.refusals import ReasonMissing, RefundReturned


@transaction.atomic
def return_refund(
    *, settlement_id: int, reason: str, by: Actor, at: datetime
) -> RefundReturn:
    """Take the record of a refund back; what it settled of its credit is open again.

    It is the way out where the very payment that was refunded in part comes back from
    the bank: give the refund back, record the return of the payment, certify anew.

    :param reason: why it does not stand; the vendor reads it
    :raises NotAllowed: if ``by`` is no payment certifier of the agency
    :raises ReasonMissing: without a reason
    :raises RefundReturned: if it is no refund, or was taken back already
    :raises NotReversible: if its funds were deobligated, or used, meanwhile
    """
    credit_id = CreditSettlement.objects.values_list("credit_id", flat=True).get(
        pk=settlement_id
    )
    credit = locked_credit(credit_id)
    settlement = CreditSettlement.objects.get(pk=settlement_id)
    require(permissions.can_record_refund(by, credit))
    reason = reason.strip()
    if not reason:
        message = "Say why the refund does not stand."
        raise ReasonMissing(message, pointer="/reason")
    if settlement.kind != SettlementKind.REFUND or hasattr(settlement, "refund_return"):
        message = "This is no refund that stands."
        raise RefundReturned(message)
    subject, dollars = settlement.subject, Dollars(settlement.dollars)
    for transfer_id in standing_because(subject.kind, subject.id):
        reverse_transfer(
            transfer_id=transfer_id, reason=reason, because=subject, by=by, at=at
        )
    reopen_credit(part=settlement, dollars=dollars, by=by, at=at)
    returned = RefundReturn.objects.create(
        settlement=settlement,
        reason=reason,
        recorded_by_name=by.name,
        returned_at=at,
    )
    post_notice(
        recipients=[Recipient(organization_id=credit.order.contract.vendor_id)],
        subject=credit.subject,
        title=f"Your refund of ${dollars.amount:,.2f} does not stand",
        body=f"Reference {settlement.reference}. {reason} The credit is open again.",
        url_path=credit.path,
        by=by,
        at=at,
    )
    record_event(
        events.REFUND_RETURNED,
        subject=credit.subject,
        by=by,
        at=at,
        data={
            "dollars": dollars,
            "reference": settlement.reference,
            "reason": reason,
        },
    )
    return returned
