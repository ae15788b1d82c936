"""What can happen to metered usage."""

from contracting.audit.events import event_type

SOURCE_REGISTERED = event_type(
    "metering.source.registered", "A usage source was registered."
)
USAGE_INGESTED = event_type(
    "metering.usage.ingested", "A batch of usage was received and counted."
)
USAGE_ASSIGNED = event_type(
    "metering.usage.assigned", "Usage left suspense: it was attributed and rated."
)
USAGE_ASSIGNED_TO_ORDER = event_type(
    "metering.usage.assigned_to_order",
    "Held usage was assigned to an order, with a reason.",
)
USAGE_DISPOSED = event_type(
    "metering.usage.disposed",
    "Held usage was disposed of: it is charged to nobody, and why.",
)
SUSPENSE_REMINDED = event_type(
    "metering.suspense.reminded", "The agency was told of usage held for long."
)
USAGE_CORRECTED = event_type(
    "metering.usage.corrected", "A correction of metered usage was added."
)
PERIOD_RATED = event_type(
    "metering.period.rated",
    "Usage was put on its steps or into its pool, and trued up.",
)
VOLUME_FROZEN = event_type(
    "metering.volume.frozen",
    "The steps of usage were fixed, because it is accepted or closed out.",
)
