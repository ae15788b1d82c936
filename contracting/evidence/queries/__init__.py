"""Reads of archives, and the plan of what goes into one."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Final

from django.db.models import QuerySet

from accounts.states import SOURCE_SELECTION_ROLES
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.permissions import Verdict
from contracting.documents.models import Document, Operation
from contracting.documents.states import DocumentState
from contracting.evidence.models import Archive
from contracting.evidence.queries import papers, scopes, tables
from contracting.evidence.states import WORK, Level
from contracting.orders.models import TaskOrder
from contracting.orders.queries import visible_to as orders_visible_to

papers_of = papers.papers_of

MOST_UNDER_WAY: Final = 3
"""Archives of one organization that are gathered at the same time."""

SOLICITATION: Final = "solicitation:"


def get_archive_for(actor: Actor, public_id: str) -> Archive:
    """An archive that the actor's organization has asked for.

    :raises NotVisible: for anybody else, and for an address that does not exist
    """
    asked = Archive.objects.visible_to(actor).select_related(
        "operation", "contract__agency", "contract__vendor", "solicitation__agency"
    )
    found: Archive | None = asked.filter(public_id=public_id).first()
    if found is None:
        message = "There is no such archive."
        raise NotVisible(message)
    return found


def archives_of(contract: Contract, actor: Actor) -> QuerySet[Archive]:
    """What the actor's organization has asked for of a contract, newest first."""
    asked = Archive.objects.visible_to(actor).filter(contract=contract)
    return asked.select_related("operation", "finished__blob").order_by("-pk")


def under_way(organization_id: int) -> QuerySet[Operation]:
    """Archives of the organization that are being gathered."""
    return Operation.objects.open().filter(kind=WORK, organization_id=organization_id)


def same_under_way(archive: Archive, organization_id: int) -> Archive | None:
    """One of the same, for the same readers, that is being gathered already."""
    found: Archive | None = (
        Archive.objects.filter(
            operation__in=under_way(organization_id),
            operation__cancel_asked_at=None,
            kind=archive.kind,
            level=archive.level,
            contract=archive.contract,
            solicitation=archive.solicitation,
            plan=archive.plan,
        )
        .select_related("operation")
        .first()
    )
    return found


def orders_to_choose(contract: Contract, actor: Actor) -> list[TaskOrder]:
    """The orders of the contract that the actor may read."""
    return list(orders_visible_to(actor).filter(contract=contract).order_by("pk"))


def may_select_sources(actor: Actor) -> bool:
    """Whether the actor takes part in source selections, or audits them."""
    return actor.is_agency and actor.has_role(*SOURCE_SELECTION_ROLES)


def holds_source_selection(archive: Archive) -> bool:
    """Whether it has the chain of a solicitation, and so who offered what."""
    return any(
        entry.get("chain", "").startswith(SOLICITATION) for entry in archive.plan
    )


def paper_entries(chosen: Sequence[Document]) -> list[dict[str, Any]]:
    """Papers in a plan: each with the print that is in force now."""
    return [
        {"paper": each.pk, "rendering": made.pk}
        for each in chosen
        if (made := each.rendering) is not None
    ]


def unprinted(chosen: Sequence[Document]) -> list[Document]:
    """Those that have no print."""
    return [each for each in chosen if each.state != DocumentState.RENDERED]


def papers_for_pack(
    contract: Contract,
    level: str,
    actor: Actor,
    *,
    orders: Collection[TaskOrder] = (),
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> list[Document]:
    """The papers of a pack of this level, oldest first."""
    streams = [contract.stream]
    if level != Level.FULL or may_select_sources(actor):
        streams.append(contract.solicitation.stream)
    found = papers.readable_papers(streams, actor)
    if level == Level.RELEASE:
        found = [each for each in found if each.is_public]
    return papers.narrowed(
        found,
        contract=contract,
        orders=orders,
        starts_on=starts_on,
        ends_on=ends_on,
    )


def record_entries(
    contract: Contract, level: str, actor: Actor
) -> list[dict[str, Any]]:
    """What a pack has beside papers: tables, the index of the file, the chains."""
    entries = [{"table": each.name} for each in tables.tables_for(level)]
    entries.append({"facts": "contract"})
    if level == Level.FULL:
        entries.append({"index": "file"})
    if level == Level.RELEASE:
        entries.append({"withheld": "papers"})
    entries.append({"chain": contract.stream})
    if level == Level.FULL and may_select_sources(actor):
        entries.append({"chain": contract.solicitation.stream})
    return entries


def scope_of(archive: Archive, actor: Actor) -> scopes.Scope:
    """Of what the tables of an archive are."""
    assert archive.contract is not None  # noqa: S101 (a constraint holds it)
    return scopes.Scope(
        contract=archive.contract,
        actor=actor,
        level=archive.level,
        orders=tuple(archive.orders),
        starts_on=archive.starts_on,
        ends_on=archive.ends_on,
    )


def zip_name(archive: Archive) -> str:
    """What the file is called when it is saved: letters, digits and hyphens only."""
    number = re.sub(r"[^A-Za-z0-9]+", "-", archive.number).strip("-") or "papers"
    what = f"evidence-{archive.level.lower()}" if archive.is_pack else "papers"
    return f"{number}-{what}-{archive.asked_at:%Y-%m-%d}.zip"


def first_verdict(verdicts: Sequence[Verdict]) -> Verdict:
    """Whether any of them allows it; if none does, what the first one says."""
    return next((each for each in verdicts if each), verdicts[0])
