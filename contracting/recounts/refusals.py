"""What the audit of the count refuses."""

from __future__ import annotations

from contracting.core.errors import Conflict, Invalid


class BadPlan(Invalid):
    """A plan names a class whose full text the agency holds, a rate and a risk."""

    code = "bad_recount_plan"


class AlreadyPlanned(Conflict):
    """One sample at a time is drawn of a model and class of a contract."""

    code = "already_planned"


class PlanEnded(Conflict):
    """The plan has ended: nothing is drawn by it any more."""

    code = "plan_ended"


class WrongKey(Invalid):
    """The key is not the one that was committed to."""

    code = "wrong_key"


class BadSample(Invalid):
    """A sample is not drawn by this plan, or not counted as it says."""

    code = "bad_sample"


class UnknownCall(Invalid):
    """The meter has no such call of this contract, model and class, or not yet."""

    code = "unknown_call"
    retryable = True


class SampleDiffers(Conflict):
    """A sample was received already, and it said something else."""

    code = "sample_differs"


class NotFlagged(Conflict):
    """Only a count that is flagged is disputed, once, on an order that has samples."""

    code = "not_flagged"


class BadAllowance(Invalid):
    """An allowance is measured on enough counts of the same tokenizer."""

    code = "bad_allowance"


class AlreadyAgreed(Conflict):
    """The vendor has agreed already."""

    code = "already_agreed"
