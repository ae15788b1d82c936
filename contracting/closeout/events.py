"""What can happen at the end."""

from contracting.audit.events import event_type

ORDER_COMPLETED = event_type(
    "closeout.order.completed", "The order is physically complete."
)
ORDER_CLOSED_OUT = event_type(
    "closeout.order.closed_out",
    "The order was closed out; unused funds went back.",
)
CONTRACT_CLOSED_OUT = event_type(
    "closeout.contract.closed_out", "The contract was closed out."
)
