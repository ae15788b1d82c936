"""What can happen on the way to payment."""

from contracting.audit.events import event_type

PAYMENT_CERTIFIED = event_type(
    "payments.payment.certified", "The payment was certified."
)
PAYMENT_RECORDED = event_type("payments.payment.recorded", "The payment was recorded.")
PAYMENT_RETURNED = event_type(
    "payments.payment.returned", "Finance gave the voucher back."
)
EARLY_PAYMENT_AUTHORIZED = event_type(
    "payments.early_payment.authorized", "An early payment was authorized."
)
ACCEPTANCE_PERIOD_STATED = event_type(
    "payments.acceptance_period.stated", "A longer time to accept was stated."
)
REFUND_RECORDED = event_type(
    "payments.refund.recorded", "Money that the vendor paid back was recorded."
)
REFUND_DEMANDED = event_type(
    "payments.refund.demanded", "What the vendor owes back was demanded."
)
REFUND_RETURNED = event_type(
    "payments.refund.returned", "A refund did not stand, and was taken back."
)
DEBT_INTEREST_RECORDED = event_type(
    "payments.debt_interest.recorded", "Interest that the vendor paid was recorded."
)
DEBT_INTEREST_WAIVED = event_type(
    "payments.debt_interest.waived", "Interest that the vendor owes was waived."
)
CREDIT_WAIVED = event_type(
    "payments.credit.waived", "What was open of a credit was waived."
)
PAYMENTS_EXPORTED = event_type(
    "payments.batch.exported", "Certified payments were handed to the finance system."
)
PAYMENT_STATUS_IMPORTED = event_type(
    "payments.status.imported", "What finance says of its vouchers was taken in."
)
