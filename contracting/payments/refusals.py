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


class RateMissing(Refusal):
    """Interest is owed and no rate of its half-year is loaded (5 CFR 1315.17)."""

    code = "rate_missing"
    rule = "R-PAY-03"


class PaidTooEarly(Refusal):
    """Paid more than seven days before it was due, and nobody authorized it."""

    code = "paid_too_early"
    rule = "R-PAY-04"


class DiscountLost(Refusal):
    """Paid after the last day of the discount that the voucher takes."""

    code = "discount_lost"
    rule = "R-PAY-05"


class AmountDiffers(Invalid):
    """Finance states another amount than is certified, with its interest."""

    code = "amount_differs"


class PaymentReturned(Conflict):
    """Finance gave the voucher back; what it paid is certified anew."""

    code = "payment_returned"


class PaymentBuiltOn(Conflict):
    """Other vouchers take off what this one has paid (52.212-4(i)(5))."""

    code = "payment_built_on"
    rule = "R-PAY-06"


class ReasonMissing(Invalid):
    """It is done for a reason, which is kept."""

    code = "reason_missing"


class NothingOwedBack(Conflict):
    """Nothing of the credit is open: it is on an invoice, or settled."""

    code = "nothing_owed_back"


class RefundReturned(Conflict):
    """It is no refund, or its record was taken back already."""

    code = "refund_returned"
    rule = "R-PAY-06"


class NoInterestOwed(Conflict):
    """Less interest is owed on the debt, or none (FAR 32.608)."""

    code = "no_interest_owed"
    rule = "R-PAY-06"


class WaiverExceeded(Refusal):
    """More than an agency may give up of a debt by itself (31 U.S.C. 3711(a)(2))."""

    code = "waiver_exceeded"
    rule = "R-PAY-06"


class AcceptancePeriodWrong(Invalid):
    """A longer time to accept is stated before the delivery it is for."""

    code = "acceptance_period_wrong"
    rule = "R-PAY-02"


class NothingToExport(Refusal):
    """Every certified payment is in a batch already."""

    code = "nothing_to_export"


class StatusRefused(Invalid):
    """The finance system's file cannot be read, or a row of it not be recorded."""

    code = "status_refused"
