"""Why a request for information is not written, released or answered."""

from __future__ import annotations

from contracting.core.errors import Invalid, Refusal


class TermInvalid(Invalid):
    """A term cannot be what was given."""

    code = "term_invalid"


class QuestionInvalid(Invalid):
    """A question cannot stand as it is; the data names its row."""

    code = "question_invalid"


class ForeignRequisition(Invalid):
    """The requisition is not one of this agency's, or is discarded."""

    code = "foreign_requisition"


class NothingChanged(Invalid):
    """What was sent is what already stands."""

    code = "nothing_changed"


class RfiIncomplete(Refusal):
    """The request lacks something without which nobody could answer it."""

    code = "rfi_incomplete"
    status = 422


class DueDatePast(Refusal):
    """Answers are due in the past: nobody could give one."""

    code = "due_date_past"
    status = 422


class AnswersInvalid(Invalid):
    """An answer is missing or does not fit; the data names each question."""

    code = "answers_invalid"


class ResponseLate(Refusal):
    """The due time has passed. A response is no offer: none is admitted late."""

    code = "response_late"
