"""What can happen to a solicitation."""

from contracting.audit.events import event_type

SOLICITATION_DRAFTED = event_type(
    "solicitations.solicitation.drafted", "The solicitation was drafted."
)
SOLICITATION_COPIED = event_type(
    "solicitations.solicitation.copied",
    "The package was started as a copy of an earlier one.",
)
TEMPLATE_USED = event_type(
    "solicitations.template.used", "The package was started from a template."
)
TEMPLATE_KEPT = event_type(
    "solicitations.template.kept", "A package was kept as a template."
)
TEMPLATE_RETIRED = event_type(
    "solicitations.template.retired", "The template was retired."
)
SOLICITATION_EDITED = event_type(
    "solicitations.solicitation.edited", "The package was edited."
)
SOLICITATION_SUBMITTED = event_type(
    "solicitations.solicitation.submitted", "The package was submitted for review."
)
SOLICITATION_REVIEWED = event_type(
    "solicitations.solicitation.reviewed", "A reviewer decided on the package."
)
SOLICITATION_RELEASED = event_type(
    "solicitations.solicitation.released", "The solicitation was released."
)
QUESTION_ASKED = event_type(
    "solicitations.question.asked", "A question was asked about the solicitation."
)
QUESTION_ASSIGNED = event_type(
    "solicitations.question.assigned",
    "Somebody of the contracting office was asked to answer a question.",
)
QUESTION_ANSWERED = event_type(
    "solicitations.question.answered", "An answer to a question was drafted."
)
ANSWERS_RELEASED = event_type(
    "solicitations.answers.released",
    "All drafted answers were released to everybody at one instant.",
)
SOLICITATION_AMENDED = event_type(
    "solicitations.solicitation.amended", "The solicitation was amended."
)
SOLICITATION_CANCELLED = event_type(
    "solicitations.solicitation.cancelled", "The solicitation was cancelled."
)
QUOTATION_REQUESTED = event_type(
    "solicitations.quotation.requested",
    "One vendor was asked for a quotation, in the open.",
)
SOLICITATION_DISCARDED = event_type(
    "solicitations.solicitation.discarded", "The draft solicitation was discarded."
)

PUBLIC_EVENTS = (
    SOLICITATION_RELEASED,
    ANSWERS_RELEASED,
    SOLICITATION_AMENDED,
    SOLICITATION_CANCELLED,
)
"""What the public page may tell; nothing here says who asked or who offers."""
