"""Reads of modifications of contracts, and of the contract as they conform it."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet, Sum

from contracting.audit.models import AuditEvent
from contracting.audit.queries import events_of
from contracting.contracts.calculations import content
from contracting.contracts.models import Contract
from contracting.contracts.queries import visible_to as contracts_visible_to
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.errors import NotVisible
from contracting.core.quantities import Dollars
from contracting.determinations.models import Determination
from contracting.determinations.queries import approved
from contracting.determinations.states import Kind
from contracting.modifications import calculations, events
from contracting.modifications.models import ContractModification
from contracting.orders.calculations import changes_of, in_words
from contracting.orders.calculations import content as order_content
from contracting.orders.models import Modification, OrderLine, TaskOrder
from contracting.orders.states import (
    SIGNED,
    ModificationAuthority,
    ModificationState,
    TaskOrderState,
)

LIVE = (*SIGNED, TaskOrderState.SUBMITTED, TaskOrderState.APPROVED)
"""The states of an order that takes room on its lines, or is about to."""


def visible_to(actor: Actor) -> QuerySet[ContractModification]:
    """Those of visible contracts; to a vendor, what is signed or waits for it."""
    found = ContractModification.objects.filter(
        contract__in=contracts_visible_to(actor)
    ).select_related(
        "contract__agency",
        "contract__vendor",
        "contract__solicitation",
        "drafted_by__user",
        "signed_by__user",
        "vendor_signed_by__user",
    )
    if actor.is_agency:
        return found.exclude(state=ModificationState.DISCARDED)
    for_signature = Q(
        state=ModificationState.DRAFT,
        authority=ModificationAuthority.SUPPLEMENTAL_AGREEMENT,
    )
    return found.filter(Q(state=ModificationState.ISSUED) | for_signature)


def get_modification_for(actor: Actor, public_id: str) -> ContractModification:
    """One modification by its opaque id.

    :raises NotVisible: if it is not there for this actor
    """
    found = visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such modification."
        raise NotVisible(message, rule="R-ROL-07")
    return found


def signed_of(contract: Contract) -> list[ContractModification]:
    """Every signed modification of the contract, in the order of the signatures."""
    signed = ContractModification.objects.filter(
        contract=contract, state=ModificationState.ISSUED
    )
    return list(
        signed.select_related("contract", "signed_by__user").order_by("base_version")
    )


def justification_of(modification: ContractModification) -> Determination | None:
    """The approved justification of what lies out of scope (R-MOD-04)."""
    return approved(modification.subject, Kind.OTHER_THAN_FULL)


@dataclass(frozen=True, slots=True)
class Conformed:
    """The contract as it reads on a day, and what brought it about."""

    contract: Contract
    on: date
    content: dict[str, Any]
    modifications: list[ContractModification]

    @property
    def content_sha256(self) -> str:
        """The hash by which papers and decisions name this text."""
        return content_sha256(self.content)

    @property
    def version(self) -> int:
        """The version that the last of its modifications made; 1 is the award."""
        if not self.modifications:
            return self.first_version
        return max(each.base_version for each in self.modifications) + 1

    @property
    def first_version(self) -> int:
        """The version that was awarded."""
        signed = signed_of(self.contract)
        return signed[0].base_version if signed else self.contract.version

    def words(self) -> list[tuple[str, str]]:
        """Every term in words."""
        return list(calculations.in_words(self.content))


def conformed(contract: Contract, on: date) -> Conformed:
    """The contract as it reads on a day, as known now (FAR 43.301)."""
    found, told = calculations.conformed_on(contract, signed_of(contract), on)
    return Conformed(contract, on, found, told)


@dataclass(frozen=True, slots=True)
class Clash:
    """One term of a draft whose base has moved: three texts, none of them lost."""

    term: str
    base: str
    in_force: str
    drafted: str

    @property
    def is_clash(self) -> bool:
        """Whether what was signed meanwhile changed this very term."""
        return self.base != self.in_force


def clashes(modification: ContractModification) -> list[Clash]:
    """What a draft changes, against what it was drafted on and what is in force."""
    now = dict(
        calculations.in_words(content(modification.contract)),
    )
    return [
        Clash(change.term, change.old, now.get(change.term, ""), change.new)
        for change in calculations.changes_of(modification)
    ]


def signed_since(modification: ContractModification) -> list[ContractModification]:
    """What was signed on the contract after the text on which this was drafted."""
    return [
        each
        for each in signed_of(modification.contract)
        if each.base_version >= modification.base_version
    ]


def clashes_of_order(modification: Modification) -> list[Clash]:
    """What a draft of an order changes, as drafted, in force, and on what is in force.

    The text on which it was drafted is the one that its last event has kept.
    """
    kept = [
        event
        for event in events_of(modification.subject)
        if "changes" in json.loads(event.payload)["data"]
    ]
    drafted = json.loads(kept[-1].payload)["data"]["changes"] if kept else []
    now = dict(in_words(order_content(modification.order)))
    after = {change.term: change.new for change in changes_of(modification)}
    return [
        Clash(
            row["term"],
            row["old"],
            now.get(row["term"], ""),
            after.get(row["term"], row["new"]),
        )
        for row in drafted
    ]


def ordered_on(contract: Contract) -> dict[str, Dollars]:
    """What the live orders of a contract may cost, by contract line."""
    rows = (
        OrderLine.objects.filter(
            order__contract=contract,
            order__state__in=LIVE,
            is_removed=False,
        )
        .values("contract_line__clin")
        .annotate(sum=Sum("ceiling_dollars"))
    )
    return {row["contract_line__clin"]: Dollars(row["sum"]) for row in rows}


def orders_priced_by(modification: ContractModification) -> QuerySet[TaskOrder]:
    """The signed orders with a price whose place one of its prices takes."""
    wanted = Q(pk__in=[])
    for rate in modification.rates:
        wanted |= Q(
            lines__is_removed=False,
            lines__contract_line__clin=rate["clin"],
            lines__rates__rate_row__model__snapshot=rate["model"],
            lines__rates__rate_row__token_class__code=rate["class"],
            lines__rates__rate_row__tier=rate["tier"],
            lines__rates__rate_row__context_band=rate["context_band"],
            lines__rates__rate_row__boundary=rate["boundary"],
        )
    touched = TaskOrder.objects.filter(
        wanted, contract_id=modification.contract_id, state__in=SIGNED
    )
    return TaskOrder.objects.filter(pk__in=touched.values("pk")).order_by("pk")


_ACCEPTED: list[Callable[[Collection[int]], datetime | None]] = []


def tell_accepted(through: Callable[[Collection[int]], datetime | None]) -> None:
    """Let a later stage, which this one does not know, say what is accepted.

    :param through: gives the end of the last period of which usage is accepted on any
        of these orders
    """
    if through not in _ACCEPTED:
        _ACCEPTED.append(through)


def accepted_through(order_ids: Collection[int]) -> datetime | None:
    """The end of the last period of which usage is accepted on any of the orders."""
    ends = [through(order_ids) for through in _ACCEPTED]
    return max((end for end in ends if end is not None), default=None)


def history_of(
    actor: Actor, modification: ContractModification
) -> QuerySet[AuditEvent]:
    """What happened to it, oldest first; a vendor reads what was signed."""
    found = events_of(modification.subject)
    if actor.is_vendor:
        return found.filter(event__in=[each.code for each in events.SIGNED_EVENTS])
    return found
