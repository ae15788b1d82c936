"""What is recorded of allocations."""

from contracting.audit.events import event_type

ALLOCATION_SET = event_type(
    "allocations.rule.set", "How invoices are shared out was set, from a day on."
)
