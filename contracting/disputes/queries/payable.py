"""What is allowed on claims: where it may be paid from, and what it earns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars
from contracting.disputes.calculations import HalfYear, RateOn, claim_halves
from contracting.disputes.models import Claim
from contracting.ledger.queries import balances_of
from contracting.orders.models import OrderLine, TaskOrder
from contracting.orders.states import TaskOrderState

_OPEN = (TaskOrderState.ISSUED, TaskOrderState.COMPLETED)


@dataclass(frozen=True, slots=True)
class Place:
    """A line and ACRN that can pay a claim, and what is obligated there and unused."""

    line: OrderLine
    acrn: str
    free: Dollars


def places_of(claim: Claim) -> list[Place]:
    """The lines and ACRNs of open orders: of its dispute's order, else of all."""
    orders = TaskOrder.objects.filter(contract=claim.contract_id, state__in=_OPEN)
    if claim.case is not None:
        orders = orders.filter(pk=claim.case.order_id)
    return [
        Place(line, row.acrn, row.funds_left)
        for order in orders.order_by("piid")
        for line in order.current_lines()
        for row in balances_of(line.holder)
    ]


def earned_on(
    claim: Claim, dollars: Dollars, *, paid: date, rate_on: RateOn
) -> list[HalfYear]:
    """What a part of a claim earns from its receipt to its payment, by half-year.

    :raises Refusal: what ``rate_on`` raises where no rate of a half-year is loaded
    """
    received = accounting_day(claim.received_at, claim.contract.time_zone)
    return claim_halves(dollars, received=received, paid=paid, rate_on=rate_on)
