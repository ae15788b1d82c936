"""What can happen to reference data."""

from contracting.audit.events import event_type

LIST_PRICES_IMPORTED = event_type(
    "reference.list_prices.imported",
    "Public list prices were imported from a release of the price catalogue.",
)
MODEL_ALIAS_MAPPED = event_type(
    "reference.model_alias.mapped",
    "A name seen in usage was mapped to a model snapshot.",
)
MODEL_REGISTERED = event_type(
    "reference.model.registered",
    "A snapshot of a model was registered.",
)
RATE_PROPOSED = event_type(
    "reference.rate.proposed", "A published rate of interest was entered."
)
RATE_CORRECTED = event_type(
    "reference.rate.corrected",
    "What a rate of interest should have said was entered.",
)
RATE_CONFIRMED = event_type(
    "reference.rate.confirmed",
    "A published rate of interest was confirmed, and is in force.",
)
