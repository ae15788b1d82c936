"""What is still open on an order or a contract."""

from __future__ import annotations

from dataclasses import dataclass

from contracting.billing.models import Invoice
from contracting.billing.states import InvoiceState
from contracting.contracts.models import Contract
from contracting.core.quantities import Dollars, total_dollars
from contracting.ledger.models import Balance
from contracting.ledger.queries import balances_of
from contracting.ledger.states import Holder
from contracting.metering.queries import open_suspense_of
from contracting.orders.models import TaskOrder
from contracting.orders.states import TaskOrderState
from contracting.payments.models import Payment
from contracting.reconciliation.queries import open_findings

FINISHED = frozenset({
    TaskOrderState.CLOSED,
    TaskOrderState.CANCELLED,
    TaskOrderState.DISCARDED,
})
_OPEN_INVOICES = [
    InvoiceState.RECEIVED,
    InvoiceState.ACCEPTED,
    InvoiceState.CERTIFIED,
]


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing that stands in the way, and the rule that says so."""

    rule: str
    what: str


def balances_of_order(order: TaskOrder) -> list[Balance]:
    """Every line × ACRN of an order."""
    return [
        balance
        for line in order.lines.filter(is_removed=False).order_by("pk")
        for balance in balances_of(Holder("orders.line", line.pk))
    ]


def blockers_of_order(order: TaskOrder) -> list[Blocker]:
    """What is still open on an order, each with its rule; empty when nothing is."""
    found = []
    held = open_suspense_of(order).count()
    if held:
        found.append(Blocker("R-CLO-01", f"{held} calls are still in suspense."))
    findings = open_findings(order).count()
    if findings:
        found.append(Blocker("R-CLO-03", f"{findings} discrepancies are open."))
    invoices = Invoice.objects.filter(order=order, state__in=_OPEN_INVOICES)
    found += [
        Blocker("R-CLO-03", f"Invoice {each.number} is {each.get_state_display()}.")
        for each in invoices.order_by("pk")
    ]
    unaccepted = total_dollars(row.unaccepted for row in balances_of_order(order))
    if unaccepted:
        found.append(
            Blocker(
                "R-CLO-04",
                f"Usage worth {unaccepted} is not invoiced and accepted yet.",
            )
        )
    return found


def blockers_of_contract(contract: Contract) -> list[Blocker]:
    """What is still open on a contract."""
    found = [
        Blocker("R-CLO-03", f"Order {order.piid or order.title} is not closed out.")
        for order in contract.orders.exclude(state__in=FINISHED).order_by("pk")
    ]
    owed = Dollars(contract.minimum_dollars) - paid_on_contract(contract)
    if owed > Dollars():
        found.append(
            Blocker(
                "R-CLO-03",
                f"The guaranteed minimum is not reached: {owed} is owed to the vendor.",
            )
        )
    return found


def paid_on_contract(contract: Contract) -> Dollars:
    """Everything paid on the contract's orders."""
    return total_dollars(
        Dollars(amount)
        for amount in Payment.objects.filter(
            certification__invoice__order__contract=contract
        ).values_list("dollars", flat=True)
    )
