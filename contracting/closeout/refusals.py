"""What stands in the way of close-out."""

from __future__ import annotations

from contracting.core.errors import Conflict, Invalid, Refusal


class NotPhysicallyComplete(Refusal):
    """The period has not ended, or usage is still in suspense (FAR 4.804-4)."""

    code = "not_physically_complete"
    rule = "R-CLO-01"


class CloseOutBlocked(Refusal):
    """A discrepancy, an invoice or an obligation is still open (FAR 4.804-1(c))."""

    code = "close_out_blocked"
    rule = "R-CLO-03"


class CloseOutIncomplete(Refusal):
    """Usage is not invoiced and accepted, so that no final payment is made.

    FAR 4.804-5(a).
    """

    code = "close_out_incomplete"
    rule = "R-CLO-04"


class NotReleasable(Refusal):
    """A release stands at the end: nothing is open that may still be accepted."""

    code = "not_releasable"
    rule = "R-CLO-04"


class ReleaseOutdated(Refusal):
    """What would be given up is not what was shown."""

    code = "release_outdated"
    rule = "R-CLO-04"


class StatementMissing(Invalid):
    """A release says why nothing more is claimed."""

    code = "statement_missing"


class AlreadyClosedOut(Conflict):
    """The completion statement is signed already."""

    code = "already_closed_out"


class HoldIncomplete(Invalid):
    """A legal hold names its matter and its reason, and so does its release."""

    code = "hold_incomplete"


class HoldReleased(Conflict):
    """The legal hold was released before."""

    code = "hold_released"


class ResidualInvalid(Invalid):
    """Terms on unused tokens without their clause, or an order that cannot take any."""

    code = "residual_invalid"
