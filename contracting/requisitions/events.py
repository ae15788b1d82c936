"""What can happen to a requisition."""

from contracting.audit.events import event_type

REQUISITION_DRAFTED = event_type(
    "requisitions.requisition.drafted", "The requisition was drafted."
)
WORKLOAD_ESTIMATED = event_type(
    "requisitions.requisition.workload_estimated",
    "The workload was estimated and priced at public list prices.",
)
REQUISITION_SUBMITTED = event_type(
    "requisitions.requisition.submitted",
    "The requisition was submitted to the contracting office.",
)
REQUISITION_DISCARDED = event_type(
    "requisitions.requisition.discarded", "The draft requisition was discarded."
)
ESTIMATE_BUILT = event_type(
    "requisitions.requisition.estimate_built",
    "The estimate was built from workloads and priced at public list prices.",
)
OWNERSHIP_COMPARED = event_type(
    "requisitions.requisition.ownership_compared",
    "Owned capacity was compared with the estimate.",
)
