"""Why a solicitation is not written, released, asked about or amended."""

from __future__ import annotations

from contracting.core.errors import Conflict, Invalid, Refusal


class RequisitionTaken(Conflict):
    """Another solicitation for the same need is already under way."""

    code = "requisition_taken"


class AboveMicroPurchase(Refusal):
    """Above the micro-purchase threshold more than one vendor is asked."""

    code = "above_micro_purchase"
    rule = "R-SOL-07"


class TemplateNameTaken(Conflict):
    """Another template in use has that name."""

    code = "template_name_taken"


class NothingChanged(Invalid):
    """What was sent is what already stands."""

    code = "nothing_changed"


class TermInvalid(Invalid):
    """A term cannot be what was given."""

    code = "term_invalid"


class ExtensionTooLong(Invalid):
    """Extensions of services last longer than their clause allows (FAR 52.217-8)."""

    code = "extension_too_long"
    rule = "R-OPT-05"


class NotInDictionary(Invalid):
    """A line names a token class or a unit that the contract dictionary lacks."""

    code = "not_in_dictionary"
    rule = "R-SOL-13"


class NotComplete(Refusal):
    """The package lacks something without which it is not published."""

    code = "package_not_complete"
    status = 422
    rule = "R-SOL-02"


class JustificationMissing(Refusal):
    """Less than full competition needs its approved justification before award."""

    code = "justification_missing"
    rule = "R-SOL-09"


class CancellationUnexplained(Invalid):
    """A cancellation says why: vendors read the reason, the file keeps the memo."""

    code = "cancellation_unexplained"
    rule = "R-SOL-11"


class ReviewIncomplete(Refusal):
    """No complete review stands on exactly this version."""

    code = "review_incomplete"
    rule = "R-ROL-08"


class DeadlineFixed(Refusal):
    """The deadline moves only by an amendment that is issued before it."""

    code = "deadline_fixed"
    rule = "R-SOL-05"


class TooLateToAsk(Refusal):
    """Questions end with the deadline."""

    code = "too_late_to_ask"


class QuestionClosed(Conflict):
    """The question has been answered to everybody."""

    code = "question_closed"


class NoAnswerDrafted(Invalid):
    """There is no drafted answer to release."""

    code = "no_answer_drafted"


class AmendmentNeeded(Refusal):
    """An answer that changes terms is released only with an amendment that says so."""

    code = "amendment_needed"
    rule = "R-SOL-10"
