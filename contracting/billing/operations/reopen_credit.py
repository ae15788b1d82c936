"""Open again what no voucher takes off a credit: payments finds it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing import events
from contracting.billing.models import CreditLine, CreditReopening, CreditSettlement
from contracting.billing.queries.credits import locked_credit
from contracting.core.actors import Actor
from contracting.core.quantities import Dollars


@transaction.atomic
def reopen_credit(
    *,
    part: CreditLine | CreditSettlement,
    dollars: Dollars,
    by: Actor,
    at: datetime,
) -> CreditReopening:
    """Open cents again that an invoice line or a set-off was to take off and did not.

    The caller has found that no voucher does. The line or the set-off stays as it was
    written; no money moves.

    :param dollars: whole cents above zero, at most what the part is of
    """
    credit = locked_credit(part.credit_id)
    line = part if isinstance(part, CreditLine) else None
    settlement = part if isinstance(part, CreditSettlement) else None
    column = "taken_dollars" if line else "settled_dollars"
    row = CreditReopening.objects.create(
        credit=credit,
        credit_line=line,
        settlement=settlement,
        dollars=dollars.amount,
        reopened_by=by.name,
        reopened_at=at,
    )
    setattr(credit, column, getattr(credit, column) - dollars.amount)
    credit.save(update_fields=[column])
    record_event(
        events.CREDIT_REOPENED,
        subject=credit.subject,
        by=by,
        at=at,
        data={"dollars": dollars, "of": part.public_id},
    )
    return row
