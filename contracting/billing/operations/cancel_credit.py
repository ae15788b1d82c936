"""Cancel what is open of a credit."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing import events, permissions
from contracting.billing.models import CreditSettlement
from contracting.billing.operations.settle_credit import add_settlement
from contracting.billing.queries.credits import locked_credit, require_seen
from contracting.billing.refusals import CreditNotOpen, CreditWrong
from contracting.billing.states import SettlementKind
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def cancel_credit(
    *,
    credit_id: int,
    reason: str,
    seen: Dollars | None = None,
    by: Actor,
    at: datetime,
) -> CreditSettlement:
    """Give up what is open of a credit that was recorded wrongly.

    What stands on an invoice, was set off or paid back stays as it is.

    :param seen: what was open when the page was read; every page sends it
    :raises NotAllowed: if ``by`` is no contracting officer of the agency
    :raises CreditWrong: without a reason
    :raises CreditNotOpen: if nothing of it is open
    :raises Stale: if another amount is open than was read
    """
    credit = locked_credit(credit_id)
    require(permissions.can_cancel_credit(by, credit))
    if not reason.strip():
        message = "Say why the credit is not due."
        raise CreditWrong(message, pointer="/reason")
    if not credit.open:
        message = "Nothing of this credit is open."
        raise CreditNotOpen(message)
    left = credit.open
    require_seen(left, seen)
    settlement = add_settlement(
        credit,
        kind=SettlementKind.CANCEL,
        dollars=left,
        reason=reason.strip(),
        by=by,
        at=at,
    )
    post_notice(
        recipients=[Recipient(organization_id=credit.order.contract.vendor_id)],
        subject=credit.subject,
        title=f"${left.amount:,.2f} of a credit was cancelled",
        body=reason.strip(),
        url_path=credit.path,
        by=by,
        at=at,
    )
    record_event(
        events.CREDIT_CANCELLED,
        subject=credit.subject,
        by=by,
        at=at,
        data={"dollars": Dollars(settlement.dollars), "reason": settlement.reason},
    )
    return settlement
