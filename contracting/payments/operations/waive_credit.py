"""Waive what is open of a credit."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing.models import CreditSettlement
from contracting.billing.operations.settle_credit import settle_credit
from contracting.billing.queries.credits import locked_credit, require_seen
from contracting.billing.states import SettlementKind
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.payments import events, permissions
from contracting.payments.operations.demand_refund import reopen_untaken
from contracting.payments.refusals import (
    NothingOwedBack,
    ReasonMissing,
    WaiverExceeded,
)
from contracting.reference.queries import threshold


@transaction.atomic
def waive_credit(
    *,
    credit_id: int,
    reason: str,
    seen: Dollars | None = None,
    by: Actor,
    at: datetime,
) -> CreditSettlement:
    """Give up what is open of a credit that is owed and is not collected.

    A credit that was recorded wrongly is cancelled instead. What an invoice was to take
    off and no voucher of it does is given up with it (R-PAY-06).

    :param reason: why it is not collected; the vendor reads it
    :param seen: what was open when the page was read; every page sends it
    :raises NotAllowed: if ``by`` is no contracting officer of the agency
    :raises ReasonMissing: without a reason
    :raises NothingOwedBack: if nothing of it is open
    :raises WaiverExceeded: above what an agency may give up (31 U.S.C. 3711(a)(2))
    :raises Stale: if another amount is open than was read
    """
    credit = locked_credit(credit_id)
    require(permissions.can_waive_credit(by, credit))
    reason = reason.strip()
    if not reason:
        message = "Say why the credit is not collected."
        raise ReasonMissing(message, pointer="/reason")
    credit = reopen_untaken(credit, by, at)
    left = credit.open
    if not left:
        message = "Nothing of this credit is open, so nothing is waived."
        raise NothingOwedBack(message)
    require_seen(left, seen)
    on = accounting_day(at, credit.order.contract.time_zone)
    most = Dollars(threshold("DEBT_WAIVER", on).value)
    if left > most:
        message = (
            f"${left.amount:,.2f} is open. An agency gives up at most "
            f"${most.amount:,.2f} of a debt by itself; above that the Department of "
            "Justice decides. Demand the refund, or set it off."
        )
        raise WaiverExceeded(message, asked=left, most=most)
    settlement = settle_credit(
        credit_id=credit.pk,
        kind=SettlementKind.WAIVE,
        dollars=left,
        reason=reason,
        by=by,
        at=at,
    )
    post_notice(
        recipients=[Recipient(organization_id=credit.order.contract.vendor_id)],
        subject=credit.subject,
        title=f"${left.amount:,.2f} of a credit was waived",
        body=reason,
        url_path=credit.path,
        by=by,
        at=at,
    )
    record_event(
        events.CREDIT_WAIVED,
        subject=credit.subject,
        by=by,
        at=at,
        data={"dollars": left, "reason": reason},
    )
    return settlement
