"""What can happen to a task order and to its modifications."""

from contracting.audit.events import event_type

TASK_ORDER_DRAFTED = event_type(
    "orders.task_order.drafted", "The task order was drafted."
)
TASK_ORDER_EDITED = event_type("orders.task_order.edited", "The task order was edited.")
TASK_ORDER_SUBMITTED = event_type(
    "orders.task_order.submitted", "The task order was submitted for review."
)
TASK_ORDER_REVIEWED = event_type(
    "orders.task_order.reviewed", "A reviewer decided on the task order."
)
NONCONCURRENCE_DISPOSED = event_type(
    "orders.nonconcurrence.disposed",
    "The contracting officer disposed of a non-concurrence.",
)
TASK_ORDER_FUNDS_CERTIFIED = event_type(
    "orders.task_order.funds_certified",
    "Funds for the task order were certified and committed.",
)
ORDER_LIMITS_ACCEPTED = event_type(
    "orders.limits.accepted",
    "The vendor accepted an order outside the contract's limits of orders.",
)
SCHEDULE_POSTED = event_type(
    "orders.schedule.posted",
    "The lines of the contract were bound with its award; their funds were obligated.",
)
TASK_ORDER_ISSUED = event_type(
    "orders.task_order.issued",
    "The contracting officer signed the task order; its funds were obligated.",
)
AVAILABILITY_RECORDED = event_type(
    "orders.availability.recorded",
    "Funds became available; the order was funded and its funds obligated.",
)
TASK_ORDER_CANCELLED = event_type(
    "orders.task_order.cancelled", "The task order was cancelled before issue."
)
TASK_ORDER_DISCARDED = event_type(
    "orders.task_order.discarded", "The draft task order was discarded."
)
MODIFICATION_DRAFTED = event_type(
    "orders.modification.drafted", "A modification was drafted."
)
MODIFICATION_FUNDS_CERTIFIED = event_type(
    "orders.modification.funds_certified",
    "Funds for the modification were certified and committed.",
)
MODIFICATION_SIGNED = event_type(
    "orders.modification.signed", "The vendor signed the modification."
)
MODIFICATION_ISSUED = event_type(
    "orders.modification.issued",
    "The contracting officer signed the modification; the order is changed.",
)
MODIFICATION_DISCARDED = event_type(
    "orders.modification.discarded", "The draft modification was discarded."
)

SIGNED_EVENTS = (
    SCHEDULE_POSTED,
    TASK_ORDER_ISSUED,
    AVAILABILITY_RECORDED,
    MODIFICATION_SIGNED,
    MODIFICATION_ISSUED,
)
"""What the vendor reads of an order's history: what was signed, not how it was made."""
MODIFICATION_REBASED = event_type(
    "orders.modification.rebased",
    "A draft modification was put onto the order as it stands.",
)
