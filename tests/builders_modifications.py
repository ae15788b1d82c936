"""Modifications of a contract, built through the real verbs on an awarded one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from contracting.contracts.models import Contract
from contracting.modifications.models import ContractModification
from contracting.modifications.operations.draft import draft_contract_modification
from contracting.modifications.operations.issue import issue_contract_modification
from contracting.modifications.operations.sign import sign_contract_modification
from contracting.modifications.states import Proposal
from tests.builders_orders import MODIFIED_AT, awarded_contract
from tests.cast import actor
from tests.remembered import remembered

EXTENDS = {"ordering_end": date(2027, 9, 30)}
SCOPE = "Tokens of the same models for the same assistant, as competed."


def proposal(**other: Any) -> Proposal:
    """Both agree to six months more of ordering; ``other`` changes what is said."""
    usual: dict[str, Any] = {
        "authority": "C",
        "citation": "FAR 43.103(a)",
        "description": "The ordering period is extended by six months.",
        "effective_on": MODIFIED_AT.date(),
        "scope": SCOPE,
        "terms": EXTENDS,
    }
    return Proposal(**(usual | other))


@remembered
def drafted_contract_modification(
    *,
    on: Contract | None = None,
    by: str = "contract_specialist",
    at: datetime = MODIFIED_AT,
    **other: Any,
) -> ContractModification:
    """A modification that a specialist has drafted."""
    contract = on or awarded_contract()
    return draft_contract_modification(
        contract_id=contract.pk, proposal=proposal(**other), by=actor(by), at=at
    )


@remembered
def signed_by_vendor(
    modification: ContractModification, at: datetime = MODIFIED_AT
) -> ContractModification:
    """The same modification after the vendor has signed it."""
    return sign_contract_modification(
        modification_id=modification.pk,
        by=actor("vendor_a_signer"),
        at=at,
        seen_version=modification.version,
    )


@remembered
def issued_contract_modification(
    *, at: datetime = MODIFIED_AT, **more: Any
) -> ContractModification:
    """A modification that everybody has signed whose signature it needs."""
    ready = drafted_contract_modification(at=at, **more)
    if ready.is_bilateral:
        ready = signed_by_vendor(ready, at)
    return issue_contract_modification(
        modification_id=ready.pk,
        by=actor("contracting_officer"),
        at=at,
        seen_version=ready.version,
    )
