"""What can happen to charges, receipts and quantities."""

from contracting.audit.events import event_type

CALENDAR_CHARGED = event_type(
    "charges.calendar.charged", "What the calendar made due was charged."
)
QUANTITY_CHANGED = event_type(
    "charges.quantity.changed", "Another quantity is in force from a day on."
)
CHARGES_FUNDED = event_type(
    "charges.charges.funded", "What was charged beyond the funds became payable."
)
RECEIPT_RECORDED = event_type("charges.receipt.recorded", "A service was received.")
RECEIPT_REVERSED = event_type("charges.receipt.reversed", "A receipt was taken back.")
ADJUSTMENT_CHARGED = event_type(
    "charges.adjustment.charged", "What was rated anew upwards was charged."
)
CLAIM_CHARGED = event_type(
    "charges.claim.charged", "What was allowed on a claim was charged."
)
SETTLEMENT_CHARGED = event_type(
    "charges.settlement.charged", "What a settlement granted was charged."
)
