"""Rules by which invoices are shared out, from a day on."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from contracting.core.models import Addressed, AppendOnly
from contracting.core.subjects import Subject


class AllocationRule(Addressed, AppendOnly):
    """Who uses a contract, an order or a line of it, and in what shares.

    It holds from its day on until a later one of the same scope begins; the narrowest
    scope counts. A rule without shares leaves everything unallocated.
    """

    PREFIX = "alr"

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="allocation_rules"
    )
    order = models.ForeignKey(
        "orders.TaskOrder",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="allocation_rules",
    )
    order_line = models.ForeignKey(
        "orders.OrderLine",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="allocation_rules",
    )
    valid_from = models.DateField(help_text="In the contract's time zone.")
    reason = models.TextField(help_text="What the shares rest on.")
    set_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    set_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="an_allocation_says_what_it_rests_on", condition=~Q(reason="")
            ),
            models.CheckConstraint(
                name="an_allocation_of_a_line_names_its_order",
                condition=Q(order_line__isnull=True) | Q(order__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"allocation from {self.valid_from}"

    @property
    def subject(self) -> Subject:
        return Subject("allocations.rule", self.pk, f"contract:{self.contract_id}")

    @property
    def scope(self) -> str:
        """What it is of, in words."""
        if self.order_line is not None and self.order is not None:
            return f"line {self.order_line.clin} of {self.order.name}"
        return self.order.name if self.order is not None else "the whole contract"


class AllocationShare(AppendOnly):
    """The share of one office, project and capability; any two may be empty."""

    rule = models.ForeignKey(
        AllocationRule, on_delete=models.PROTECT, related_name="shares"
    )
    position = models.PositiveSmallIntegerField()
    office = models.CharField(max_length=80, blank=True)
    project = models.CharField(max_length=80, blank=True)
    capability = models.CharField(max_length=80, blank=True)
    percent = models.DecimalField(max_digits=7, decimal_places=4)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_target_has_one_share_of_a_rule",
                fields=["rule", "office", "project", "capability"],
            ),
            models.CheckConstraint(
                name="a_share_is_a_part_of_a_whole",
                condition=Q(percent__gt=0, percent__lte=100),
            ),
            models.CheckConstraint(
                name="a_share_is_somebodys",
                condition=~Q(office="", project="", capability=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.percent} percent"
