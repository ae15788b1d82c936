"""What can happen between our meter, the vendor's report and the invoice."""

from contracting.audit.events import event_type

ORDER_RECONCILED = event_type(
    "reconciliation.run.made", "Meter, report and invoice were compared."
)
COMPARISON_BEGUN = event_type(
    "reconciliation.comparison.begun", "An order is compared anew, day after day."
)
FINDING_DISPUTED = event_type(
    "reconciliation.finding.disputed", "A discrepancy was put to the vendor."
)
FINDING_RESOLVED = event_type(
    "reconciliation.finding.resolved", "A discrepancy was resolved."
)
FINDING_WITHDRAWN = event_type(
    "reconciliation.finding.withdrawn", "The vendor gave up what it had asked for."
)
USAGE_ACCEPTED = event_type(
    "reconciliation.usage.accepted", "The part on which all three agree was accepted."
)
FINDINGS_RESOLVED = event_type(
    "reconciliation.findings.resolved", "Discrepancies that are alike were resolved."
)
OVERDUE_REMINDED = event_type(
    "reconciliation.overdue.reminded", "An owner was told what is overdue."
)
INVOICE_DRAFTED = event_type(
    "reconciliation.invoice_draft.made",
    "An invoice was filled in with what meter and report agree on.",
)
