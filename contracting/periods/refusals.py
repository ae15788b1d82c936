"""What closing a month refuses."""

from __future__ import annotations

from contracting.core.errors import Conflict, Invalid, Refusal


class PeriodNotReady(Refusal):
    """Something of the month has not arrived, or is not compared or settled yet."""

    code = "period_not_ready"
    rule = "R-REC-01"


class NotSignedOff(Refusal):
    """A month is closed on the word of two people."""

    code = "not_signed_off"
    rule = "R-ROL-04"


class PeriodClosed(Conflict):
    """The month is closed: it is never rewritten (R-MET-05)."""

    code = "period_closed"
    rule = "R-MET-05"


class PeriodOpen(Conflict):
    """The month is open already."""

    code = "period_open"


class ReasonMissing(Invalid):
    """A month is explained and opened again for a reason."""

    code = "reason_missing"


class NothingToExplain(Invalid):
    """The condition holds, or is none that words can lift."""

    code = "nothing_to_explain"


class NotAnAdjustment(Invalid):
    """The discrepancy is not of usage that was rated anew after its acceptance."""

    code = "not_an_adjustment"
    rule = "R-MET-05"


class MonthNotOver(Refusal):
    """A month is accrued on its last day or later."""

    code = "month_not_over"
