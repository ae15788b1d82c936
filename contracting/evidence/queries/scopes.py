"""Of what the tables of a pack are: which orders, which days, for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from contracting.billing.models import Invoice
from contracting.billing.queries import invoices_visible_to
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.periods import day_bounds
from contracting.orders.models import TaskOrder
from contracting.orders.queries import visible_to as orders_visible_to


@dataclass(frozen=True, slots=True)
class Scope:
    """Of what, for whom, and how much is left out."""

    contract: Contract
    actor: Actor
    level: str
    orders: tuple[str, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None

    def chosen(self) -> QuerySet[TaskOrder]:
        """The orders that are meant, as far as the actor may read them."""
        found = orders_visible_to(self.actor).filter(contract=self.contract)
        if self.orders:
            found = found.filter(public_id__in=self.orders)
        return found.order_by("pk")

    def invoices(self) -> QuerySet[Invoice]:
        """Invoices of those orders that touch the period."""
        found = self.of_orders(invoices_visible_to(self.actor))
        return found.filter(self.touches())

    def touches(self, first: str = "period_start", last: str = "period_end") -> Q:
        """Rows whose own period, ``[first, last)``, has an instant in ours.

        Days are those of the contract.
        """
        found, zone = Q(), self.contract.time_zone
        if self.ends_on:
            found &= Q(**{f"{first}__lt": day_bounds(self.ends_on, zone).end})
        if self.starts_on:
            found &= Q(**{f"{last}__gt": day_bounds(self.starts_on, zone).start})
        return found

    def within(self, instant: str) -> Q:
        """Rows of which this instant lies in the period."""
        found, zone = Q(), self.contract.time_zone
        if self.ends_on:
            found &= Q(**{f"{instant}__lt": day_bounds(self.ends_on, zone).end})
        if self.starts_on:
            found &= Q(**{f"{instant}__gte": day_bounds(self.starts_on, zone).start})
        return found

    def of_orders(self, rows: QuerySet[Any], path: str = "order") -> QuerySet[Any]:
        """Only rows of the orders that are meant, in the order they were recorded."""
        return rows.filter(**{f"{path}__in": self._ids()}).order_by("pk")

    def _ids(self) -> list[int]:
        return list(self.chosen().values_list("pk", flat=True))
