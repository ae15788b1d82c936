"""What months add to the lists of a contract: what is to be done, what is filed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from contracting.contracts.models import Contract
from contracting.contracts.queries.administration import Task
from contracting.contracts.queries.file import Filed
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.orders.models import TaskOrder
from contracting.periods.calculations import last_day_of
from contracting.periods.models import Entry
from contracting.periods.queries import chain_of, months_to_close, orders_with_months
from contracting.periods.queries.ageing import aged
from contracting.periods.states import EntryKind


def tasks_on(contract: Contract, actor: Actor, at: datetime) -> Iterable[Task]:
    """Months of use that are over and not closed, and what is unexplained for long."""
    if not actor.is_agency:
        return
    orders = list(orders_with_months(actor).filter(contract=contract))
    for row in months_to_close(orders, at):
        what = f"Close {row.month:%B %Y} of {row.order.piid}"
        last = last_day_of(row.month)
        yield Task("Months", what, row.path, last, "Representative, finance")
    yield from _old(orders, at)


def _old(orders: list[TaskOrder], at: datetime) -> Iterable[Task]:
    for each in aged(orders, at):
        if each.unexplained:
            what = f"Usage of {each.order.piid} that nobody has accepted or disputed"
            yield Task("Months", what, "/accruals/", each.until, "Representative")


def filed_on(contract: Contract, actor: Actor) -> Iterable[Filed]:
    """The months that were closed and opened again, for the file of the contract."""
    if not actor.is_agency:
        return
    rows = Entry.objects.filter(order__contract=contract).select_related("order")
    for entry in rows.order_by("pk"):
        day = accounting_day(entry.made_at, contract.time_zone)
        what = f"{entry.month:%B %Y} of {entry.order.piid}"
        yield Filed("ACCEPTANCE", f"{what} {entry.get_kind_display()}", entry.path, day)


def opened_again(order: TaskOrder) -> list[str]:
    """The months that were opened again and not closed since, in words (R-CLO-03).

    Somebody is changing their figures. A month that was never closed stands in the way
    of no close-out by itself: what is open in it, an unaccepted use, a discrepancy or
    an unpaid invoice, does (FAR 4.804-5(a) names no accounting month).
    """
    last = {each.month: each.kind for each in chain_of(order)}
    return [
        f"{month:%B %Y} was opened again. Close it first."
        for month, kind in sorted(last.items())
        if kind == EntryKind.REOPENED
    ]
