"""What can happen to a request for information."""

from contracting.audit.events import event_type

RFI_DRAFTED = event_type(
    "market_research.rfi.drafted", "The request for information was drafted."
)
RFI_EDITED = event_type(
    "market_research.rfi.edited", "The request for information was edited."
)
RFI_RELEASED = event_type(
    "market_research.rfi.released",
    "The request for information was released, and every vendor was told.",
)
RFI_CANCELLED = event_type(
    "market_research.rfi.cancelled",
    "The request for information was cancelled, and every vendor was told.",
)
RFI_DISCARDED = event_type(
    "market_research.rfi.discarded", "The draft request for information was discarded."
)
RESPONSE_RECEIVED = event_type(
    "market_research.response.received", "A vendor's response was received."
)
