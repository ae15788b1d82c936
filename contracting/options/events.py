"""What can happen to an option."""

from contracting.audit.events import event_type

INTENT_GIVEN = event_type(
    "options.intent.given", "The vendor was told of the intent to exercise the option."
)
INTENT_RECEIVED = event_type(
    "options.intent.received", "The vendor confirmed that the notice of intent arrived."
)
OPTION_DETERMINED = event_type(
    "options.option.determined",
    "The contracting officer determined that the option may be exercised.",
)
OPTION_EXERCISE_DRAFTED = event_type(
    "options.exercise.drafted", "The exercise of the option was drafted."
)
OPTIONS_ALERTED = event_type(
    "options.option.alerted", "The contracting office was told of an option's days."
)
SIZE_REPRESENTED = event_type(
    "options.size.represented", "The vendor stated its size anew."
)
SIZE_CHANGE_RECORDED = event_type(
    "options.size_change.recorded", "A novation or merger of the vendor was recorded."
)
