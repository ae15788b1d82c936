"""What is to be done on a contract, each with its day: one list over all stages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from contracting.contracts.models import Contract
from contracting.contracts.queries import (
    clocks_of,
    keeps_the_days,
    letters_of,
    representatives,
    suspending_protest,
)
from contracting.contracts.queries.agreements import review_due_on
from contracting.contracts.queries.officers import (
    IN_HAND,
    gap_of,
    officer_of,
    warranted_until,
)
from contracting.contracts.states import ContractState
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day

SOON: Final = timedelta(days=90)
"""So long before it ends a period or a letter is on the list."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do or to wait for, where it is done, and its last day if it has one.

    ``group`` is what it belongs to, such as ``"Reports"``; ``who`` whose turn it is.
    """

    group: str
    what: str
    path: str
    due_on: date | None = None
    who: str = ""
    rule: str = ""

    def is_overdue(self, on: date) -> bool:
        """Whether its day has passed."""
        return self.due_on is not None and on > self.due_on

    def days_left(self, on: date) -> int | None:
        """Days until its day, below zero once it has passed."""
        return None if self.due_on is None else (self.due_on - on).days


Tell = Callable[[Contract, Actor, datetime], Iterable[Task]]
_tells: list[Tell] = []


def tell_tasks(tell: Tell) -> None:
    """Let a later stage, which this one does not know, put its tasks on the list.

    :param tell: the tasks of one contract that this actor may read, at an instant
    """
    if tell not in _tells:
        _tells.append(tell)


def tasks_of(contract: Contract, actor: Actor, at: datetime) -> list[Task]:
    """Everything that is open on a contract for this reader, the next due day first."""
    if contract.awarded_at is None:
        return []
    found = [*_own(contract, actor, at)]
    for tell in _tells:
        found += tell(contract, actor, at)
    return sorted(found, key=lambda task: (task.due_on or date.max, task.group))


def _own(contract: Contract, actor: Actor, at: datetime) -> Iterable[Task]:
    on = accounting_day(at, contract.time_zone)
    if contract.state == ContractState.AWARDED:
        yield from _period(contract, on)
    if not actor.is_agency:
        return
    if keeps_the_days(actor):
        for clock in clocks_of(contract):
            if clock.done_on is None:
                where, due = clock.path, clock.due_on
                yield Task("After the award", clock.what, where, due, "", clock.rule)
    yield from _officer(contract, on)
    if contract.state == ContractState.AWARDED:
        yield from _representatives(contract, on)
        review = review_due_on(contract)
        if review is not None and on >= review - SOON:
            yield Task(
                "Agreement",
                "Yearly review of the agreement",
                f"{contract.path}/review_agreement",
                review,
                "Contracting officer",
            )
    protest = suspending_protest(contract)
    if protest is not None:
        yield Task(
            "Protests",
            f"Protest {protest.number} suspends performance and ordering",
            f"{contract.path}/lift_protest",
            None,
            "Head of the contracting activity",
            "R-AWD-07",
        )


def _period(contract: Contract, on: date) -> Iterable[Task]:
    if contract.ordering_end < on or contract.ordering_end - SOON > on:
        return
    what = f"Last day for {contract.order_noun}s"
    if not contract.takes_orders:
        what = "Last day of performance"
    yield Task("Period", what, contract.path, contract.ordering_end)


def _officer(contract: Contract, on: date) -> Iterable[Task]:
    """The contract has to be with somebody who may sign."""
    officer = officer_of(contract)
    if officer is None or contract.state not in IN_HAND:
        return
    until = warranted_until(officer, on)
    gap = gap_of(officer, until)
    if not gap and (until is None or until - SOON > on):
        return
    name = officer.user.name
    yield Task(
        "Officer",
        f"{name} {gap}: hand the contract over"
        if gap
        else f"The warrant of {name} ends",
        f"/officers/{officer.public_id}/reassign_contracts",
        None if gap else until,
        "Contracting officer",
        "R-ROL-01",
    )


def _representatives(contract: Contract, on: date) -> Iterable[Task]:
    group, path = "Representatives", f"{contract.path}/designate_cor"
    letters = list(representatives(contract, on))
    waiting = [each for each in letters_of(contract) if not each.is_accepted]
    for letter in waiting:
        yield Task(
            group,
            f"{letter.membership.user.name} accepts the letter of designation",
            f"{contract.path}/accept_designation",
            letter.valid_from,
            letter.membership.user.name,
            "R-ROL-05",
        )
    if not letters and not waiting:
        what = "Designate a representative of the contracting officer"
        yield Task(group, what, path, None, "Contracting officer", "R-ROL-05")
    for letter in letters:
        last = min(letter.valid_to, letter.certified_until or letter.valid_to)
        if last - SOON <= on:
            yield Task(
                group,
                f"The designation of {letter.membership.user.name} ends",
                path,
                last,
                "Contracting officer",
                "R-ROL-05",
            )
