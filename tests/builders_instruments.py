"""Other kinds of contract than the indefinite quantity, built through the real verbs.

A definitive contract for the reference workload, and an agreement under which calls of
a hundred dollars at most are made. Both stand on the offer of Meridian.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from contracting.contracts.models import Contract
from contracting.contracts.operations.accept_designation import accept_designation
from contracting.contracts.operations.award import award_contract
from contracting.contracts.operations.certify import certify_contract_funds
from contracting.contracts.operations.designate import designate_cor
from contracting.contracts.operations.draft import MinimumFunding, draft_contract
from contracting.core.quantities import Dollars
from contracting.evaluations.models import SelectionDecision
from contracting.orders.models import TaskOrder
from tests.builders import released_solicitation
from tests.builders_orders import AWARDED_AT, line_of_accounting, registrations
from tests.cast import actor
from tests.offers import (
    agreed_offers,
    decided_solicitation,
    declared_panel,
    opened_offers,
    rated_offers,
    submitted_offers,
)
from tests.remembered import remembered

DEFINITIVE: dict[str, Any] = {
    "instrument": "DEFINITIVE",
    "minimum_dollars": Decimal(0),
}
AGREEMENT: dict[str, Any] = {
    "instrument": "BPA",
    "minimum_dollars": Decimal(0),
    "largest_order_dollars": Decimal("100.00"),
}
CALL_LIMIT = Dollars("100.00")

PRICE = Dollars("7700.00")
"""2,000 MTOK at $2, 500 at $1, 300 and 100 at $8: the whole reference workload."""

FUNDED = Dollars("5000.00")


@remembered
def decided_on(terms: dict[str, Any]) -> SelectionDecision:
    """Meridian is selected on a solicitation that says this."""
    solicitation = released_solicitation(terms=terms)
    submitted_offers(on=solicitation)
    panel = declared_panel(on=opened_offers(on=solicitation))
    return decided_solicitation(on=agreed_offers(on=rated_offers(on=panel)))


def part(
    dollars: str, acrn: str = "AA", label: str = "Claims modernization"
) -> MinimumFunding:
    """Funds of line 0001."""
    return MinimumFunding("0001", acrn, line_of_accounting(label).pk, Dollars(dollars))


@remembered
def drafted_definitive(funding: Sequence[MinimumFunding] | None = None) -> Contract:
    """A draft of $7,700.00 for the reference workload, funded for $5,000.00."""
    return _drafted(decided_on(DEFINITIVE), funding or [part("5000.00")])


@remembered
def definitive_contract(
    funding: Sequence[MinimumFunding] | None = None,
) -> Contract:
    """The same, signed, with a representative."""
    drafted = drafted_definitive(funding)
    registrations()
    certify_contract_funds(
        contract_id=drafted.pk,
        by=actor("funds_certifier"),
        at=AWARDED_AT - timedelta(hours=1),
        seen_version=drafted.version,
    )
    return _signed(drafted)


def schedule_of(contract: Contract) -> TaskOrder:
    """The own lines of a definitive contract."""
    return TaskOrder.objects.get(contract=contract, is_schedule=True)


@remembered
def drafted_agreement() -> Contract:
    """A draft of an agreement: calls of up to $100 each, $400,000 in all."""
    registrations()
    return _drafted(decided_on(AGREEMENT), [])


@remembered
def agreement() -> Contract:
    """The same, signed, with a representative."""
    return _signed(drafted_agreement())


def _drafted(
    decision: SelectionDecision, funding: Sequence[MinimumFunding]
) -> Contract:
    return draft_contract(
        solicitation_id=decision.solicitation_id,
        funding=funding,
        by=actor("contract_specialist"),
        at=AWARDED_AT - timedelta(days=1),
    )


def _signed(drafted: Contract) -> Contract:
    contract = award_contract(
        contract_id=drafted.pk,
        by=actor("contracting_officer"),
        at=AWARDED_AT,
        seen_version=drafted.version,
    )
    cor = actor("cor").membership_id
    assert cor is not None
    designate_cor(
        contract_id=contract.pk,
        membership_id=cor,
        valid_from=date(2026, 4, 1),
        valid_to=date(2027, 6, 30),
        level="II",
        certified_until=date(2027, 12, 31),
        by=actor("contracting_officer"),
        at=AWARDED_AT,
    )
    accept_designation(contract_id=contract.pk, by=actor("cor"), at=AWARDED_AT)
    return contract
