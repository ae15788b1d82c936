"""What can happen to metered usage."""

from contracting.audit.events import event_type

SOURCE_REGISTERED = event_type(
    "metering.source.registered", "A usage source was registered."
)
USAGE_INGESTED = event_type(
    "metering.usage.ingested", "A batch of usage was received and counted."
)
USAGE_UPLOADED = event_type(
    "metering.usage.uploaded", "A file of usage was taken in and is being counted."
)
BUCKETS_RECEIVED = event_type(
    "metering.buckets.received",
    "A provider's usage report was received; what it restates is a new revision.",
)
COLUMNS_MAPPED = event_type(
    "metering.columns.mapped", "It was said which column of a source's files is what."
)
TELEMETRY_REFUSED = event_type(
    "metering.telemetry.refused",
    "The agency was warned of telemetry that cannot be counted.",
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
USAGE_MOVED = event_type(
    "metering.usage.moved",
    "Metered usage was moved to the order line to which it belongs.",
)
PERIOD_RATED = event_type(
    "metering.period.rated",
    "Usage was put on its steps or into its pool, and trued up.",
)
VOLUME_FROZEN = event_type(
    "metering.volume.frozen",
    "The steps of usage were fixed, because it is accepted or closed out.",
)
USAGE_RELEASED = event_type(
    "metering.usage.released", "Held usage may pass what held it, and why."
)
KEY_MAPPED = event_type(
    "metering.key.mapped", "It was said whose a key of the gateway is."
)
KEY_UNMAPPED = event_type(
    "metering.key.unmapped", "A key of the gateway belongs to no order any more."
)
SOURCE_OF_RECORD_DECLARED = event_type(
    "metering.source_of_record.declared", "It was said which source is of record."
)
USAGE_LIMIT_SET = event_type(
    "metering.usage_limit.set", "It was said what a call can have at most."
)
OUTCOME_POLICY_CHANGED = event_type(
    "metering.outcome_policy.changed", "A modification changed what is charged."
)
SOURCE_CLOSED = event_type("metering.source.closed", "A usage source was closed.")
HEARTBEAT_RECORDED = event_type(
    "metering.source.heartbeat_recorded", "A source said what it has sent."
)
CONTROL_TOTAL_RECORDED = event_type(
    "metering.source.control_total_recorded", "A source said what it counted on a day."
)
SOURCES_ALARMED = event_type(
    "metering.source.alarmed", "The agency was told that a day is not complete."
)
NOTICE_TERMS_SET = event_type(
    "metering.notice_terms.set",
    "The shares of an order's funds at which people are told were set.",
)
FUNDS_NOTICE_GIVEN = event_type(
    "metering.funds_notice.given",
    "Both sides were told how much of an order's funds is used or soon will be.",
)
FUNDS_NOTICE_ACKNOWLEDGED = event_type(
    "metering.funds_notice.acknowledged",
    "One side took note of how much of an order's funds is used.",
)
FUNDS_NOTICES_REMINDED = event_type(
    "metering.funds_notice.reminded",
    "Notices of an order's funds that nobody acknowledged went out again.",
)
RESERVATIONS_SWEPT = event_type(
    "metering.reservations.swept", "Leases ended, and what they held came free."
)
USAGE_SETTLED = event_type(
    "metering.usage.settled", "Reserved calls were settled with what they used."
)
RESERVATION_RELEASED = event_type(
    "metering.reservation.released", "Reserved room was given back unused."
)
SPENDING_LIMITED = event_type(
    "metering.spending.limited", "A limit on spending was set, changed or lifted."
)
CONTROL_CHOSEN = event_type(
    "metering.control.chosen", "Hard or soft control of an order was chosen."
)
GATEWAY_FENCED = event_type(
    "metering.gateway.fenced", "A gateway began anew; its former self gets nothing."
)
USAGE_FOLDED = event_type(
    "metering.usage.folded",
    "Usage of an order was drawn on its funds, in the order in which it occurred.",
)
USAGE_UNPARKED = event_type(
    "metering.usage.unparked", "Parked usage was put back, to be drawn again."
)
ROLLUPS_REBUILT = event_type(
    "metering.rollups.rebuilt", "Roll-ups of an order were rebuilt from its ratings."
)
RERATING_ASKED = event_type(
    "metering.rerating.asked",
    "It was asked what usage would cost by what is known now.",
)
RERATING_PREPARED = event_type(
    "metering.rerating.prepared",
    "It was worked out what usage would cost by what is known now.",
)
RERATING_APPROVED = event_type(
    "metering.rerating.approved",
    "Usage was rated anew; what is closed became an adjustment.",
)
RERATING_DISCARDED = event_type(
    "metering.rerating.discarded", "A prepared re-rating was given up."
)
USAGE_CLOSED = event_type(
    "metering.usage.closed", "Usage is accepted: what it cost is changed no more."
)
USAGE_REOPENED = event_type(
    "metering.usage.reopened", "Usage that was closed for an accounting month is open."
)
VIEW_SAVED = event_type(
    "metering.view.saved", "A view of the usage explorer was kept under a name."
)
VIEW_DISCARDED = event_type(
    "metering.view.discarded", "A view of the usage explorer is kept no longer."
)
SOURCE_DETACHED = event_type(
    "metering.source.detached", "The calls of a closed source were put away."
)
