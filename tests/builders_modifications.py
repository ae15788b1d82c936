"""Modifications of a contract, built through the real verbs on an awarded one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from contracting.contracts.models import Contract
from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.evaluations.operations.import_registrations import (
    import_registrations,
)
from contracting.modifications.models import ContractModification, ModelTerms
from contracting.modifications.operations.assume import assume_contract
from contracting.modifications.operations.draft import draft_contract_modification
from contracting.modifications.operations.draft_novation import draft_novation
from contracting.modifications.operations.draft_on_ramp import draft_on_ramp
from contracting.modifications.operations.issue import issue_contract_modification
from contracting.modifications.operations.record_terms import record_model_terms
from contracting.modifications.operations.sign import sign_contract_modification
from contracting.modifications.states import (
    LineDraft,
    ModificationKind,
    NovationDraft,
    OnRampDraft,
    Proposal,
    RateDraft,
)
from contracting.reference.queries import attachments_on
from tests.builders import MODEL
from tests.builders_orders import MODIFIED_AT, awarded_contract, registrations
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
    modification: ContractModification,
    at: datetime = MODIFIED_AT,
    by: str = "vendor_a_signer",
) -> ContractModification:
    """The same modification after the vendor has signed it."""
    return sign_contract_modification(
        modification_id=modification.pk,
        by=actor(by),
        at=at,
        seen_version=modification.version,
    )


@remembered
def signed_by_both(
    modification: ContractModification, *, at: datetime = MODIFIED_AT
) -> ContractModification:
    """The vendor has signed a drafted one, and then the contracting officer."""
    signed_by_vendor(modification)
    return issue_contract_modification(
        modification_id=modification.pk,
        by=actor("contracting_officer"),
        at=at,
        seen_version=modification.version,
    )


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


NOVATION: Mapping[str, Any] = {
    "transferred_on": date(2026, 4, 10),
    "instrument": "Asset purchase agreement of 10 April 2026",
    "instrument_sha256": "a" * 64,
    "agreement": "Novation agreement of 14 April 2026, contract file tab 12",
    "agreement_sha256": "b" * 64,
    "capability": "It runs the same models with the same people; responsible (9.104).",
    "guarantee": "It guarantees payment of all liabilities and the performance.",
}


@remembered
def drafted_novation(
    *,
    on: Contract | None = None,
    successor: str = "vendor_b_signer",
    extract: Mapping[str, str] | None = None,
    at: datetime = MODIFIED_AT,
    **other: Any,
) -> ContractModification:
    """A novation that a specialist has drafted, on an extract of that day."""
    contract = on or awarded_contract()
    excluded = dict(extract or {})
    if excluded:
        excluding(excluded, at=at)
    else:
        registrations(at=at)
    rests_on = {name: other.pop(name, given) for name, given in NOVATION.items()}
    usual = {
        "kind": ModificationKind.NOVATION,
        "citation": "FAR 42.1204",
        "description": "Larkspur AI succeeds to the contract.",
        "terms": {},
    }
    successor_id = actor(successor).organization_id
    assert successor_id is not None
    return draft_novation(
        contract_id=contract.pk,
        proposal=proposal(**(usual | other)),
        novation=NovationDraft(successor_id=successor_id, **rests_on),
        by=actor("contract_specialist"),
        at=at,
    )


def excluding(excluded: Mapping[str, str], *, at: datetime) -> None:
    """An extract of the hour in which Larkspur is excluded for that reason."""
    officer = actor("contract_specialist")
    assert officer.organization_id is not None
    import_registrations(
        agency_id=officer.organization_id,
        name="excluded.csv",
        content=(
            "uei,legal_name,registered_until,exclusion\n"
            "MERD1ANMDLS5,Meridian Models,2026-12-31,\n"
            f"LRKSPR2ABCD6,Larkspur AI,2026-12-31,{excluded['larkspur']}\n"
        ).encode(),
        extracted_at=at - timedelta(hours=1),
        by=officer,
        at=at - timedelta(minutes=30),
    )


@remembered
def assumed(
    modification: ContractModification,
    *,
    by: str = "vendor_b_signer",
    at: datetime = MODIFIED_AT,
) -> ContractModification:
    """The same novation after the successor has signed it."""
    assume_contract(
        modification_id=modification.pk,
        by=actor(by),
        at=at,
        seen_version=modification.version,
    )
    return modification


@remembered
def issued_novation(*, on: Contract, **other: Any) -> ContractModification:
    """A novation to Larkspur that all three have signed."""
    ready = assumed(signed_by_vendor(drafted_novation(on=on, **other)))
    return issue_contract_modification(
        modification_id=ready.pk,
        by=actor("contracting_officer"),
        at=MODIFIED_AT,
        seen_version=ready.version,
    )


NEW_MODEL = "gpt-4.1-2025-04-14"
CORPUS_SHA256 = "c" * 64
EVIDENCE_SHA256 = "e" * 64


@remembered
def recorded_terms(
    *,
    on: Contract,
    discount: str = "10",
    ratchet_days: int | None = 15,
    retirement_days: int = 180,
    at: datetime = MODIFIED_AT,
) -> ModelTerms:
    """Ten percent off the list, a ratchet of 15 days, 180 days before a retirement."""
    return record_model_terms(
        contract_id=on.pk,
        list_discount_percent=Decimal(discount),
        ratchet_days=ratchet_days,
        retirement_days=retirement_days,
        source="Clause TOK-9",
        by=actor("contract_specialist"),
        at=at,
    )


def new_price(slin: str, token_class: str, price: str) -> RateDraft:
    """A price of the new model on line 0002, from 1 May 2026."""
    return RateDraft(
        clin="0002",
        slin=slin,
        snapshot=NEW_MODEL,
        token_class=token_class,
        price=UnitPrice(price),
        first_day=date(2026, 5, 1),
        boundary="FEDRAMP_MOD",
    )


def on_ramp_proposal(**other: Any) -> Proposal:
    """A new line for the new model, at ten percent below its public list."""
    return proposal(
        **{
            "kind": ModificationKind.ON_RAMP,
            "description": "GPT-4.1 comes onto the contract.",
            "effective_on": date(2026, 5, 1),
            "terms": {},
            "price_memo": "Ten percent below the public list.",
            "new_lines": [
                LineDraft(
                    clin="0002",
                    description="Tokens of GPT-4.1",
                    psc="DA10",
                    estimated_tokens=Tokens(1_000_000_000),
                    ceiling_dollars=Dollars(100_000),
                )
            ],
            "rates": [
                new_price("0002AA", "IN_UNCACHED", "1.8"),
                new_price("0002AB", "OUT_TEXT", "7.2"),
            ],
            **other,
        }
    )


def checklist(**other: Any) -> OnRampDraft:
    """A whole checklist: one percent more tokens than the model before it."""
    usual: dict[str, Any] = {
        "snapshot": NEW_MODEL,
        "corpus": "Reference corpus of the solicitation",
        "corpus_sha256": CORPUS_SHA256,
        "model_tokens": Tokens(1_010_000),
        "reference_tokens": Tokens(1_000_000),
        "predecessor": MODEL,
        "predecessor_tokens": Tokens(1_000_000),
        "security_evidence": "FedRAMP Moderate, package FR2400000001",
        "security_sha256": EVIDENCE_SHA256,
        "documents": dict.fromkeys(attachments_on(MODIFIED_AT.date()), "d" * 64),
    }
    return OnRampDraft(**(usual | other))


@remembered
def drafted_on_ramp(
    *,
    on: Contract,
    ramp: Mapping[str, Any] | None = None,
    by: str = "contract_specialist",
    at: datetime = MODIFIED_AT,
    **other: Any,
) -> ContractModification:
    """The on-ramp of a new model; ``ramp`` changes its checklist."""
    return draft_on_ramp(
        contract_id=on.pk,
        proposal=on_ramp_proposal(**other),
        on_ramp=checklist(**(ramp or {})),
        by=actor(by),
        at=at,
    )
