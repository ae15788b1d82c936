"""Why a report or an invoice is not taken; the vendor is told all defects at once."""

from __future__ import annotations

from contracting.core.errors import Conflict, Invalid


class ReportRefused(Invalid):
    """The report cannot be read, or its total is not the sum of its classes."""

    code = "report_refused"
    rule = "R-MET-02"


class ReportReceivedBefore(Conflict):
    """A report of this label was received with other content."""

    code = "report_received_before"


class ImproperInvoice(Invalid):
    """An element of a proper invoice is missing (FAR 32.905(b))."""

    code = "improper_invoice"
    rule = "R-INV-01"


class DuplicateInvoice(Conflict):
    """This number, or this line and period, is invoiced already."""

    code = "duplicate_invoice"
    rule = "R-INV-03"


class AmountExceedsObligation(Invalid):
    """More is invoiced than is obligated and not yet accepted."""

    code = "amount_exceeds_obligation"
    rule = "R-INV-05"


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
