"""What a desk asks for, as items: the shape that every source of work gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any, Final

from django.db.models import QuerySet

from contracting.contracts import queries as contracts
from contracting.contracts.models import Contract, ContractFunding
from contracting.contracts.states import ContractState
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import Allowed, Refused, Verdict
from contracting.desk import calculations
from contracting.desk.calculations import Item, about, address
from contracting.desk.queries import LIMIT
from contracting.solicitations.models import Solicitation

_ALLOWED: Final = Allowed()
Source = Callable[[Actor, datetime, date], Iterator[Item]]
"""What one kind of work is open to the actor at an instant, on a day there."""


def item(
    thing: Any,
    route: str,
    asked: str,
    verdict: Verdict = _ALLOWED,
    missing: str = "",
    rule: str = "",
    **more: Any,
) -> Item:
    """An item about a thing; ``missing`` goes before what the verdict says."""
    why_not = missing or (verdict.reason if isinstance(verdict, Refused) else "")
    return Item(
        **about(thing)
        | more
        | {
            "url": address(route, thing.public_id),
            "asked": asked,
            "why_not": why_not,
            "rule": rule if missing else verdict.rule if why_not else "",
        }
    )


def some(rows: QuerySet[Any]) -> list[Any]:
    """As many rows of a list as a desk shows."""
    return list(rows[:LIMIT])


def deadline_of(solicitation: Solicitation) -> date | None:
    """The day of the deadline where it is told."""
    if solicitation.deadline is None:
        return None
    return accounting_day(solicitation.deadline, solicitation.time_zone)


def draft_awards(by: Actor) -> list[Contract]:
    """Awards that wait for their signature."""
    return some(contracts.visible_to(by).filter(state=ContractState.DRAFT))


def offered_awards(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    """Awards on quotations that wait for their vendor's answer."""
    found = contracts.visible_to(by).filter(state=ContractState.OFFERED)
    return (calculations.offered_item(each, by, at) for each in some(found))


def uncertified(contract: Contract) -> bool:
    """Whether funds of the version in force are still to be certified."""
    funding = ContractFunding.objects.filter(line__contract=contract)
    return funding.exclude(certified_version=contract.version).exists()
