"""What can happen in the ledger."""

from contracting.audit.events import event_type

LINE_OF_ACCOUNTING_CREATED = event_type(
    "ledger.line_of_accounting.created", "A line of accounting was created."
)
FUNDS_ALLOTTED = event_type(
    "ledger.funds.allotted", "Funds were allotted to a line of accounting."
)
CONTRACT_CEILING_SET = event_type(
    "ledger.contract_ceiling.set", "The ceiling of the contract was set."
)
ORDERED_RESERVED = event_type(
    "ledger.ordered.reserved",
    "Room under the contract's ceiling was taken or given up.",
)
BALANCES_OPENED = event_type(
    "ledger.balances.opened", "The balances of a line were opened."
)
CEILING_RAISED = event_type(
    "ledger.ceiling.raised", "The ceiling of a line was changed."
)
RESIDUAL_SETTLED = event_type(
    "ledger.residual.settled", "What was left of a line's tokens was settled."
)
FUNDS_COMMITTED = event_type("ledger.funds.committed", "Funds were committed.")
EXPIRED_FUNDS_PERMITTED = event_type(
    "ledger.expired_funds.permitted",
    "Expired funds were permitted for an adjustment of what they were obligated for.",
)
COMMITMENT_RELEASED = event_type(
    "ledger.commitment.released", "A commitment of funds was released."
)
FUNDS_OBLIGATED = event_type("ledger.funds.obligated", "Funds were obligated.")
FUNDS_DEOBLIGATED = event_type("ledger.funds.deobligated", "Funds were deobligated.")
USAGE_CONSUMED = event_type("ledger.usage.consumed", "Usage was drawn on the funds.")
DELTA_PARKED = event_type(
    "ledger.delta.parked", "Usage could not be drawn on the funds and was parked."
)
DELTA_UNPARKED = event_type(
    "ledger.delta.unparked", "Parked usage was put back, to be drawn again."
)
FUNDS_CHARGED = event_type(
    "ledger.funds.charged", "What is owed without tokens was drawn on the funds."
)
USAGE_ACCEPTED = event_type("ledger.usage.accepted", "Usage was accepted.")
USAGE_TRUED_UP = event_type(
    "ledger.usage.trued_up", "Usage was put at the price of its step or pool."
)
USAGE_GIVEN_UP = event_type(
    "ledger.usage.given_up", "Usage that the vendor gave up was taken off the books."
)
CREDIT_RECORDED = event_type(
    "ledger.credit.recorded", "A credit came back to the funds that had paid."
)
INTEREST_CHARGED = event_type(
    "ledger.interest.charged", "Interest on a late payment was charged to its funds."
)
PAYMENT_RECORDED = event_type("ledger.payment.recorded", "A payment was recorded.")
TRANSFER_REVERSED = event_type("ledger.transfer.reversed", "A transfer was reversed.")
