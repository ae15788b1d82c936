"""What can happen to a fair opportunity."""

from contracting.audit.events import event_type

HOLDERS_NOTIFIED = event_type(
    "fair_opportunity.holders.notified",
    "Every holder was given notice of an intended order.",
)
RESPONSE_RECEIVED = event_type(
    "fair_opportunity.response.received", "A holder responded to the notice."
)
RESPONSE_CONSIDERED = event_type(
    "fair_opportunity.response.considered", "A response was considered, in words."
)
HOLDER_SELECTED = event_type(
    "fair_opportunity.holder.selected", "A holder was selected for the order."
)
EXCEPTION_TAKEN = event_type(
    "fair_opportunity.exception.taken",
    "A coded exception from fair opportunity was taken.",
)
OPPORTUNITY_CANCELLED = event_type(
    "fair_opportunity.opportunity.cancelled", "The intended order was given up."
)
ORDER_PLACED = event_type(
    "fair_opportunity.order.placed",
    "The order was placed; the other holders who responded were told.",
)
DEBRIEFING_REQUESTED = event_type(
    "fair_opportunity.debriefing.requested",
    "A holder asked to be debriefed on an order.",
)
