"""Why a fair opportunity, or an order without one, is refused."""

from __future__ import annotations

from contracting.core.errors import Conflict, Invalid, Refusal


class NoFairOpportunity(Refusal):
    """Neither every holder was asked nor an exception stands (FAR 16.505(b))."""

    code = "no_fair_opportunity"
    rule = "R-TO-06"


class NoHolders(Refusal):
    """The contract is no multiple-award contract, or nobody else holds one."""

    code = "no_holders"
    rule = "R-TO-06"


class ExceptionIncomplete(Invalid):
    """An exception has a code and, save for a set-aside, a justification."""

    code = "exception_incomplete"
    rule = "R-TO-06"


class NoticeIncomplete(Invalid):
    """A fair notice describes the need and the basis of selection."""

    code = "notice_incomplete"
    rule = "R-TO-07"


class NotConsidered(Refusal):
    """A response has no finding yet (FAR 16.505(b)(1)(iii))."""

    code = "responses_not_considered"
    rule = "R-TO-07"


class NotEnhanced(Refusal):
    """What is asked above the enhanced threshold is missing (16.505(b)(1)(iv))."""

    code = "enhanced_procedure_missing"
    rule = "R-TO-08"


class ResponseLate(Refusal):
    """Responses were due before this instant."""

    code = "response_late"


class StillOpen(Refusal):
    """The holders may respond until the instant that they were told."""

    code = "still_open"
    rule = "R-TO-07"


class ResponseInvalid(Invalid):
    """A response says what is offered and never asks more than the contract."""

    code = "response_invalid"


class PriceAboveContract(Invalid):
    """A price of a response above the holder's own contract rate."""

    code = "price_above_contract"
    rule = "R-TO-10"


class AlreadyConsidered(Conflict):
    """The response has its finding."""

    code = "already_considered"


class SelectionIncomplete(Invalid):
    """A selection names a response and says why."""

    code = "selection_incomplete"


class AlreadyRequested(Conflict):
    """The holder has asked to be debriefed."""

    code = "already_requested"


class ReasonMissing(Invalid):
    """Say why it is given up; the holders read it."""

    code = "reason_missing"


class OpportunityUsed(Conflict):
    """An order was placed on it already."""

    code = "opportunity_used"
