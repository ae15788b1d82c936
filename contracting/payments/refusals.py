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


class PaymentDateWrong(Invalid):
    """A payment is recorded with its reference, on a day that is not in the future."""

    code = "payment_date_wrong"
