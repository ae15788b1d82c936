"""What award refuses."""

from __future__ import annotations

from contracting.core.errors import Conflict, Invalid, Refusal


class NotDecided(Refusal):
    """There is no source selection decision to award."""

    code = "not_decided"
    rule = "R-EVL-06"


class AlreadyAwarded(Conflict):
    """Another contracting officer has awarded, or drafted, this already."""

    code = "already_awarded"


class QuotationUnfit(Invalid):
    """A quotation that was taken in the open is not one that could be awarded."""

    code = "quotation_unfit"


class AlreadyForgone(Conflict):
    """The award of this selected offer is forgone."""

    code = "already_forgone"


class NothingLeftToAward(Refusal):
    """The last of the selected offers is not forgone: then nothing would be awarded."""

    code = "nothing_left_to_award"


class ForgoingIncomplete(Invalid):
    """An award is forgone for a reason, which its vendor is told."""

    code = "forgoing_incomplete"


class NotAccepted(Refusal):
    """An award on a quotation is the Government's offer until the vendor accepts it."""

    code = "award_not_accepted"
    rule = "R-SUB-11"


class AwardLapsed(Refusal):
    """The time in which the vendor could accept the award is over."""

    code = "award_lapsed"
    rule = "R-SUB-11"


class AcceptanceIncomplete(Invalid):
    """An award is offered until some later instant, and declined for a reason."""

    code = "acceptance_incomplete"


class AboveMaximum(Refusal):
    """The lines cost more at the offered prices than the solicitation allows."""

    code = "above_maximum"


class AgreementIncomplete(Refusal):
    """An agreement lacks a term that FAR 13.303-3 asks for, or binds funds."""

    code = "agreement_incomplete"


class ReviewIncomplete(Invalid):
    """A review of an agreement says what it found, and what was asked of the vendor."""

    code = "agreement_review_incomplete"


class AlreadyCertified(Conflict):
    """The funds of this draft are certified."""

    code = "already_certified"


class PriceNotReasonable(Refusal):
    """No price reasonableness record covers the selected offer (FAR 15.404-1)."""

    code = "price_not_reasonable"
    rule = "R-EVL-07"


class FundsNotCertified(Refusal):
    """Funds are not certified for this version, or not enough (FAR 32.702)."""

    code = "funds_not_certified"
    rule = "R-AWD-01"


class LineIncomplete(Invalid):
    """A line item lacks an element that FAR 4.1005-1 requires."""

    code = "line_incomplete"
    rule = "R-AWD-02"


class IndefiniteQuantityIncomplete(Invalid):
    """An IDIQ lacks its minimum, maximum or ordering period (FAR 16.504(a))."""

    code = "indefinite_quantity_incomplete"
    rule = "R-AWD-03"


class FundingDoesNotSum(Invalid):
    """The ACRN amounts do not sum to what they fund."""

    code = "funding_does_not_sum"
    rule = "R-FND-02"


class AlreadyDesignated(Conflict):
    """This person represents the contracting officer on this contract already."""

    code = "already_designated"


class DesignationOutsideContract(Invalid):
    """A representative's dates, membership or certification do not fit."""

    code = "designation_outside_contract"
    rule = "R-ROL-05"


class NoCostNotAgreed(Refusal):
    """A line is priced at nothing, and no agreement covers it (31 U.S.C. 1342)."""

    code = "no_cost_not_agreed"
    rule = "R-FND-11"


class NoCostIncomplete(Invalid):
    """A record of free service lacks its agreement, or names no subline."""

    code = "no_cost_incomplete"
    rule = "R-FND-11"


class NoDesignation(Conflict):
    """No letter of designation waits for this person's signature."""

    code = "no_designation"
    rule = "R-ROL-05"


class ProtestIncomplete(Invalid):
    """A protest without its number or day, or a finding without its words."""

    code = "protest_incomplete"
    rule = "R-AWD-07"


class AlreadyRecorded(Conflict):
    """This protest is recorded, or its suspension is lifted."""

    code = "already_recorded"


class NoticeIncomplete(Invalid):
    """A notice to an unsuccessful offeror lacks its reason, or why it is late."""

    code = "notice_incomplete"
    rule = "R-AWD-05"


class DebriefingIncomplete(Invalid):
    """A debriefing lacks its day, its summary or why it is late (FAR 15.506)."""

    code = "debriefing_incomplete"
    rule = "R-AWD-06"


class ReportIncomplete(Invalid):
    """A contract action report lacks its number, or its day does not fit."""

    code = "report_incomplete"
    rule = "R-AWD-08"


class SingleAwardNotDetermined(Refusal):
    """A single award above its threshold lacks the head of agency's determination."""

    code = "single_award_not_determined"
    rule = "R-AWD-04"


class TooLong(Refusal):
    """Base and option periods last longer than they may together (FAR 17.204(e))."""

    code = "too_long"
    rule = "R-OPT-04"


class TermUnenforceable(Invalid):
    """A vendor term of a kind that never binds the Government (FAR 52.232-39)."""

    code = "term_unenforceable"
    rule = "R-AWD-10"


class TermIncomplete(Invalid):
    """A vendor term without its words, or reviewed too late."""

    code = "term_incomplete"


class AppointmentInvalid(Invalid):
    """An ordering officer who cannot be one, or limits and days that do not fit."""

    code = "appointment_invalid"


class ReassignmentInvalid(Invalid):
    """To nobody who may have it in hand, or of what somebody else has."""

    code = "reassignment_invalid"


class AlreadyAppointed(Conflict):
    """The person has a letter that stands."""

    code = "already_appointed"


class AlreadyRevoked(Conflict):
    """The appointment was taken back before."""

    code = "already_revoked"


class NotResponsible(Refusal):
    """The vendor's registration and exclusions are not checked, or speak against it."""

    code = "not_responsible"
    rule = "R-EVL-08"
