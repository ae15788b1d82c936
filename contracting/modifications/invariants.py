"""What must hold of modifications of contracts at every moment."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F

from contracting.contracts.calculations import content
from contracting.contracts.models import Contract
from contracting.core.canonical import content_sha256
from contracting.core.invariants import Invariant
from contracting.documents.queries import documents_of
from contracting.modifications.calculations import applied
from contracting.modifications.models import ContractModification
from contracting.modifications.queries import signed_of
from contracting.modifications.states import Series
from contracting.orders.queries.numbering import numbered_on_schedule


def _modified() -> Iterator[tuple[Contract, list[ContractModification]]]:
    for contract in Contract.objects.filter(modifications__state="ISSUED").distinct():
        yield contract, signed_of(contract)


def _numbers_have_no_gap() -> Iterator[str]:
    for contract, signed in _modified():
        for series in Series.values:
            numbers = [each.number for each in signed if each.series == series]
            if series == Series.PROCURING:
                numbers = sorted([*numbers, *numbered_on_schedule(contract)])
            wanted = [f"{series}{n:05d}" for n in range(1, len(numbers) + 1)]
            if numbers != wanted:
                yield f"{contract}: modifications {numbers}."


def _base_and_modifications_conform() -> Iterator[str]:
    for contract, signed in _modified():
        found = signed[0].base_content
        for each in signed:
            if found != each.base_content:
                yield f"{contract}: {each.number} was not signed on what stood before."
            found = applied(found, each)
        if found != content(contract):
            yield f"{contract}: base and modifications do not make what is in force."


def _the_base_is_what_was_awarded() -> Iterator[str]:
    for contract, signed in _modified():
        awarded = documents_of(contract.subject).filter(kind="contract")
        hashes = set(awarded.values_list("content_sha256", flat=True))
        if content_sha256(signed[0].base_content) not in hashes:
            yield f"{contract}: the base of its modifications is no printed award."


def _who_holds_it_was_awarded_it_or_succeeded() -> Iterator[str]:
    awarded = Contract.objects.filter(awarded_at__isnull=False)
    for contract in awarded.exclude(vendor=F("selection__submission__vendor")):
        last = signed_of(contract)
        novated = [each.successor_id for each in last if each.successor_id]
        if novated[-1:] != [contract.vendor_id]:
            yield f"{contract}: nobody has signed that {contract.vendor} succeeds."
    for each in ContractModification.objects.filter(
        state="ISSUED", successor__isnull=False, novation__assumption__isnull=True
    ):
        yield f"{each.contract}: {each.number} is not signed by its successor."


INVARIANTS = [
    Invariant(
        "MOD-1",
        "Modifications of a contract are numbered without a gap, by series.",
        _numbers_have_no_gap,
    ),
    Invariant(
        "MOD-2",
        "The award, changed by its signed modifications in order, is the contract.",
        _base_and_modifications_conform,
    ),
    Invariant(
        "MOD-3",
        "The text that the first modification changes is the one that was awarded.",
        _the_base_is_what_was_awarded,
    ),
    Invariant(
        "MOD-4",
        "A contract is held by whom it was awarded to, or by the last successor that "
        "signed a novation.",
        _who_holds_it_was_awarded_it_or_succeeded,
    ),
]
