"""Two holders of one solicitation, and the orders that are competed between them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from contracting.contracts.models import Contract
from contracting.core.quantities import Dollars
from contracting.fair_opportunity.models import HolderResponse, Opportunity
from contracting.fair_opportunity.operations.consider import consider_response
from contracting.fair_opportunity.operations.notify import notify_holders
from contracting.fair_opportunity.operations.respond import respond_to_opportunity
from contracting.fair_opportunity.operations.select import select_holder
from contracting.fair_opportunity.operations.take import take_exception
from contracting.fair_opportunity.queries import last_responses
from contracting.orders.models import TaskOrder
from contracting.orders.operations.issue import issue_task_order
from tests.builders_orders import (
    ISSUED_AT,
    awarded_contract,
    certified_order,
    line,
)
from tests.cast import actor
from tests.justified import PARTS
from tests.offers import decided_for_several
from tests.remembered import remembered

NOTIFIED_AT = datetime(2026, 4, 1, 14, 0, tzinfo=UTC)
"""Wednesday, 1 April 2026, 10 a.m. in Washington: the first day for orders."""

RESPOND_BY = datetime(2026, 4, 3, 21, 0, tzinfo=UTC)
SELECTED_AT = datetime(2026, 4, 6, 12, 0, tzinfo=UTC)

MERIDIAN, LARKSPUR = "vendor_a_signer", "vendor_b_signer"


@remembered
def two_holders() -> Contract:
    """Meridian's contract; Larkspur holds the other one."""
    decision = decided_for_several()
    awarded_contract(on=decision, of=LARKSPUR)
    return awarded_contract(on=decision, of=MERIDIAN)


def held_by(part: str, beside: Contract) -> Contract:
    """The contract of that vendor under the same solicitation."""
    return Contract.objects.get(
        solicitation=beside.solicitation_id, vendor_id=actor(part).organization_id
    )


def notified(on: Contract, **terms: Any) -> Opportunity:
    """A notice of an order of $20,000 to both holders."""
    return notify_holders(
        contract_id=on.pk,
        **{
            "title": "Claims assistant, second region",
            "description": "Summaries of claims for the western offices.",
            "value": Dollars("20000.00"),
            "basis": "The lowest price of those that meet the boundary.",
            "respond_by": RESPOND_BY,
            "by": actor("contract_specialist"),
            "at": NOTIFIED_AT,
            **terms,
        },
    )


def responded(opportunity: Opportunity, part: str, **terms: Any) -> HolderResponse:
    """That holder's answer: a tenth off every rate."""
    return respond_to_opportunity(
        opportunity_id=opportunity.pk,
        **{
            "words": "We start within a week.",
            "discount_percent": Decimal(10),
            "by": actor(part),
            "at": RESPOND_BY,
            **terms,
        },
    )


def considered(opportunity: Opportunity, at: datetime = SELECTED_AT) -> None:
    """A finding on each response."""
    for response in last_responses(opportunity):
        consider_response(
            response_id=response.pk,
            text=f"{response.contract.vendor} meets the boundary.",
            by=actor("contract_specialist"),
            at=at,
        )


def selected(response: HolderResponse, **terms: Any) -> Opportunity:
    """The officer selects that response."""
    return select_holder(
        opportunity_id=response.opportunity_id,
        response_id=response.pk,
        **{
            "rationale": "It asks least.",
            "by": actor("contracting_officer"),
            "at": SELECTED_AT,
            **terms,
        },
    )


def ordered(contract: Contract, dollars: str = "20000.00", **terms: Any) -> TaskOrder:
    """An order that is ready for signature."""
    lines = [line(dollars=Dollars(dollars))]
    return certified_order(on=contract, lines=lines, **terms)


def signed(order: TaskOrder) -> TaskOrder:
    """The officer signs the order."""
    return issue_task_order(
        order_id=order.pk,
        by=actor("contracting_officer"),
        at=ISSUED_AT,
        seen_version=order.version,
    )


def excepted(contract: Contract, **terms: Any) -> Opportunity:
    """An urgent order of $20,000 for one holder, written by a specialist."""
    return take_exception(
        contract_id=contract.pk,
        **{
            "code": "URGENT",
            "title": "Claims after the flood",
            "description": "Summaries of flood claims, from tomorrow on.",
            "value": Dollars("20000.00"),
            "parts": PARTS,
            "justification": "Asking both holders would cost the two weeks we have.",
            "by": actor("contract_specialist"),
            "at": NOTIFIED_AT,
            **terms,
        },
    )
