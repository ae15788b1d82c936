"""What payment refuses."""

from __future__ import annotations

from contracting.core.errors import Conflict, Invalid, Refusal


class NotAccepted(Refusal):
    """Nothing of the invoice is accepted yet (31 U.S.C. 3324, R-FND-10)."""

    code = "not_accepted"
    rule = "R-FND-10"


class AlreadyCertified(Conflict):
    """The invoice is certified or paid already."""

    code = "already_certified"


class AlreadyPaid(Conflict):
    """The payment is recorded already."""

    code = "already_paid"


class PaymentDateWrong(Invalid):
    """A payment has a trace number and a day between its certification and today."""

    code = "payment_date_wrong"
