"""Why a dispute, a recount, a claim or a credit is not taken."""

from __future__ import annotations

from contracting.core.errors import Conflict, Invalid, Refusal


class CaseIncomplete(Invalid):
    """A dispute names differences that can be disputed, and what is asked."""

    code = "dispute_incomplete"
    rule = "R-REC-04"


class AnswerIncomplete(Invalid):
    """An answer says where the vendor stands, and why."""

    code = "answer_incomplete"


class CaseClosed(Conflict):
    """The dispute is decided or withdrawn already."""

    code = "dispute_closed"


class DecisionIncomplete(Invalid):
    """A decision settles every difference of its dispute with a code and a reason."""

    code = "decision_incomplete"
    rule = "R-REC-04"


class RecountImpossible(Refusal):
    """There is nothing to count anew, or not what the sample was drawn from."""

    code = "recount_impossible"


class RecountIncomplete(Invalid):
    """One side's counts name every call of the sample once, and no other."""

    code = "recount_incomplete"


class AlreadyCounted(Conflict):
    """The recount is drawn, or this side has entered its counts already."""

    code = "already_counted"


class ClaimIncomplete(Invalid):
    """A claim is a written demand of a sum certain, with its basis (FAR 2.101)."""

    code = "claim_incomplete"


class NotCertified(Refusal):
    """A claim above the threshold is certified (FAR 33.207, R-PAY-07)."""

    code = "claim_not_certified"
    rule = "R-PAY-07"


class DecisionDateWrong(Refusal):
    """A claim is decided within its days, or by a date stated within them."""

    code = "decision_date_wrong"
    rule = "R-PAY-07"


class ClaimClosed(Conflict):
    """The claim is decided already."""

    code = "claim_closed"


class ClaimNotPayable(Refusal):
    """What is allowed on a claim is charged once, where the funds for it are."""

    code = "claim_not_payable"
    rule = "R-PAY-07"


class ServiceLevelIncomplete(Invalid):
    """A service level has a target and steps of credit that grow with the miss."""

    code = "service_level_incomplete"


class ServiceUnknown(Refusal):
    """What was not measured completely is never credited, and never held fulfilled."""

    code = "service_unknown"


class CreditDecided(Conflict):
    """The credit is confirmed or declined already."""

    code = "credit_decided"
