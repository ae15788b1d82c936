"""What can happen to what a vendor says."""

from contracting.audit.events import event_type

USAGE_REPORT_RECEIVED = event_type(
    "billing.usage_report.received", "The vendor's usage report was received."
)
INVOICE_RECEIVED = event_type("billing.invoice.received", "An invoice was received.")
INVOICE_RETURNED = event_type(
    "billing.invoice.returned", "The invoice was returned to the vendor with reasons."
)
INVOICE_WITHDRAWN = event_type(
    "billing.invoice.withdrawn", "The vendor withdrew the invoice."
)
INVOICE_RECORDED = event_type(
    "billing.invoice.recorded",
    "An invoice that came by post, e-mail or another system was recorded.",
)
INVOICE_NUMBER_ALLOWED = event_type(
    "billing.invoice_allowance.granted",
    "The contracting officer let an invoice number be used once more.",
)
