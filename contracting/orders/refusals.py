"""Why an order or a modification is refused."""

from __future__ import annotations

from contracting.core.errors import Conflict, Invalid, Refusal


class OutOfScope(Refusal):
    """Outside the contract's scope, ordering period or maximum (FAR 16.505(a)(2))."""

    code = "out_of_scope"
    rule = "R-TO-01"


class RoomReserved(Refusal):
    """Issued and reserved orders leave less of the maximum than the order needs."""

    code = "room_reserved"
    rule = "R-TO-02"


class OutsideOrderLimits(Refusal):
    """Smaller or larger than the vendor must take, and not accepted (52.216-19)."""

    code = "outside_order_limits"
    rule = "R-TO-03"


class NothingToAccept(Invalid):
    """The order lies within the limits that the contract states."""

    code = "nothing_to_accept"
    rule = "R-TO-03"


class NoEstimate(Invalid):
    """There is no workload estimate of this agency for the order to start from."""

    code = "no_estimate"


class PerformsTooLong(Invalid):
    """Performance beyond the contract's outer date (FAR 52.216-22(d))."""

    code = "performs_too_long"
    rule = "R-TO-04"


class Suspended(Refusal):
    """A protest suspends ordering on the contract (FAR 33.104(c))."""

    code = "suspended"
    rule = "R-AWD-07"


class ContentIncomplete(Invalid):
    """An element that FAR 16.505(a)(7) requires of an order is missing."""

    code = "order_incomplete"
    rule = "R-TO-05"


class ReviewsNotFinal(Refusal):
    """A required review is open, or a non-concurrence has no disposition."""

    code = "reviews_not_final"
    rule = "R-TO-09"


class ReviewVoided(ReviewsNotFinal):
    """The content changed after the review, which is void by that."""

    code = "review_voided"
    rule = "R-ROL-08"


class PriceNotReasonable(Refusal):
    """No record finds the prices of the contract reasonable (FAR 12.209)."""

    code = "price_not_reasonable"
    rule = "R-EVL-07"


class PriceAboveRateCard(Invalid):
    """A unit price above the contract's rate on the day of the order."""

    code = "price_above_rate_card"
    rule = "R-TO-10"


class FundsAboveCeiling(Invalid):
    """Funds beyond the ceiling could never be used: the tightest limit binds."""

    code = "funds_above_ceiling"
    rule = "R-TO-11"


class ModelNotAllowed(Refusal):
    """A model that is not on the contract, not in date, or not for this boundary."""

    code = "model_not_allowed"
    rule = "R-TO-12"


class FundingDoesNotSum(Invalid):
    """The parts by ACRN do not sum to their line, or contradict each other."""

    code = "funding_does_not_sum"
    rule = "R-FND-02"


class FundsNotCertified(Refusal):
    """No funds certifier has certified exactly this version (FAR 32.702)."""

    code = "funds_not_certified"
    rule = "R-FND-01"


class NotRatified(Refusal):
    """What was used beyond the funds would become payable unratified (FAR 1.602-3)."""

    code = "not_ratified"
    rule = "R-FND-08"


class FundsNotAvailable(Refusal):
    """The order waits for funds, and what is asked needs them (FAR 52.232-18, -19)."""

    code = "funds_not_available"
    rule = "R-FND-06"


class NotWaitingForFunds(Conflict):
    """An order that is not signed subject to availability, or is funded already."""

    code = "not_waiting_for_funds"
    rule = "R-FND-06"


class AlreadyCertified(Conflict):
    """The funds of this version are certified already."""

    code = "already_certified"


class AlreadyIssued(Conflict):
    """Another contracting officer has signed this already."""

    code = "already_issued"


class TermInvalid(Invalid):
    """A term or row of an order that cannot stand."""

    code = "term_invalid"


class NothingChanged(Invalid):
    """What was sent is what already stands."""

    code = "nothing_changed"


class NoAuthority(Invalid):
    """Not exactly one authority with its citation, or one that does not carry this."""

    code = "no_authority"
    rule = "R-MOD-02"


class NotSignedByVendor(Refusal):
    """Terms change only with the vendor's signature (FAR 43.103(a))."""

    code = "not_signed_by_vendor"
    rule = "R-MOD-02"


class ScopeNotDetermined(Invalid):
    """Nobody has determined in words whether this lies within the contract's scope."""

    code = "scope_not_determined"
    rule = "R-MOD-04"


class ScopeNotJustified(Refusal):
    """A change outside of the contract's scope without an approved justification."""

    code = "scope_not_justified"
    rule = "R-MOD-04"


class PeriodOver(Refusal):
    """A period of performance that has ended is not extended (FAR 43.1)."""

    code = "period_over"
    rule = "R-MOD-06"


class AddedFundsNotCertified(Refusal):
    """Funds are added and nobody has certified them (FAR 43.105)."""

    code = "added_funds_not_certified"
    rule = "R-MOD-03"


class ChangesNothing(Invalid):
    """A modification without a difference between before and after (FAR 43.301)."""

    code = "changes_nothing"
    rule = "R-MOD-05"
