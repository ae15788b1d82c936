"""Why a report or an invoice is not taken; the vendor is told all defects at once."""

from __future__ import annotations

from collections.abc import Sequence

from contracting.core.errors import Conflict, Invalid, Refusal


class ReportRefused(Invalid):
    """The report cannot be read, or its total is not the sum of its classes."""

    code = "report_refused"
    rule = "R-MET-02"


class ReportOutsidePeriod(Invalid):
    """A row, or the whole report, lies outside the period that it may cover."""

    code = "report_outside_period"


class ReportReceivedBefore(Conflict):
    """A report of this label was received with other content or for another period."""

    code = "report_received_before"


class ImproperInvoice(Invalid):
    """An element of a proper invoice is missing (FAR 32.905(b))."""

    code = "improper_invoice"
    rule = "R-INV-01"


class DuplicateInvoice(Conflict):
    """This number, or this line and period, is invoiced already."""

    code = "duplicate_invoice"
    rule = "R-INV-03"


class NothingToAdjust(Invalid):
    """Nothing is accepted of that line and period, so that usage is no adjustment."""

    code = "nothing_to_adjust"
    rule = "R-MET-05"


class PriceOfTwoPeriods(Invalid):
    """Two prices are in force within the period of one line."""

    code = "price_of_two_periods"
    rule = "R-INV-04"


class AmountExceedsObligation(Invalid):
    """More is invoiced than is obligated and not yet accepted."""

    code = "amount_exceeds_obligation"
    rule = "R-INV-05"


class CreditNotDue(Invalid):
    """A line takes off a credit that the order has not, or more than is open of it."""

    code = "credit_not_due"
    rule = "R-PAY-06"


class CreditExceedsUse(Invalid):
    """More would be credited on a line's funds than was used from them."""

    code = "credit_exceeds_use"
    rule = "R-PAY-06"


class CreditRecordedBefore(Conflict):
    """The same cause was credited on this line before."""

    code = "credit_recorded_before"
    rule = "R-PAY-06"


class CreditWrong(Invalid):
    """A credit has a line and ACRN of its order, cents above zero and a reason."""

    code = "credit_wrong"


class CreditNotOpen(Conflict):
    """More of a credit is settled than is open."""

    code = "credit_not_open"
    rule = "R-PAY-06"


class OutsidePeriod(Invalid):
    """A line's period is outside the order's period of performance."""

    code = "outside_period"
    rule = "R-INV-06"


class ArithmeticWrong(Invalid):
    """An extension or the total does not tie to the cent."""

    code = "arithmetic_wrong"
    rule = "R-INV-07"


class ReasonMissing(Invalid):
    """An invoice is returned with reasons."""

    code = "reason_missing"
    rule = "R-INV-02"


class AllowanceIncomplete(Invalid):
    """A number is allowed once more for a reason."""

    code = "allowance_incomplete"
    rule = "R-INV-03"


class ReportingTermsIncomplete(Invalid):
    """Terms name their clause and their days, once for a day."""

    code = "reporting_terms_incomplete"


class AllowedBefore(Conflict):
    """This number may be used once more already, and was not."""

    code = "allowed_before"
    rule = "R-INV-03"


class SigningKeyRefused(Invalid):
    """A key that is none, is known already, or is revoked already."""

    code = "signing_key_refused"


class ReportNotAskable(Invalid):
    """A period for which a report is asked, or stated not to exist, makes no sense."""

    code = "report_not_askable"


class NotOverdue(Conflict):
    """A letter is sent about a report that is overdue, and once for each lateness."""

    code = "not_overdue"


class UsageForfeited(Invalid):
    """The contract's clause forfeits usage that is reported that late."""

    code = "usage_forfeited"
    rule = "R-INV-06"


def all_at_once(found: Sequence[Refusal]) -> None:
    """Refuse by the first defect, with every defect in the data; nothing without one.

    :raises Refusal: the first of ``found``
    """
    if not found:
        return
    first = found[0]
    more = len(found) - 1
    if more:
        others = "defect" if more == 1 else "defects"
        first.message = f"{first.message} And {more} more {others}."
    first.data["defects"] = [
        {"rule": each.rule, "message": str(each.args[0])} for each in found
    ]
    raise first
