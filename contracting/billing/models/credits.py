"""What the vendor owes back, and what becomes of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from contracting.billing.states import GIVEN_UP, CreditKind, SettlementKind
from contracting.core.identifiers import NUMBER_LENGTH
from contracting.core.models import (
    Addressed,
    AppendOnly,
    LockingQuerySet,
    Timestamped,
)
from contracting.core.quantities import Dollars
from contracting.core.subjects import Subject


class CreditDue(Addressed, Timestamped):
    """What the vendor owes back of what was used: once, and never taken off twice.

    Its invoice lines and settlements are the facts. The two sums beside what is due are
    kept so that one row of the database can bind them.
    """

    PREFIX = "crd"

    number = models.CharField(
        max_length=NUMBER_LENGTH, help_text="75D30127F00001-CR1, by its order."
    )
    order = models.ForeignKey(
        "orders.TaskOrder", on_delete=models.PROTECT, related_name="credits_due"
    )
    order_line = models.ForeignKey(
        "orders.OrderLine", on_delete=models.PROTECT, related_name="credits_due"
    )
    acrn = models.CharField(
        "ACRN", max_length=2, help_text="Whose funds it comes back to."
    )
    kind = models.CharField(max_length=11, choices=CreditKind.choices)
    dollars = models.DecimalField(
        max_digits=18, decimal_places=2, help_text="Whole cents, above zero."
    )
    because_kind = models.CharField(
        max_length=60, blank=True, help_text="What it is owed for, if that is on file."
    )
    because_id = models.BigIntegerField(null=True, blank=True)
    reason = models.TextField()
    credited_by = models.CharField(max_length=160)
    credited_at = models.DateTimeField()
    taken_dollars = models.DecimalField(
        max_digits=18, decimal_places=2, default=0, help_text="On live invoices."
    )
    settled_dollars = models.DecimalField(
        max_digits=18,
        decimal_places=2,
        default=0,
        help_text="Set off, paid back, cancelled or waived.",
    )

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_credit_has_a_number_of_its_own", fields=["number"]
            ),
            models.CheckConstraint(
                name="a_credit_is_of_something", condition=Q(dollars__gt=0)
            ),
            models.CheckConstraint(name="a_credit_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="a_credit_is_never_taken_twice",
                condition=Q(
                    taken_dollars__gte=0,
                    settled_dollars__gte=0,
                    dollars__gte=F("taken_dollars") + F("settled_dollars"),
                ),
            ),
            models.CheckConstraint(
                name="a_credit_names_its_cause_whole_or_not",
                condition=Q(because_kind="", because_id__isnull=True)
                | (~Q(because_kind="") & Q(because_id__isnull=False)),
            ),
            models.UniqueConstraint(
                name="one_cause_is_credited_once_on_a_line",
                fields=["because_kind", "because_id", "kind", "order_line", "acrn"],
                condition=Q(because_id__isnull=False),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="credits_by_order", fields=["order", "credited_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} ${self.dollars}"

    @property
    def open(self) -> Dollars:
        """What of it is on no live invoice, and not settled."""
        return Dollars(self.dollars - self.taken_dollars - self.settled_dollars)

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/credits/{self.public_id}"

    @property
    def subject(self) -> Subject:
        return Subject("billing.credit", self.pk, f"contract:{self.order.contract_id}")


class CreditLine(Addressed, AppendOnly):
    """A line of an invoice that takes a credit, or a part of it, off its total."""

    PREFIX = "crl"

    invoice = models.ForeignKey(
        "billing.Invoice", on_delete=models.PROTECT, related_name="credit_lines"
    )
    position = models.PositiveIntegerField()
    credit = models.ForeignKey(
        CreditDue, on_delete=models.PROTECT, related_name="lines"
    )
    description = models.CharField(max_length=200)
    amount_dollars = models.DecimalField(
        max_digits=18, decimal_places=2, help_text="Taken off, as a positive amount."
    )
    taken_at = models.DateTimeField()
    voided_at = models.DateTimeField(
        null=True, blank=True, help_text="Set once, when the invoice is returned."
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_credit_line_has_its_own_position",
                fields=["invoice", "position"],
            ),
            models.UniqueConstraint(
                name="an_invoice_takes_a_credit_once", fields=["invoice", "credit"]
            ),
            models.CheckConstraint(
                name="a_credit_line_takes_something_off",
                condition=Q(amount_dollars__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice} line {self.position}"


class CreditSettlement(Addressed, AppendOnly):
    """What became of a part of a credit otherwise: set off, paid back or given up."""

    PREFIX = "crs"

    credit = models.ForeignKey(
        CreditDue, on_delete=models.PROTECT, related_name="settlements"
    )
    kind = models.CharField(max_length=7, choices=SettlementKind.choices)
    dollars = models.DecimalField(max_digits=18, decimal_places=2)
    reference = models.CharField(
        max_length=60, blank=True, help_text="The voucher, or the trace of the refund."
    )
    reason = models.TextField(blank=True)
    settled_by = models.CharField(max_length=160)
    settled_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_settlement_of_a_credit_is_of_something",
                condition=Q(dollars__gt=0),
            ),
            models.CheckConstraint(
                name="a_settlement_says_why_or_by_what",
                condition=(Q(kind__in=GIVEN_UP) & ~Q(reason=""))
                | (~Q(kind__in=GIVEN_UP) & ~Q(reference="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ${self.dollars}"

    @property
    def subject(self) -> Subject:
        stream = f"contract:{self.credit.order.contract_id}"
        return Subject("billing.credit_settlement", self.pk, stream)


class CreditReopening(AppendOnly):
    """A part of a credit that an invoice or a voucher was to take off, and did not.

    It is open again; the line or the settlement that had it stays as it was written.
    """

    credit = models.ForeignKey(
        CreditDue, on_delete=models.PROTECT, related_name="reopenings"
    )
    credit_line = models.ForeignKey(
        CreditLine,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reopenings",
    )
    settlement = models.ForeignKey(
        CreditSettlement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reopenings",
    )
    dollars = models.DecimalField(max_digits=18, decimal_places=2)
    reopened_by = models.CharField(max_length=160)
    reopened_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_reopening_is_of_something", condition=Q(dollars__gt=0)
            ),
            models.CheckConstraint(
                name="a_reopening_is_of_a_line_or_a_settlement",
                condition=Q(credit_line__isnull=False, settlement__isnull=True)
                | Q(credit_line__isnull=True, settlement__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.credit} opened again"
