"""What can happen on the way to payment."""

from contracting.audit.events import event_type

PAYMENT_CERTIFIED = event_type(
    "payments.payment.certified", "The payment was certified."
)
PAYMENT_RECORDED = event_type("payments.payment.recorded", "The payment was recorded.")
