"""What can happen to a written determination."""

from contracting.audit.events import event_type

DETERMINATION_MADE = event_type(
    "determinations.determination.made", "A determination was written."
)
DETERMINATION_REVIEWED = event_type(
    "determinations.determination.reviewed", "An approver decided on a determination."
)
DETERMINATION_POSTED = event_type(
    "determinations.determination.posted", "A justification was made public."
)
LADDER_ADOPTED = event_type(
    "determinations.ladder.adopted",
    "Who approves justifications was adopted from the amounts in force.",
)
