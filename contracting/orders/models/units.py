"""What an order line says of units: the price that it takes from the contract."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from contracting.core.models import Timestamped


class OrderUnitRate(Timestamped):
    """The price of one unit on an order line; never above the contract's."""

    line = models.ForeignKey(
        "orders.OrderLine", on_delete=models.PROTECT, related_name="unit_rates"
    )
    unit_rate = models.ForeignKey(
        "contracts.UnitRate", on_delete=models.PROTECT, related_name="order_rates"
    )
    usd_per_unit = models.DecimalField(max_digits=15, decimal_places=6)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_order_line_prices_its_unit_once_at_a_time",
                fields=["line", "unit_rate"],
            ),
            models.CheckConstraint(
                name="an_order_price_per_unit_is_never_negative",
                condition=Q(usd_per_unit__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_rate_id} at {self.usd_per_unit}"
