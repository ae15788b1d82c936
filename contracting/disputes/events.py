"""What can happen to disputes, joint recounts, claims and credits for the service."""

from contracting.audit.events import event_type

DISPUTE_OPENED = event_type(
    "disputes.case.opened", "Differences of an order were put to the vendor."
)
DISPUTE_ANSWERED = event_type(
    "disputes.case.answered", "The vendor answered to a dispute."
)
DISPUTE_WITHDRAWN = event_type(
    "disputes.case.withdrawn", "The vendor withdrew what it asked for."
)
DISPUTE_REMINDED = event_type(
    "disputes.case.reminded", "The vendor was reminded of an answer that is missing."
)
DISPUTE_DECIDED = event_type(
    "disputes.case.decided", "The contracting officer decided a dispute."
)
EVIDENCE_FROZEN = event_type(
    "disputes.evidence.frozen", "The rows behind a dispute were frozen as a file."
)
RECOUNT_STARTED = event_type(
    "disputes.recount.started", "A joint recount was started with a committed seed."
)
RECOUNT_JOINED = event_type(
    "disputes.recount.joined", "The vendor gave its seed; the sample was drawn."
)
RECOUNT_ENTERED = event_type(
    "disputes.recount.entered", "One side entered its counts of the sample."
)
CLAIM_SUBMITTED = event_type(
    "disputes.claim.submitted", "The vendor submitted a claim (FAR 33.206)."
)
DECISION_DATE_STATED = event_type(
    "disputes.claim.date_stated",
    "The contracting officer stated by when a claim is decided.",
)
CLAIM_DECIDED = event_type(
    "disputes.claim.decided", "The contracting officer decided a claim (FAR 33.211)."
)
CLAIM_CHARGED = event_type(
    "disputes.claim.charged", "What is allowed on a claim became payable."
)
SERVICE_LEVEL_SET = event_type(
    "disputes.service_level.set", "A service level of a contract was put on record."
)
SERVICE_CREDITS_PROPOSED = event_type(
    "disputes.service_credit.proposed",
    "Credits for missed service levels were proposed.",
)
SERVICE_CREDIT_CONFIRMED = event_type(
    "disputes.service_credit.confirmed", "A credit for the service was confirmed."
)
SERVICE_CREDIT_DECLINED = event_type(
    "disputes.service_credit.declined", "A credit for the service was declined."
)
