"""Take back a receipt that was recorded wrongly; the right one is recorded anew."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.charges import events, permissions, queries
from contracting.charges.models import Receipt, ReceiptReversal
from contracting.charges.operations.charge import _lock_order, _reverse_charge
from contracting.charges.operations.record import require_open
from contracting.charges.refusals import AlreadyReversed, WordsMissing
from contracting.core.actors import Actor
from contracting.core.periods import day_bounds
from contracting.core.permissions import require
from contracting.ledger.queries import lock_funds
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def reverse_receipt(
    *, receipt_id: int, reason: str, by: Actor, at: datetime
) -> ReceiptReversal:
    """Reverse a receipt and its charge whole; both stay listed.

    :raises NotAllowed: if ``by`` is not the designated representative (R-ROL-05)
    :raises AlreadyReversed: if it was taken back before
    :raises WordsMissing: without a reason
    :raises PeriodAccepted: if its day is accepted on an invoice (R-MET-05)
    """
    order_id = Receipt.objects.values_list("line__order_id", flat=True).get(
        pk=receipt_id
    )
    order = _lock_order(order_id)
    receipt = Receipt.objects.select_related("line__contract_line").get(pk=receipt_id)
    receipt.line.order = order
    on = queries.day_of(at, order)
    require(permissions.can_reverse_receipt(by, receipt, on))
    if receipt.is_reversed:
        message = "This receipt was taken back already."
        raise AlreadyReversed(message)
    if not reason.strip():
        message = "Say why the receipt is taken back."
        raise WordsMissing(message, pointer="/reason")
    zone = order.contract.time_zone
    require_open(receipt.line, day_bounds(receipt.received_on, zone))
    lock_funds(holders=[receipt.line.holder])
    reversal = ReceiptReversal.objects.create(
        receipt=receipt,
        reason=reason.strip(),
        reversed_by_id=by.own_membership_id,
        receipt_reversed_at=at,
    )
    for charge in receipt.charges.filter(reversed_at__isnull=True):
        charge.line = receipt.line
        _reverse_charge(charge, reversal.reason, by, at)
    post_notice(
        recipients=[Recipient(organization_id=order.contract.vendor_id)],
        subject=receipt.subject,
        title=f"A receipt on line {receipt.line.clin} of order {order.piid} is "
        "taken back",
        body=reversal.reason,
        url_path=f"{order.path}/charges",
        by=by,
        at=at,
    )
    record_event(
        events.RECEIPT_REVERSED,
        subject=receipt.subject,
        by=by,
        at=at,
        data={
            "clin": receipt.line.clin,
            "units": receipt.units,
            "reason": reversal.reason,
        },
    )
    return reversal
