"""Who uses what: an agency's usage by day, in the groups in which people ask for it.

Everything is read from the daily sums of :func:`daily_rows`, in one place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Max, Min, QuerySet, Sum

from accounts.models import Organization
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.plots.mix import kind_of
from contracting.metering.calculations.grouping import Kinds
from contracting.metering.models import DailyUsage, KeyedUsage, UsageBatch
from contracting.metering.queries.keyed import (
    NO_NAME,
    of_key,
    of_project,
    with_project,
)
from contracting.orders.models import TaskOrder
from contracting.orders.queries import visible_to
from contracting.reference.models import AiModel
from contracting.reference.queries import token_classes
from contracting.reference.states import Tier

_ORDER: Final = "order_line__order"
_CONTRACT: Final = f"{_ORDER}__contract"
_MODEL: Final = "model"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which usage is meant: days, both included, and of which contract, order, model.

    ``token_class`` and ``tier`` are codes; what is ``None`` or empty is any.
    """

    first: date
    last: date
    contract: Contract | None = None
    order: TaskOrder | None = None
    model: AiModel | None = None
    token_class: str = ""
    tier: str = ""
    key: str = ""
    project: str = ""

    @property
    def is_of_a_name(self) -> bool:
        """Whether the usage of one key or project alone is meant."""
        return bool(self.key or self.project)


@dataclass(frozen=True, slots=True)
class Group:
    """Tokens and exact dollars of one group, and the words that name it.

    ``narrows`` names the value in the filter that shows this group alone.
    """

    label: str
    detail: str
    narrows: tuple[str, str]
    tokens: int
    dollars: Decimal

    @property
    def usd_per_million_tokens(self) -> Decimal | None:
        """What a million tokens has cost on the average; nothing without tokens."""
        if self.tokens <= 0:
            return None
        return (self.dollars * 1_000_000 / self.tokens).quantize(Decimal("0.000001"))


@dataclass(frozen=True, slots=True)
class Grouping:
    """A way to group usage: the columns that name a group, of a daily sum."""

    label: str
    filter: str
    columns: tuple[str, ...]


GROUPINGS: Final = {
    "order": Grouping(
        "Order",
        "order",
        (f"{_ORDER}__piid", f"{_ORDER}__title", f"{_ORDER}__public_id"),
    ),
    "contract": Grouping(
        "Contract",
        "contract",
        (f"{_CONTRACT}__piid", f"{_CONTRACT}__title", f"{_CONTRACT}__public_id"),
    ),
    "line": Grouping(
        "Order line",
        "order",
        (f"{_ORDER}__piid", "order_line__contract_line__clin", f"{_ORDER}__public_id"),
    ),
    "model": Grouping(
        "Model",
        "model",
        (f"{_MODEL}__snapshot", f"{_MODEL}__provider", f"{_MODEL}__public_id"),
    ),
    "project": Grouping("Project", "project", ("project",)),
    "key": Grouping("Key", "key", ("key_ref", "source__label", "key_ref")),
    "class": Grouping("Token class", "token_class", ("token_class_code",)),
    "tier": Grouping("Service tier", "tier", ("tier",)),
}
"""How usage can be grouped; the first is the default."""

BY_NAME: Final = ("project", "key")
"""What is read from the rows that are sorted by key."""


def daily_rows(orders: QuerySet[TaskOrder]) -> QuerySet[Any]:
    """The daily sums of these orders, by line, model, class and tier.

    The one place that knows where the sums come from: every figure of the explorer is
    a sum over these rows, and none is read from the calls themselves.
    """
    return DailyUsage.objects.filter(order_line__order__in=orders)


def keyed_rows(orders: QuerySet[TaskOrder]) -> QuerySet[Any]:
    """The same by source and key, as far as usage is sorted by them."""
    return KeyedUsage.objects.filter(order_line__order__in=orders)


def usage_asked(actor: Actor, asked: Asked, *, keyed: bool = False) -> QuerySet[Any]:
    """The daily sums of what is asked for, of orders that the actor may see.

    :param keyed: by source and key as well, as far as usage is sorted by them
    """
    orders = visible_to(actor).order_by()
    if asked.contract is not None:
        orders = orders.filter(contract=asked.contract)
    if asked.order is not None:
        orders = orders.filter(pk=asked.order.pk)
    found = keyed_rows(orders) if keyed or asked.is_of_a_name else daily_rows(orders)
    rows = found.filter(day__gte=asked.first, day__lte=asked.last)
    if asked.key:
        rows = of_key(rows, asked.key)
    if asked.project:
        rows = of_project(rows, asked.project)
    if asked.model is not None:
        rows = rows.filter(model=asked.model.pk)
    if asked.token_class:
        rows = rows.filter(token_class_code=asked.token_class)
    if asked.tier:
        rows = rows.filter(tier=asked.tier)
    return rows.order_by()


def kinds_by_day(rows: QuerySet[Any]) -> Iterator[Kinds]:
    """Tokens and dollars by day and kind, as the drawing of the mix has them."""
    sums = (
        rows.values("day", "token_class_code", "tier")
        .annotate(sum_tokens=Sum("tokens"), sum_dollars=Sum("dollars"))
        .order_by("day", "token_class_code", "tier")
    )
    for row in sums:
        kind = kind_of(row["token_class_code"], row["tier"])
        yield Kinds(row["day"], kind, row["sum_tokens"], row["sum_dollars"])


def groups(rows: QuerySet[Any], by: str) -> list[Group]:
    """The same usage by group, the dearest first.

    :param by: a key of ``GROUPINGS``
    """
    grouping = GROUPINGS[by]
    if by == "project":
        rows = with_project(rows)
    sums = rows.values(*grouping.columns).annotate(
        sum_tokens=Sum("tokens"), sum_dollars=Sum("dollars")
    )
    classes = {row.code: row.label for row in token_classes()}
    found = [
        Group(
            *_words(by, [row[column] for column in grouping.columns], classes),
            tokens=row["sum_tokens"],
            dollars=row["sum_dollars"],
        )
        for row in sums
    ]
    return sorted(found, key=lambda each: (-each.dollars, each.label, each.detail))


def _words(
    by: str, row: list[Any], classes: dict[str, str]
) -> tuple[str, str, tuple[str, str]]:
    """A group's name, what else is said of it, and the filter that shows it alone."""
    narrows = (GROUPINGS[by].filter, str(row[-1]))
    if by == "class":
        return classes.get(row[0], row[0]), row[0], narrows
    if by == "tier":
        return str(Tier(row[0]).label) if row[0] in Tier.values else row[0], "", narrows
    if by == "line":
        return f"{row[0]} line {row[1]}", "", narrows
    if by in BY_NAME:
        narrows = (GROUPINGS[by].filter, row[0] or NO_NAME)
        detail = row[1] if by == "key" else ""
        return row[0] or f"No {by} named", detail, narrows
    return row[0], row[1], narrows


def detail_rows(rows: QuerySet[Any]) -> Iterator[tuple[Any, ...]]:
    """Every daily sum that is asked for, as the file of it has them, in order."""
    columns = (
        "day",
        f"{_CONTRACT}__piid",
        f"{_ORDER}__piid",
        "order_line__contract_line__clin",
        f"{_MODEL}__snapshot",
        "token_class_code",
        "tier",
    )
    sums = (
        rows.values_list(*columns)
        .annotate(sum_tokens=Sum("tokens"), sum_dollars=Sum("dollars"))
        .order_by(*columns)
    )
    yield from sums.iterator(chunk_size=2_000)


def days_of_use(actor: Actor) -> tuple[date, date] | None:
    """The first and the last day on which the actor's orders were used, if any."""
    found = daily_rows(visible_to(actor).order_by()).aggregate(
        first=Min("day"), last=Max("day")
    )
    return (found["first"], found["last"]) if found["first"] else None


def today_of(agency_id: int, at: datetime) -> date:
    """The calendar day of an instant in the agency's own time zone."""
    return Organization.objects.get(pk=agency_id).local_day(at)


def zone_of_agency(agency_id: int) -> str:
    """The agency's own time zone, such as ``America/New_York``."""
    return Organization.objects.get(pk=agency_id).time_zone


def received_through(agency_id: int) -> datetime | None:
    """When the agency's last delivery of usage was received."""
    found = UsageBatch.objects.filter(agency_id=agency_id).order_by("-pk").first()
    return found.received_at if found else None
