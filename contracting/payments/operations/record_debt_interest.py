"""Record interest that a vendor has paid on what it owed back and paid late."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing.models import CreditDue
from contracting.billing.queries.credits import locked_credit
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.payments import events, permissions
from contracting.payments.models import DebtInterest
from contracting.payments.operations.record_refund import guard_deposit
from contracting.payments.queries.debts import interest_owed
from contracting.payments.refusals import NoInterestOwed, PaymentDateWrong


@transaction.atomic
def record_debt_interest(
    *,
    credit_id: int,
    dollars: Dollars,
    received_on: date,
    reference: str,
    by: Actor,
    at: datetime,
) -> DebtInterest:
    """Record interest on a debt as it came in (FAR 32.608, 52.212-4(i)(6)).

    It is the Treasury's: no line of accounting gets it, and no balance moves.

    :param dollars: whole cents, at most what is owed until the day of receipt
    :param reference: the trace number of the deposit, at most 60 characters
    :raises NotAllowed: if ``by`` is no payment certifier of the agency
    :raises PaymentDateWrong: without a reference, for no cents, or on a day before the
        debt was due or in the future
    :raises NoInterestOwed: if less is owed
    :raises RateMissing: if no rate of a half-year is loaded
    """
    credit: CreditDue = locked_credit(credit_id)
    require(permissions.can_record_refund(by, credit))
    guard_deposit(dollars, reference, what="Interest")
    today = accounting_day(at, credit.order.contract.time_zone)
    owed = interest_owed(credit, min(received_on, today))
    left = owed.left if owed else Dollars()
    if owed and not owed.due <= received_on <= today:
        message = f"The day of receipt lies between {owed.due} and today."
        raise PaymentDateWrong(message, pointer="/received_on")
    if dollars > left:
        message = f"{left} of interest is owed until that day; {dollars} is too much."
        raise NoInterestOwed(message, asked=dollars, left=left)
    row = DebtInterest.objects.create(
        credit=credit,
        dollars=dollars.amount,
        received_on=received_on,
        reference=reference.strip(),
        recorded_by_name=by.name,
        settled_at=at,
    )
    record_event(
        events.DEBT_INTEREST_RECORDED,
        subject=credit.subject,
        by=by,
        at=at,
        data={
            "rule": "R-PAY-06",
            "dollars": dollars,
            "received_on": received_on,
            "reference": row.reference,
        },
    )
    return row
