"""What can happen to a policy, a route and a decision."""

from contracting.audit.events import event_type

POLICY_ADOPTED = event_type(
    "approvals.policy.adopted", "A policy of approvals was adopted."
)
ROUTE_OPENED = event_type(
    "approvals.route.opened", "An approval route was frozen and opened."
)
DECISION_RECORDED = event_type(
    "approvals.decision.recorded", "A reviewer decided on an exact version."
)
NONCONCURRENCE_DISPOSED = event_type(
    "approvals.nonconcurrence.disposed",
    "The contracting officer disposed of a non-concurrence.",
)
ROUTE_VOIDED = event_type(
    "approvals.route.voided", "An approval route was voided with its decisions."
)
DECISION_CARRIED = event_type(
    "approvals.decision.carried",
    "A decision was carried to a new version that changes nothing it looked at.",
)
REVIEW_ESCALATED = event_type(
    "approvals.review.escalated", "Somebody above was told that a review waits."
)
RULE_OVERRIDDEN = event_type(
    "approvals.rule.overridden", "A rule was overridden, for a reason on record."
)
