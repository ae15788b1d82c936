"""Roll-ups of rated usage: what every page and report reads.

Only the roller writes them, in the transaction in which it folds. They are rebuilt from
the ratings at any time, are held against them every night, and are no evidence.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from contracting.core.models import AppendOnly, Timestamped
from contracting.core.subjects import Subject


class UsageSums(Timestamped):
    """Rated lines, tokens, exact dollars and units of a cell, corrections included."""

    events = models.BigIntegerField(help_text="Rated lines; a call has one per class.")
    tokens = models.BigIntegerField()
    dollars = models.DecimalField(max_digits=24, decimal_places=12)
    micro_acu = models.DecimalField(
        max_digits=24,
        decimal_places=6,
        help_text="Units burnt on a pool, exact, before any rounding.",
    )

    class Meta:
        abstract = True


class HourlyUsage(UsageSums):
    """An order line, a price and a UTC hour; the price has model, class and tier."""

    order_line = models.ForeignKey(
        "orders.OrderLine",
        on_delete=models.PROTECT,
        related_name="usage_by_hour",
        db_index=False,
    )
    rate_row = models.ForeignKey(
        "contracts.RateRow", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    model = models.ForeignKey(
        "reference.AiModel", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    token_class_code = models.CharField(max_length=30)
    tier = models.CharField(max_length=20)
    usd_per_million_tokens = models.DecimalField(max_digits=12, decimal_places=6)
    hour = models.DateTimeField(help_text="Begin of the UTC hour.")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_hour_of_a_line_at_a_price_is_one_row",
                fields=["order_line", "hour", "rate_row", "usd_per_million_tokens"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_line_id} {self.hour} {self.tokens}"


class DailyUsage(UsageSums):
    """An order line, model, class, tier and accounting day of the contract."""

    order_line = models.ForeignKey(
        "orders.OrderLine",
        on_delete=models.PROTECT,
        related_name="usage_by_day",
        db_index=False,
    )
    model = models.ForeignKey(
        "reference.AiModel", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    token_class_code = models.CharField(max_length=30)
    tier = models.CharField(max_length=20)
    day = models.DateField(help_text="In the contract's time zone.")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_day_of_a_line_is_one_row_for_each_class",
                fields=["order_line", "day", "model", "token_class_code", "tier"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_line_id} {self.day} {self.tokens}"


class PortfolioDay(UsageSums):
    """All usage of an agency on an accounting day, by model, class and tier."""

    agency = models.ForeignKey(
        "accounts.Organization",
        on_delete=models.PROTECT,
        related_name="usage_by_day",
        db_index=False,
    )
    model = models.ForeignKey(
        "reference.AiModel", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    token_class_code = models.CharField(max_length=30)
    tier = models.CharField(max_length=20)
    day = models.DateField(help_text="In the time zone of each contract.")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_day_of_an_agency_is_one_row_for_each_class",
                fields=["agency", "day", "model", "token_class_code", "tier"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.day} {self.tokens}"


class KeyedUsage(Timestamped):
    """An order line's day by the key under which a source reported it.

    Sorted from the ratings a little after the fold, a day at a time; what is not sorted
    yet is what the daily sums have more.
    """

    order_line = models.ForeignKey(
        "orders.OrderLine",
        on_delete=models.PROTECT,
        related_name="usage_by_key",
        db_index=False,
    )
    source = models.ForeignKey(
        "metering.UsageSource",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    key_ref = models.CharField(
        max_length=200, blank=True, help_text="Empty where calls named none."
    )
    model = models.ForeignKey(
        "reference.AiModel", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    token_class_code = models.CharField(max_length=30)
    tier = models.CharField(max_length=20)
    day = models.DateField(help_text="In the contract's time zone.")
    events = models.BigIntegerField(help_text="Rated lines; a call has one per class.")
    tokens = models.BigIntegerField()
    dollars = models.DecimalField(max_digits=24, decimal_places=12)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_day_of_a_key_is_one_row_for_each_class",
                fields=[
                    *("order_line", "day", "source", "key_ref"),
                    *("model", "token_class_code", "tier"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key_ref or 'no key'} {self.day} {self.tokens}"


class FoldedLine(Timestamped):
    """How far the usage of an order line is folded: its latest call in time."""

    order_line = models.OneToOneField(
        "orders.OrderLine", on_delete=models.PROTECT, related_name="folded"
    )
    last_at = models.DateTimeField()
    last_source = models.CharField(max_length=120)
    last_event = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.order_line_id} until {self.last_at}"


class UsageFold(AppendOnly):
    """Usage of an order was drawn on its funds: how much, and how long it waited."""

    order = models.ForeignKey(
        "orders.TaskOrder", on_delete=models.PROTECT, related_name="usage_folds"
    )
    deltas = models.PositiveIntegerField()
    events = models.IntegerField()
    tokens = models.BigIntegerField()
    dollars = models.DecimalField(max_digits=24, decimal_places=12)
    written_at = models.DateTimeField(
        null=True, help_text="When the oldest of the deltas was written."
    )
    folded_at = models.DateTimeField(help_text="The business instant, UTC.")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="folds_by_time", fields=["recorded_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.tokens}"

    @property
    def subject(self) -> Subject:
        stream = f"contract:{self.order.contract_id}"
        return Subject("metering.fold", self.pk, stream)
