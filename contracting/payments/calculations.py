"""When a payment is due."""

from __future__ import annotations

from datetime import date, timedelta

from contracting.core.periods import next_business_day


def due_on(*, received: date, accepted: date, payment_days: int) -> date:
    """The later of n days after receipt and n days after acceptance (R-PAY-01).

    The day of receipt is day 0. A due date on a weekend or a federal holiday moves to
    the next business day, without interest (FAR 52.232-25(a)(1), 5 CFR 1315.4).
    """
    later = max(received, accepted) + timedelta(days=payment_days)
    return next_business_day(later)
