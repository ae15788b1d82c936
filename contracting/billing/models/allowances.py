"""What the contracting officer allows beyond the rule that a number is used once."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from contracting.core.models import Addressed, AppendOnly
from contracting.core.subjects import Subject


class InvoiceAllowance(Addressed, AppendOnly):
    """One further invoice may have a number that was used before (R-INV-03)."""

    PREFIX = "ial"

    order = models.ForeignKey(
        "orders.TaskOrder", on_delete=models.PROTECT, related_name="invoice_allowances"
    )
    number = models.CharField(max_length=40, help_text="As the vendor will write it.")
    reason = models.TextField()
    allowed_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    allowed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_second_use_of_a_number_is_allowed_for_a_reason",
                condition=~Q(reason="") & ~Q(number=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} once more"

    @property
    def subject(self) -> Subject:
        return Subject(
            "billing.invoice_allowance", self.pk, f"contract:{self.order.contract_id}"
        )
