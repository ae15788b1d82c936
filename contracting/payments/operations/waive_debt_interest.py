"""Give up interest on a debt that costs more to collect than it is worth."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing.queries.credits import locked_credit
from contracting.core.actors import Actor
from contracting.core.errors import Stale
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.payments import events, permissions
from contracting.payments.models import DebtInterest
from contracting.payments.queries.debts import interest_owed
from contracting.payments.queries.offsets import owed_on
from contracting.payments.refusals import NoInterestOwed, ReasonMissing


@transaction.atomic
def waive_debt_interest(
    *,
    credit_id: int,
    reason: str,
    seen: Dollars | None = None,
    by: Actor,
    at: datetime,
) -> DebtInterest:
    """Waive what interest is left on a debt that is paid itself (31 CFR 901.9(g)).

    :param reason: why it is not collected; the vendor reads it
    :param seen: what was left when the page was read; every page sends it
    :raises NotAllowed: if ``by`` is no contracting officer of the agency
    :raises ReasonMissing: without a reason
    :raises NoInterestOwed: if none is owed, or the debt itself is not paid yet
    :raises Stale: if another amount is owed than was read
    :raises RateMissing: if no rate of a half-year is loaded
    """
    credit = locked_credit(credit_id)
    require(permissions.can_waive_credit(by, credit))
    reason = reason.strip()
    if not reason:
        message = "Say why the interest is not collected."
        raise ReasonMissing(message, pointer="/reason")
    if owed_on(credit):
        message = "The debt itself is not paid yet, and its interest runs on."
        raise NoInterestOwed(message)
    owed = interest_owed(credit, accounting_day(at, credit.order.contract.time_zone))
    left = owed.left if owed else Dollars()
    if not left:
        message = "No interest is owed on this credit, so none is waived."
        raise NoInterestOwed(message)
    if seen is not None and seen != left:
        message = (
            f"{seen} of interest was owed when you read it, and {left} is now. Load "
            "the page again. Nothing was recorded."
        )
        raise Stale(message, seen=seen, current=left)
    row = DebtInterest.objects.create(
        credit=credit,
        dollars=left.amount,
        reason=reason,
        recorded_by_name=by.name,
        settled_at=at,
    )
    post_notice(
        recipients=[Recipient(organization_id=credit.order.contract.vendor_id)],
        subject=credit.subject,
        title=f"${left.amount:,.2f} of interest was waived",
        body=reason,
        url_path=credit.path,
        by=by,
        at=at,
    )
    record_event(
        events.DEBT_INTEREST_WAIVED,
        subject=credit.subject,
        by=by,
        at=at,
        data={"rule": "R-PAY-06", "dollars": left, "reason": reason},
    )
    return row
