"""How large one order may be, and how long it may perform: columns."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class LimitsOrders(models.Model):
    """What the fill-ins of FAR 52.216-19 and 52.216-22(d) say; empty: no limit."""

    smallest_order_dollars = models.DecimalField(
        max_digits=18,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="FAR 52.216-19(a).",
    )
    largest_item_dollars = models.DecimalField(
        max_digits=18,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="Of a single line, FAR 52.216-19(b)(1).",
    )
    largest_order_dollars = models.DecimalField(
        max_digits=18,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="Of a combination of lines, FAR 52.216-19(b)(2).",
    )
    order_series_days = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="Orders of so many days count as one, FAR 52.216-19(b)(3).",
    )
    performance_end = models.DateField(
        null=True,
        blank=True,
        help_text="Last day of performance of any order, FAR 52.216-22(d).",
    )

    class Meta:
        abstract = True


def order_limits(noun: str) -> models.CheckConstraint:
    """The constraint of one table: limits of orders that can be kept."""
    ordered = (
        Q(smallest_order_dollars__isnull=True)
        | Q(largest_order_dollars__isnull=True)
        | Q(largest_order_dollars__gte=F("smallest_order_dollars"))
    )
    above_zero = Q(order_series_days__isnull=True) | Q(order_series_days__gte=1)
    for name in (
        "smallest_order_dollars",
        "largest_item_dollars",
        "largest_order_dollars",
    ):
        above_zero &= Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gt": 0})
    return models.CheckConstraint(
        name=f"a_{noun}_leaves_room_for_an_order", condition=ordered & above_zero
    )
