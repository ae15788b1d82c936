"""When a payment is due, and from when on interest runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from contracting.core.periods import next_business_day


def due_on(*, received: date, accepted: date, payment_days: int) -> date:
    """The later of n days after receipt and n days after acceptance (R-PAY-01).

    The day of receipt is day 0. A due date on a weekend or a federal holiday moves to
    the next business day, without interest (FAR 52.232-25(a)(1), 5 CFR 1315.4).
    """
    later = max(received, accepted) + timedelta(days=payment_days)
    return next_business_day(later)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What was delivered and accepted at once, as the clock of interest sees it.

    :param delivered: the day on which the last of it was delivered, which is day 0
    :param is_disputed: whether a dispute of it was recorded
    """

    delivered: date
    accepted: date
    is_disputed: bool = False


def constructively_accepted(delivery: Delivery, *, days: int) -> date:
    """The day of acceptance for interest: the actual one, or the n-th after delivery.

    Calendar days; no weekend and no holiday moves it. What was disputed is accepted
    when it was (R-PAY-02, FAR 32.904(b)(1)(ii), 52.232-25(a)(5)).
    """
    if delivery.is_disputed:
        return delivery.accepted
    return min(delivery.accepted, delivery.delivered + timedelta(days=days))


def interest_due_on(
    delivery: Delivery, *, received: date, payment_days: int, days: int
) -> date:
    """The due date after which interest runs: acceptance may be assumed by then.

    :param days: after how many days acceptance is assumed
    """
    assumed = constructively_accepted(delivery, days=days)
    return due_on(received=received, accepted=assumed, payment_days=payment_days)


def earliest_on(due: date, *, days: int) -> date:
    """The first day on which a payment that is due may be made (R-PAY-04)."""
    return due - timedelta(days=days)
