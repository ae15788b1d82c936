"""What is owed not by tokens: quantities in force, receipts, and what they made due."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from contracting.charges.states import WITHOUT_A_PRICE, ChargeSource
from contracting.core.models import Addressed, AppendOnly, LockingQuerySet
from contracting.core.subjects import Subject


class QuantityChange(Addressed, AppendOnly):
    """From a day on so many seats, bundles or units of capacity are in force."""

    PREFIX = "qch"

    line = models.ForeignKey(
        "orders.OrderLine", on_delete=models.PROTECT, related_name="quantity_changes"
    )
    effective_on = models.DateField(help_text="First day of the quantity.")
    quantity = models.PositiveIntegerField()
    reason = models.TextField()
    recorded_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    change_recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_change_of_a_quantity_says_why", condition=~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} from {self.effective_on}"

    @property
    def subject(self) -> Subject:
        return Subject("charges.quantity", self.pk, self.line.order.stream)


class Receipt(Addressed, AppendOnly):
    """The representative's word that a service was received, and how much of it."""

    PREFIX = "rct"

    line = models.ForeignKey(
        "orders.OrderLine", on_delete=models.PROTECT, related_name="receipts"
    )
    received_on = models.DateField()
    units = models.DecimalField(
        max_digits=18, decimal_places=6, help_text="Received and in order."
    )
    rejected_units = models.DecimalField(
        max_digits=18, decimal_places=6, default=0, help_text="Delivered and rejected."
    )
    words = models.TextField(help_text="What was received; why a part was rejected.")
    evidence = models.CharField(max_length=400, help_text="What proves it.")
    recorded_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    receipt_recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_receipt_is_of_something",
                condition=Q(units__gte=0, rejected_units__gte=0)
                & (Q(units__gt=0) | Q(rejected_units__gt=0)),
            ),
            models.CheckConstraint(
                name="a_receipt_names_its_evidence",
                condition=~Q(words="") & ~Q(evidence=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.units} on {self.received_on}"

    @property
    def subject(self) -> Subject:
        return Subject("charges.receipt", self.pk, self.line.order.stream)

    @property
    def is_reversed(self) -> bool:
        """Whether it was taken back."""
        return hasattr(self, "reversal")


class ReceiptReversal(AppendOnly):
    """A receipt that was recorded wrongly is taken back whole, with a reason."""

    receipt = models.OneToOneField(
        Receipt, on_delete=models.PROTECT, related_name="reversal"
    )
    reason = models.TextField()
    reversed_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    receipt_reversed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_reversal_of_a_receipt_says_why", condition=~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"reversal of {self.receipt_id}"


class Charge(Addressed, AppendOnly):
    """An amount that became due on an order line, at one price; posted once.

    Only ``reversed_at`` may ever be set: then the ledger has taken it back.
    """

    PREFIX = "chg"

    line = models.ForeignKey(
        "orders.OrderLine", on_delete=models.PROTECT, related_name="charges"
    )
    source = models.CharField(max_length=10, choices=ChargeSource.choices)
    period = DateTimeRangeField(help_text="[start, end) in UTC; whole days.")
    unit_rate = models.ForeignKey(
        "contracts.UnitRate", on_delete=models.PROTECT, null=True, blank=True
    )
    receipt = models.ForeignKey(
        Receipt,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="charges",
    )
    units = models.DecimalField(max_digits=18, decimal_places=6)
    usd_per_unit = models.DecimalField(max_digits=15, decimal_places=6)
    dollars = models.DecimalField(max_digits=24, decimal_places=12)
    charged_by_name = models.CharField(max_length=160)
    charged_at = models.DateTimeField()
    reversed_at = models.DateTimeField(null=True, blank=True)

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            ExclusionConstraint(
                name="a_day_of_a_line_is_charged_once_by_the_calendar",
                expressions=[
                    ("line", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(source="CALENDAR", reversed_at__isnull=True),
            ),
            models.UniqueConstraint(
                name="a_receipt_is_charged_once", fields=["receipt"]
            ),
            models.CheckConstraint(
                name="a_charge_is_above_zero", condition=Q(dollars__gt=0, units__gt=0)
            ),
            models.CheckConstraint(
                name="a_charge_rests_on_a_price_or_a_settlement",
                condition=Q(source__in=WITHOUT_A_PRICE, unit_rate__isnull=True)
                | (~Q(source__in=WITHOUT_A_PRICE) & Q(unit_rate__isnull=False)),
            ),
            models.CheckConstraint(
                name="a_receipt_is_what_a_charge_from_receipts_rests_on",
                condition=Q(source="RECEIPT", receipt__isnull=False)
                | (~Q(source="RECEIPT") & Q(receipt__isnull=True)),
            ),
            models.CheckConstraint(
                name="a_charge_is_reversed_after_it_was_made",
                condition=Q(reversed_at__isnull=True)
                | Q(reversed_at__gte=F("charged_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.dollars}"

    @property
    def subject(self) -> Subject:
        return Subject("charges.charge", self.pk, self.line.order.stream)
