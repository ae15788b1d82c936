"""Ask for everything on a contract."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.evidence import events, permissions, queries
from contracting.evidence.models import Archive
from contracting.evidence.operations.bundle import (
    begin,
    insist_on_prints,
    locked_organization,
)
from contracting.evidence.refusals import NothingToGather
from contracting.evidence.states import ArchiveKind, Level
from contracting.orders.models import TaskOrder


@transaction.atomic
def build_pack(
    *,
    contract_id: int,
    level: str,
    orders: Sequence[str] = (),
    starts_on: date | None = None,
    ends_on: date | None = None,
    by: Actor,
    at: datetime,
) -> Archive:
    """Have the evidence of a contract gathered: papers, records, chains of events.

    While the same is under way for the same organization, asking again leads to it.

    :param level: how much is left out, and for whom it is
    :param orders: public ids of the orders that it is about; all when empty
    :param starts_on: first day, in the contract's time zone; all when left out
    :raises NotAllowed: unless ``by`` may have what is in a pack of this level
    :raises NothingToGather: if an order is not there, or the days are none
    :raises PapersNotPrinted: naming those that have no print
    :raises TooManyArchives: while others of the organization are under way
    """
    locked_organization(by)
    contract = Contract.objects.select_related("solicitation").get(pk=contract_id)
    require(permissions.can_build_pack(by, contract, level))
    if starts_on and ends_on and starts_on > ends_on:
        message = "The last day is before the first."
        raise NothingToGather(message, pointer="/ends_on")
    chosen = _orders(contract, orders, by)
    papers = queries.papers_for_pack(
        contract, level, by, orders=chosen, starts_on=starts_on, ends_on=ends_on
    )
    insist_on_prints(papers)
    archive = Archive(
        kind=ArchiveKind.PACK,
        level=level,
        contract=contract,
        number=contract.name,
        title=f"Evidence on {contract.piid}, {Level(level).label}"[:240],
        starts_on=starts_on,
        ends_on=ends_on,
        orders=[each.public_id for each in chosen],
        plan=[
            *queries.paper_entries(papers),
            *queries.record_entries(contract, level, by),
        ],
        asked_at=at,
        asked_by_name=by.name,
    )
    same = queries.same_under_way(archive, by.own_organization_id)
    if same is not None and _is_same_scope(same, archive):
        return same
    begin(archive, by=by, at=at)
    record_event(
        events.PACK_ASKED,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            "archive": archive.public_id,
            "level": level,
            "orders": archive.orders,
            "starts_on": starts_on,
            "ends_on": ends_on,
            "papers": len(papers),
        },
    )
    return archive


def _is_same_scope(one: Archive, other: Archive) -> bool:
    return (one.orders, one.starts_on, one.ends_on) == (
        other.orders,
        other.starts_on,
        other.ends_on,
    )


def _orders(contract: Contract, wanted: Sequence[str], by: Actor) -> list[TaskOrder]:
    if not wanted:
        return []
    known = queries.orders_to_choose(contract, by)
    chosen = [each for each in known if each.public_id in set(wanted)]
    if len(chosen) != len(set(wanted)):
        message = "One of these orders is not there. Choose from the list."
        raise NothingToGather(message, pointer="/orders")
    return chosen
