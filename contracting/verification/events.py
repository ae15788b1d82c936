"""What can happen in verification."""

from contracting.audit.events import event_type

STATUS_LIST_PUBLISHED = event_type(
    "verification.status_list.published",
    "What stands today was signed, for whoever checks papers without asking.",
)
