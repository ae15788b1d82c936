"""What can happen to a modification of a contract."""

from contracting.audit.events import event_type

CONTRACT_MODIFICATION_DRAFTED = event_type(
    "modifications.modification.drafted", "A modification of the contract was drafted."
)
CONTRACT_MODIFICATION_REVISED = event_type(
    "modifications.modification.revised",
    "The draft modification was revised on the contract as it stands.",
)
CONTRACT_MODIFICATION_SIGNED = event_type(
    "modifications.modification.signed",
    "The vendor signed the modification of the contract.",
)
MODIFICATION_CHANGES_REQUESTED = event_type(
    "modifications.modification.changes_requested",
    "The vendor asked for changes before it signs the modification.",
)
MINIMUM_FUNDS_CERTIFIED = event_type(
    "modifications.modification.minimum_funds_certified",
    "The funds for a higher guaranteed minimum were certified.",
)
CONTRACT_MODIFICATION_ISSUED = event_type(
    "modifications.modification.issued",
    "The contracting officer signed the modification; the contract is changed.",
)
CONTRACT_MODIFICATION_DISCARDED = event_type(
    "modifications.modification.discarded",
    "The draft modification of the contract was discarded.",
)
CONTRACT_CONFORMED = event_type(
    "modifications.contract.conformed",
    "The contract was printed as it reads on a day.",
)
ORDER_PRICES_TAKEN_UP = event_type(
    "modifications.order.prices_taken_up",
    "The order took up prices that a modification of its contract has changed.",
)
MODEL_TERMS_RECORDED = event_type(
    "modifications.model_terms.recorded",
    "What the contract says of its models was recorded.",
)
ON_RAMP_DRAFTED = event_type(
    "modifications.on_ramp.drafted", "The on-ramp of a new model was drafted."
)
NOVATION_DRAFTED = event_type(
    "modifications.novation.drafted",
    "The novation of the contract to a successor in interest was drafted.",
)
CONTRACT_ASSUMED = event_type(
    "modifications.novation.assumed",
    "The successor in interest signed the novation of the contract.",
)
RATCHET_FOUND = event_type(
    "modifications.ratchet.found",
    "The public list fell below prices of the contract.",
)
RATCHET_CONFIRMED = event_type(
    "modifications.ratchet.confirmed",
    "The lower price was confirmed; the administrative modification is drafted.",
)
RATCHET_HELD = event_type(
    "modifications.ratchet.held", "The lower price was held, for a reason."
)
MODEL_RETIREMENT_RECORDED = event_type(
    "modifications.model_retirement.recorded",
    "The vendor's notice that it retires a model was recorded.",
)

SIGNED_EVENTS = (
    CONTRACT_MODIFICATION_SIGNED,
    MODIFICATION_CHANGES_REQUESTED,
    CONTRACT_ASSUMED,
    CONTRACT_MODIFICATION_ISSUED,
)
"""What the vendor reads of its history: what it did itself, and what was signed."""
