"""What reconciliation refuses."""

from __future__ import annotations

from contracting.core.errors import Conflict, Invalid, Refusal


class NotReconciled(Refusal):
    """Nothing is accepted before every invoice line is compared (R-REC-01)."""

    code = "not_reconciled"
    rule = "R-REC-01"


class NotRated(Refusal):
    """Usage is not accepted at the price that it had before its period was rated."""

    code = "not_rated"
    rule = "R-REC-03"


class ResolutionMissing(Invalid):
    """A finding closes only with a resolution code that fits it, and a reason."""

    code = "resolution_missing"
    rule = "R-REC-04"


class AlreadyResolved(Conflict):
    """The finding is resolved, disputed or accepted already."""

    code = "already_resolved"


class AlreadyAccepted(Conflict):
    """The invoice is accepted already."""

    code = "already_accepted"


class NothingAgrees(Conflict):
    """No part of the invoice is payable, so there is nothing to accept."""

    code = "nothing_agrees"


class NothingToReconcile(Invalid):
    """There is neither usage nor a report nor an invoice in the period."""

    code = "nothing_to_reconcile"


class WriteOffExceeded(Conflict):
    """The contract states no cap of write-offs, or less of it is left (R-REC-02)."""

    code = "write_off_exceeded"
    rule = "R-REC-02"


class NothingAgreed(Conflict):
    """Meter and report agree on nothing that is not invoiced yet."""

    code = "nothing_agreed"


class BadMonth(Invalid):
    """No month is named."""

    code = "bad_month"
