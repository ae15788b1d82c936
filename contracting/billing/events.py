"""What can happen to what a vendor says."""

from contracting.audit.events import event_type

USAGE_REPORT_RECEIVED = event_type(
    "billing.usage_report.received", "The vendor's usage report was received."
)
INVOICE_RECEIVED = event_type("billing.invoice.received", "An invoice was received.")
CREDIT_RECORDED = event_type(
    "billing.credit.recorded", "A credit that the vendor owes was recorded."
)
CREDIT_SETTLED = event_type(
    "billing.credit.settled", "A credit was set off or paid back."
)
CREDIT_REOPENED = event_type(
    "billing.credit.reopened",
    "What no voucher takes off a credit was opened again.",
)
CREDIT_CANCELLED = event_type(
    "billing.credit.cancelled", "What was open of a credit was cancelled."
)
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
SIGNING_KEY_REGISTERED = event_type(
    "billing.signing_key.registered",
    "A vendor registered a key that signs its reports.",
)
SIGNING_KEY_REVOKED = event_type(
    "billing.signing_key.revoked", "A vendor revoked a key that signed its reports."
)
REPORT_ASKED_FOR = event_type(
    "billing.report_request.asked", "The vendor was asked for the report of a period."
)
NO_REPORT_STATED = event_type(
    "billing.report_answer.stated",
    "It was stated that there is no report of a period, or that it could not be asked.",
)
OVERDUE_LETTER_SENT = event_type(
    "billing.overdue_letter.sent",
    "The contracting officer wrote about a report that is overdue.",
)
REPORTING_TERMS_RECORDED = event_type(
    "billing.reporting_terms.recorded",
    "What the contract says of usage that is reported very late was recorded.",
)
INVOICE_REMINDED = event_type(
    "billing.invoice.reminded", "The agency was reminded of an invoice that waits."
)
