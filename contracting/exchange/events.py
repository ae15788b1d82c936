"""What can happen to a webhook."""

from contracting.audit.events import event_type

WEBHOOK_REGISTERED = event_type(
    "exchange.webhook.registered", "A webhook was registered."
)
WEBHOOK_SECRET_ROTATED = event_type(
    "exchange.webhook.secret_rotated",
    "A webhook was given another secret; both sign for a day.",
)
WEBHOOK_DISABLED = event_type("exchange.webhook.disabled", "A webhook was disabled.")
WEBHOOK_ENABLED = event_type("exchange.webhook.enabled", "A webhook was enabled again.")
WEBHOOK_REPLAYED = event_type(
    "exchange.webhook.replayed", "Messages of a webhook were put into the queue again."
)
WEBHOOK_PROBED = event_type(
    "exchange.webhook.probed", "A test message was put into the queue of a webhook."
)
