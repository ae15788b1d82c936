"""What can happen to a month of an order."""

from contracting.audit.events import event_type

PERIOD_EXPLAINED = event_type(
    "periods.period.explained", "What stood in the way of a month was explained."
)
PERIOD_SIGNED_OFF = event_type(
    "periods.period.signed_off", "The figures of a month were signed off."
)
PERIOD_CLOSED = event_type("periods.period.closed", "An accounting month was closed.")
PERIOD_REOPENED = event_type(
    "periods.period.reopened", "An accounting month was opened again."
)
ADJUSTMENT_SETTLED = event_type(
    "periods.adjustment.settled", "What was rated anew after acceptance was settled."
)
MONTH_ACCRUED = event_type(
    "periods.month.accrued", "What is owed at the end of a month was accrued."
)
ACCRUALS_REVERSED = event_type(
    "periods.accruals.reversed", "The accruals of a month were taken back."
)
