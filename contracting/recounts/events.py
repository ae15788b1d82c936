"""What can happen in the audit of the count."""

from contracting.audit.events import event_type

RECOUNT_PLAN_ADOPTED = event_type(
    "recounts.plan.adopted", "A sample to be recounted was fixed beforehand."
)
RECOUNT_PLAN_ENDED = event_type(
    "recounts.plan.ended", "A sample is drawn no more, and its key may be told."
)
RECOUNTS_RECORDED = event_type(
    "recounts.samples.recorded", "Recounted samples were received."
)
COUNT_FLAGGED = event_type(
    "recounts.count.flagged",
    "Samples show that more is reported than the allowance explains.",
)
COUNT_DISPUTED = event_type(
    "recounts.count.disputed", "A flagged count was put to the vendor."
)
RECOUNT_ALLOWANCE_SET = event_type(
    "recounts.allowance.set", "What may honestly be counted in excess was measured."
)
RECOUNT_ALLOWANCE_AGREED = event_type(
    "recounts.allowance.agreed", "The vendor agreed to an allowance."
)
