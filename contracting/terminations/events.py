"""What can happen when work is stopped or ended."""

from contracting.audit.events import event_type

WORK_STOPPED = event_type(
    "terminations.work.stopped", "Work under the order was stopped."
)
WORK_RESUMED = event_type(
    "terminations.work.resumed", "Work under the order goes on again."
)
CURE_NOTICE_ISSUED = event_type(
    "terminations.cure_notice.issued", "The vendor was told what to cure, and by when."
)
SHOW_CAUSE_NOTICE_ISSUED = event_type(
    "terminations.show_cause_notice.issued",
    "The vendor was asked why it should not be terminated for cause.",
)
LETTER_RECEIVED = event_type(
    "terminations.letter.received", "The vendor confirmed that it received a letter."
)
LETTER_ANSWERED = event_type(
    "terminations.letter.answered", "The vendor answered a letter."
)
TERMINATION_DRAFTED = event_type(
    "terminations.termination.drafted", "A termination was drafted."
)
TERMINATION_SIGNED = event_type(
    "terminations.termination.signed",
    "The contracting officer terminated; what is owed was set down.",
)
TERMINATION_DISCARDED = event_type(
    "terminations.termination.discarded", "The draft of a termination was discarded."
)
TERMINATION_CONVERTED = event_type(
    "terminations.termination.converted",
    "The termination for cause became one for convenience.",
)
SETTLEMENT_PROPOSED = event_type(
    "terminations.settlement.proposed", "The vendor proposed a settlement."
)
SETTLEMENT_DECIDED = event_type(
    "terminations.settlement.decided",
    "The contracting officer decided on the settlement; unused funds went back.",
)
