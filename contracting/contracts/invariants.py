"""What must hold of contracts at every moment."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from contracting.contracts.calculations import content, funded
from contracting.contracts.models import Contract
from contracting.contracts.states import ContractState
from contracting.core.canonical import content_sha256
from contracting.core.invariants import Invariant
from contracting.ledger.queries import balances_of, contract_balance
from contracting.solicitations.states import SolicitationState


def _funds_sum_to_the_minimum() -> Iterator[str]:
    for contract in Contract.objects.exclude(state=ContractState.DISCARDED):
        total = funded(contract).amount
        if not contract.takes_orders:
            if not 0 < total <= contract.ceiling_dollars:
                yield f"{contract}: {total} for lines of {contract.ceiling_dollars}"
        elif total != contract.minimum_dollars:
            yield f"{contract}: {total} for a minimum of {contract.minimum_dollars}"


def _the_ledger_has_what_was_awarded() -> Iterator[str]:
    for contract in Contract.objects.filter(state=ContractState.AWARDED):
        books = contract_balance(contract.pk)
        limits = (books.ceiling_dollars, books.ceiling_tokens) if books else (0, 0)
        if limits != (contract.ceiling_dollars, contract.ceiling_tokens):
            yield f"{contract}: the ledger allows {limits}"
        rows = [
            row for line in contract.lines.all() for row in balances_of(line.holder)
        ]
        bound = sum((row.obligated_dollars for row in rows), Decimal(0))
        if bound != contract.minimum_dollars:
            yield f"{contract}: {bound} is obligated of {contract.minimum_dollars}"


def _what_was_signed_is_unchanged() -> Iterator[str]:
    for contract in Contract.objects.exclude(piid__isnull=True):
        if content_sha256(content(contract)) != contract.content_sha256:
            yield f"{contract} no longer reads as version {contract.version} did"


def _its_solicitation_is_awarded() -> Iterator[str]:
    signed = Contract.objects.exclude(piid__isnull=True)
    for contract in signed.exclude(solicitation__state=SolicitationState.AWARDED):
        yield f"{contract}: {contract.solicitation}"


def _drafts_on_cancelled_solicitations() -> Iterator[str]:
    drafts = Contract.objects.filter(state=ContractState.DRAFT)
    awardable = (SolicitationState.OPENED, SolicitationState.AWARDED)
    for contract in drafts.exclude(solicitation__state__in=awardable):
        yield f"{contract}: {contract.solicitation}"


INVARIANTS = [
    Invariant(
        "CON-1",
        "The funds of an award sum to its guaranteed minimum, or lie within its lines.",
        _funds_sum_to_the_minimum,
    ),
    Invariant(
        "CON-2",
        "The ledger has the ceilings and the minimum that were awarded.",
        _the_ledger_has_what_was_awarded,
    ),
    Invariant(
        "CON-3",
        "A signed contract reads as it was signed.",
        _what_was_signed_is_unchanged,
    ),
    Invariant(
        "CON-4",
        "The solicitation of a signed contract is awarded.",
        _its_solicitation_is_awarded,
    ),
    Invariant(
        "CON-5",
        "A draft award, with its commitment, stands on opened offers.",
        _drafts_on_cancelled_solicitations,
    ),
]
