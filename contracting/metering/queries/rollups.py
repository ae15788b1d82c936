"""Reads of the roll-ups: usage by hour, by day, and of a whole agency.

Every page and report that shows sums of usage reads these and never the raw rows. They
are at most as old as :func:`contracting.ledger.queries.roller_lag` says.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import F, Min, QuerySet, Sum

from contracting.metering.models import DailyUsage, HourlyUsage, PortfolioDay

_COLUMNS: Final = {
    "hour": "hour",
    "day": "day",
    "order_line": "order_line_id",
    "order": "order_line__order_id",
    "contract": "order_line__order__contract_id",
    "contract_line": "order_line__contract_line_id",
    "model": "model_id",
    "token_class": "token_class_code",
    "tier": "tier",
}
"""By what usage can be grouped, and where that stands."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Sums of a group; what it is not grouped by is ``None``.

    ``events`` counts rated lines: a call has one for each class of its tokens.
    ``dollars`` are exact and unrounded; on a line priced by volume they are those of
    the event, before its period run.
    """

    events: int
    tokens: int
    dollars: Decimal
    micro_acu: Decimal
    hour: datetime | None = None
    day: date | None = None
    order_line: int | None = None
    order: int | None = None
    contract: int | None = None
    contract_line: int | None = None
    model: int | None = None
    token_class: str | None = None
    tier: str | None = None


@dataclass(frozen=True, slots=True)
class UsageOf:
    """Whose usage, by primary keys; what is not said is not asked for."""

    order_lines: Sequence[int] | None = None
    orders: Sequence[int] | None = None
    contracts: Sequence[int] | None = None
    agency: int | None = None
    models: Sequence[int] | None = None
    token_classes: Sequence[str] | None = None

    def filter(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that are meant."""
        asked = {
            "order_line__in": self.order_lines,
            "order_line__order__in": self.orders,
            "order_line__order__contract__in": self.contracts,
            "order_line__order__contract__agency": self.agency,
            "model__in": self.models,
            "token_class_code__in": self.token_classes,
        }
        return rows.filter(**{k: v for k, v in asked.items() if v is not None})


def hourly_usage(
    of: UsageOf,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    by: Iterable[str] = ("hour",),
) -> list[Usage]:
    """Usage by UTC hour, in the order of ``by``.

    :param since: the first hour that is meant; ``until`` is the first that is not
    :param by: of hour, order_line, order, contract, contract_line, model, token_class
        and tier
    """
    rows = of.filter(HourlyUsage.objects.all())
    if since is not None:
        rows = rows.filter(hour__gte=since)
    if until is not None:
        rows = rows.filter(hour__lt=until)
    return _grouped(rows, by)


def daily_usage(
    of: UsageOf,
    *,
    since: date | None = None,
    until: date | None = None,
    by: Iterable[str] = ("day",),
) -> list[Usage]:
    """Usage by accounting day of the contract, in the order of ``by``.

    :param since: the first day that is meant; ``until`` is the first that is not
    :param by: of day, order_line, order, contract, contract_line, model, token_class
        and tier
    """
    return _grouped(_within(of.filter(DailyUsage.objects.all()), since, until), by)


def portfolio_usage(
    agency_id: int,
    *,
    since: date | None = None,
    until: date | None = None,
    by: Iterable[str] = ("day",),
) -> list[Usage]:
    """Usage of a whole agency by day, model, token_class and tier."""
    rows = PortfolioDay.objects.filter(agency=agency_id)
    return _grouped(_within(rows, since, until), by)


def total_usage(of: UsageOf) -> Usage:
    """All usage together; zeros where there is none."""
    found = daily_usage(of, by=())
    return found[0] if found else Usage(0, 0, Decimal(0), Decimal(0))


def first_days_of(
    orders: Collection[int], since: date | None = None
) -> dict[int, date]:
    """The first accounting day on which each order was used; others are left out.

    :param since: the first day that is meant
    """
    rows = _within(
        DailyUsage.objects.filter(order_line__order__in=orders, events__gt=0),
        since,
        None,
    )
    firsts = rows.order_by().values_list("order_line__order").annotate(Min("day"))
    return dict(firsts)


def orders_used() -> QuerySet[Any]:
    """Every order that was ever used, for a subquery."""
    rows = DailyUsage.objects.filter(events__gt=0)
    return rows.order_by().values("order_line__order")


def _within(
    rows: QuerySet[Any], since: date | None, until: date | None
) -> QuerySet[Any]:
    if since is not None:
        rows = rows.filter(day__gte=since)
    if until is not None:
        rows = rows.filter(day__lt=until)
    return rows


def _grouped(rows: QuerySet[Any], by: Iterable[str]) -> list[Usage]:
    names = tuple(by)
    sums = {f"sum_{name}": Sum(name) for name in _SUMS}
    if not names:
        found = rows.aggregate(**sums)
        groups = [] if found["sum_events"] is None else [found]
    else:
        keys = {f"by_{name}": F(_COLUMNS[name]) for name in names}
        groups = list(rows.order_by().values(**keys).annotate(**sums).order_by(*keys))
    return [
        Usage(
            **{name: group[f"sum_{name}"] for name in _SUMS},
            **{name: group[f"by_{name}"] for name in names},
        )
        for group in groups
    ]


_SUMS: Final = ("events", "tokens", "dollars", "micro_acu")
