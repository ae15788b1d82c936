"""Settle a part of a credit: payments set it off, or record that it was paid back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing import events
from contracting.billing.models import (
    CreditDue,
    CreditLine,
    CreditSettlement,
    Invoice,
)
from contracting.billing.queries.credits import locked_credit
from contracting.billing.refusals import CreditNotOpen
from contracting.core.actors import Actor
from contracting.core.quantities import Dollars


@transaction.atomic
def settle_credit(
    *,
    credit_id: int,
    kind: str,
    dollars: Dollars,
    reference: str = "",
    reason: str = "",
    by: Actor,
    at: datetime,
) -> CreditSettlement:
    """Take cents off what is open; the caller has permitted it, and moves the money.

    :param kind: SET_OFF against the voucher, REFUND with its trace number, or WAIVE
        with its reason
    :param dollars: whole cents above zero
    :raises CreditNotOpen: if less is open
    """
    credit = locked_credit(credit_id)
    settlement = add_settlement(
        credit,
        kind=kind,
        dollars=dollars,
        reference=reference,
        reason=reason,
        by=by,
        at=at,
    )
    record_event(
        events.CREDIT_SETTLED,
        subject=credit.subject,
        by=by,
        at=at,
        data={"kind": kind, "dollars": dollars, "reference": reference},
    )
    return settlement


def add_settlement(
    credit: CreditDue,
    *,
    kind: str,
    dollars: Dollars,
    reference: str = "",
    reason: str = "",
    by: Actor,
    at: datetime,
) -> CreditSettlement:
    """Write one settlement of a locked credit, and move its sum.

    :raises CreditNotOpen: if less is open
    """
    if dollars > credit.open:
        message = f"{credit.open} of this credit is open; {dollars} cannot be settled."
        raise CreditNotOpen(message, left=credit.open, short_by=dollars - credit.open)
    settlement = CreditSettlement.objects.create(
        credit=credit,
        kind=kind,
        dollars=dollars.amount,
        reference=reference,
        reason=reason,
        settled_by=by.name,
        settled_at=at,
    )
    credit.settled_dollars += dollars.amount
    credit.save(update_fields=["settled_dollars"])
    return settlement


def give_credits_back(invoice: Invoice, at: datetime) -> None:
    """Open again what a returned or withdrawn invoice has taken off; it is locked."""
    lines = CreditLine.objects.filter(invoice=invoice, voided_at__isnull=True)
    taken = {line.credit_id: line.amount_dollars for line in lines}
    for credit in CreditDue.objects.locked().filter(pk__in=taken):
        credit.taken_dollars -= taken[credit.pk]
        credit.save(update_fields=["taken_dollars"])
    lines.update(voided_at=at)
