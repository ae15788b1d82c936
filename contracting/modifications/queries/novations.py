"""Novations: who signed for the successor, who is told, and what must be settled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from accounts.models import Membership
from contracting.core.actors import Actor
from contracting.documents.states import DocumentKind
from contracting.modifications.models import (
    Assumption,
    ContractModification,
    Novation,
)
from contracting.modifications.states import ModificationKind
from contracting.orders.models import Modification
from contracting.orders.states import ModificationState

ASSUME = "assume_contract"

INSTRUMENTS = (
    DocumentKind.CONTRACT,
    DocumentKind.TASK_ORDER,
    DocumentKind.MODIFICATION,
    DocumentKind.CONFORMED_CONTRACT,
    DocumentKind.OPTION_INTENT,
    DocumentKind.SERVICE_LEVELS,
)
"""The papers that bind whoever holds the contract, whomever they were made out to."""


def novation_of(modification: ContractModification) -> Novation | None:
    """What a novation rests on; ``None`` for any other modification."""
    return (
        Novation.objects.filter(modification=modification)
        .select_related("transferor", "assumption__signed_by__user")
        .first()
    )


def successor_signature(
    modification: ContractModification,
) -> tuple[str, Membership, datetime] | None:
    """The act, the person and the instant of the successor's signature, if any."""
    found = assumption_of(modification)
    return (ASSUME, found.signed_by, found.signed_at) if found else None


def assumption_of(modification: ContractModification) -> Assumption | None:
    """The successor's signature on the version that stands."""
    found = Assumption.objects.filter(
        novation__modification=modification, version=modification.version
    )
    return found.select_related("signed_by__user", "signed_by__organization").first()


def vendors_told(modification: ContractModification) -> list[int]:
    """The vendors that are told of its signature: the holder, and who was it before."""
    novation = novation_of(modification)
    before = [novation.transferor_id] if novation else []
    return [modification.contract.vendor_id, *before]


def half_signed(modification: ContractModification) -> Iterator[str]:
    """What the transferor has signed under the contract and the office has not."""
    waiting = Modification.objects.filter(
        order__contract=modification.contract_id,
        state=ModificationState.DRAFT,
        vendor_signed_at__isnull=False,
    )
    for each in waiting.select_related("order").order_by("pk"):
        yield f"a modification of order {each.order.piid}"


Follow = Callable[[Novation, Actor, datetime], None]
_FOLLOWS: list[Follow] = []


def let_follow(follow: Follow) -> None:
    """Let a later stage do what follows of itself from a signed novation."""
    if follow not in _FOLLOWS:
        _FOLLOWS.append(follow)


def do_what_follows(
    modification: ContractModification, by: Actor, at: datetime
) -> None:
    """What later stages do once a novation is signed; nothing for another kind."""
    novation = novation_of(modification)
    if novation is not None:
        novation.modification = modification
        for follow in _FOLLOWS:
            follow(novation, by, at)


def papers_taken_over(actor: Actor) -> Q:
    """The instruments of contracts that the acting vendor holds by a novation.

    Who has handed a contract over reads the novation that says so.
    """
    held: QuerySet[ContractModification] = ContractModification.objects.filter(
        kind=ModificationKind.NOVATION,
        state=ModificationState.ISSUED,
        contract__vendor=actor.organization_id,
    )
    streams = held.annotate(
        of=Concat(
            Value("contract:"),
            Cast(F("contract_id"), CharField()),
            output_field=CharField(),
        )
    ).values("of")
    given = Novation.objects.filter(transferor=actor.organization_id)
    return Q(kind__in=INSTRUMENTS, stream__in=streams) | Q(
        kind=DocumentKind.MODIFICATION,
        subject_kind="modifications.modification",
        subject_id__in=given.values("modification"),
    )
