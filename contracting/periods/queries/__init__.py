"""Reads of the months of an order: which there are, and whether they are closed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import QuerySet

from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import accounting_day, months_after
from contracting.metering.queries.rollups import UsageOf, daily_usage
from contracting.orders.models import TaskOrder
from contracting.orders.queries import get_task_order_for, visible_to
from contracting.orders.states import TaskOrderState
from contracting.periods.calculations import month_of
from contracting.periods.models import Accrual, Entry, Explanation, SignOff
from contracting.periods.states import EntryKind, SignOffPart

RUNNING = (TaskOrderState.ISSUED, TaskOrderState.COMPLETED, TaskOrderState.CLOSED)


def get_order_for(actor: Actor, public_id: str) -> TaskOrder:
    """An order of the agency's own; the books of its months are nobody else's.

    :raises NotVisible: if it is not there for this actor
    """
    order = get_task_order_for(actor, public_id)
    if not actor.is_agency:
        message = "There is no such order."
        raise NotVisible(message, rule="R-ROL-07")
    return order


def entries_visible_to(actor: Actor) -> QuerySet[Entry]:
    """The links of the agency's own orders; a vendor sees none."""
    rows = Entry.objects.select_related(
        "order__contract__agency",
        "made_by__user",
        "representative__signed_by__user",
        "finance__signed_by__user",
    )
    if not actor.is_agency:
        return rows.none()
    return rows.filter(order__in=visible_to(actor))


def get_entry_for(actor: Actor, public_id: str) -> Entry:
    """One link of a chain.

    :raises NotVisible: if it is not there for this actor
    """
    found = entries_visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such month."
        raise NotVisible(message, rule="R-ROL-07")
    return found


def chain_of(order: TaskOrder) -> QuerySet[Entry]:
    """The links of an order, from its first."""
    return Entry.objects.filter(order=order).order_by("number")


def last_link_of(order: TaskOrder, month: date) -> Entry | None:
    """The last thing that was said of a month."""
    return chain_of(order).filter(month=month).last()


def is_closed(order: TaskOrder, month: date) -> bool:
    """Whether a month is closed now."""
    last = last_link_of(order, month)
    return last is not None and last.kind == EntryKind.CLOSED


def closed_months(order: TaskOrder) -> set[date]:
    """The months of an order that are closed now."""
    last = {each.month: each.kind for each in chain_of(order)}
    return {month for month, kind in last.items() if kind == EntryKind.CLOSED}


def months_of(order: TaskOrder, at: datetime) -> list[date]:
    """The months of an order from its first day of performance on, until now.

    Where nothing was used in a month, it is a month all the same, so that it can be
    closed with nothing in it. A correction belongs to the month in which it is made.
    """
    zone = order.contract.time_zone
    first, last = order.period_start, order.period_end
    latest = max([month_of(last), *months_used(order)])
    until = min(month_of(accounting_day(at, zone)), latest)
    found, month = [], month_of(first)
    while month <= until:
        found.append(month)
        month = months_after(month, 1)
    return found


def months_used(order: TaskOrder) -> set[date]:
    """The months in which the meter has usage of an order."""
    rows = daily_usage(UsageOf(orders=[order.pk]), by=("day",))
    return {month_of(row.day) for row in rows if row.day is not None}


def earlier_open(order: TaskOrder, month: date) -> list[date]:
    """The months with usage before this one that are not closed."""
    closed = closed_months(order)
    return sorted(each for each in months_used(order) - closed if each < month)


def month_asked(order: TaskOrder, at: datetime, asked: date | None) -> date | None:
    """The month that a page shows: the one asked for, else the oldest open one."""
    months = months_of(order, at)
    if asked in months:
        return asked
    closed = closed_months(order)
    still = [each for each in months if each not in closed]
    return next(iter(still), months[-1] if months else None)


def sign_offs_of(
    order: TaskOrder, month: date, content_sha256: str
) -> dict[SignOffPart, SignOff]:
    """The words that hold for these very figures of a month, by part."""
    cycle = chain_of(order).filter(month=month).count()
    rows = SignOff.objects.filter(
        order=order, month=month, cycle=cycle, content_sha256=content_sha256
    )
    return {
        SignOffPart(row.part): row
        for row in rows.select_related("signed_by__user").order_by("pk")
    }


def explanations_of(order: TaskOrder, month: date) -> dict[tuple[str, str], str]:
    """What was said of conditions of a month, by condition and facts."""
    rows = Explanation.objects.filter(order=order, month=month).order_by("pk")
    return {(row.condition, row.facts): row.reason for row in rows}


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month of an order in a list."""

    order: TaskOrder
    month: date
    last: Entry | None
    is_used: bool

    @property
    def is_closed(self) -> bool:
        return self.last is not None and self.last.kind == EntryKind.CLOSED

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/orders/{self.order.public_id}/periods?month={self.month:%Y-%m}"


def month_rows(order: TaskOrder, at: datetime) -> list[MonthRow]:
    """The months of an order, the latest first."""
    last = {each.month: each for each in chain_of(order)}
    used = months_used(order)
    return [
        MonthRow(order, month, last.get(month), month in used)
        for month in reversed(months_of(order, at))
    ]


def orders_with_months(actor: Actor) -> QuerySet[TaskOrder]:
    """The signed orders of the agency whose months are closed."""
    if not actor.is_agency:
        return TaskOrder.objects.none()
    rows = visible_to(actor).filter(state__in=RUNNING)
    return rows.select_related("contract").order_by("piid")


_OF_A_LINK: Final = ("order_id", "number", "month", "kind")


def months_to_close(orders: Collection[TaskOrder], at: datetime) -> list[MonthRow]:
    """The months of use that are over and not closed, the oldest first."""
    if not orders:
        return []
    ids = [order.pk for order in orders]
    used = {
        (row.order, month_of(row.day))
        for row in daily_usage(UsageOf(orders=ids), by=("order", "day"))
        if row.day is not None
    }
    links = Entry.objects.filter(order__in=ids).order_by("order_id", "number")
    last = {(row.order_id, row.month): row.kind for row in links.only(*_OF_A_LINK)}
    found = []
    for order in orders:
        this = month_of(accounting_day(at, order.contract.time_zone))
        found += [
            MonthRow(order, month, None, is_used=True)
            for pk, month in used
            if pk == order.pk
            and month < this
            and last.get((pk, month)) != EntryKind.CLOSED
        ]
    return sorted(found, key=lambda row: (row.month, row.order.piid or ""))


def accruals_visible_to(actor: Actor) -> QuerySet[Accrual]:
    """The accruals of the agency's own orders; a vendor sees none."""
    rows = Accrual.objects.select_related(
        "order__contract", "order_line__contract_line", "reverses"
    )
    if not actor.is_agency:
        return rows.none()
    return rows.filter(order__in=visible_to(actor))


def standing_accruals(order: TaskOrder, before: date | None = None) -> list[Accrual]:
    """The accruals of an order that are not taken back, of months before a day."""
    rows = Accrual.objects.filter(
        order=order, reverses__isnull=True, reversal__isnull=True
    )
    if before is not None:
        rows = rows.filter(month__lt=month_of(before))
    return list(rows.order_by("pk"))
