"""What can happen at the end."""

from contracting.audit.events import event_type

ORDER_COMPLETED = event_type(
    "closeout.order.completed", "The order is physically complete."
)
CLAIMS_RELEASED = event_type(
    "closeout.claims.released",
    "The vendor released its claims; it gives up what is not accepted.",
)
MINIMUM_RELEASED = event_type(
    "closeout.minimum.released",
    "The vendor gave up what the guaranteed minimum leaves unpaid.",
)
LEGAL_HOLD_PLACED = event_type(
    "closeout.legal_hold.placed", "The file of the contract was put under legal hold."
)
LEGAL_HOLD_RELEASED = event_type(
    "closeout.legal_hold.released", "A legal hold on the file was released."
)
ORDER_CLOSED_OUT = event_type(
    "closeout.order.closed_out",
    "The order was closed out; unused funds went back.",
)
CONTRACT_CLOSED_OUT = event_type(
    "closeout.contract.closed_out", "The contract was closed out."
)
RESIDUAL_TERMS_RECORDED = event_type(
    "closeout.residual_terms.recorded",
    "What the contract says of unused tokens was recorded.",
)
TOKENS_ROLLED_OVER = event_type(
    "closeout.order.tokens_rolled_over",
    "The order took over tokens that another order of its contract did not use.",
)
