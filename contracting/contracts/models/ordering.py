"""Who places orders beside the contracting officer, by which letter."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from contracting.core.models import Addressed, AppendOnly
from contracting.core.quantities import Dollars
from contracting.core.subjects import Subject


class OrderingOfficer(Addressed, AppendOnly):
    """The contracting officer's letter that lets somebody sign orders within limits.

    It is for one contract, personal, and never for a modification. What it allows ends
    with its last day or with its revocation.
    """

    PREFIX = "ofc"

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="ordering_officers"
    )
    membership = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    office = models.CharField(
        max_length=120, help_text="The office that they order for."
    )
    order_limit_dollars = models.DecimalField(
        max_digits=18, decimal_places=2, help_text="Of one order, at most."
    )
    total_limit_dollars = models.DecimalField(
        max_digits=18,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="Of all orders that they sign under this letter; empty: no more.",
    )
    valid_from = models.DateField()
    valid_to = models.DateField(help_text="Last day.")
    appointed_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    appointed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="an_appointment_ends_after_it_begins",
                condition=Q(valid_to__gte=F("valid_from")),
            ),
            models.CheckConstraint(
                name="an_ordering_officer_has_a_limit_above_zero",
                condition=Q(order_limit_dollars__gt=0),
            ),
            models.CheckConstraint(
                name="all_orders_of_an_ordering_officer_may_be_as_large_as_one",
                condition=Q(total_limit_dollars__isnull=True)
                | Q(total_limit_dollars__gte=F("order_limit_dollars")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership} for {self.office}"

    @property
    def subject(self) -> Subject:
        return Subject(
            "contracts.ordering_officer", self.pk, f"contract:{self.contract_id}"
        )

    @property
    def order_limit(self) -> Dollars:
        """What one order may be worth, at most."""
        return Dollars(self.order_limit_dollars)

    @property
    def total_limit(self) -> Dollars | None:
        """What all orders under the letter may be worth, if it says so."""
        total = self.total_limit_dollars
        return None if total is None else Dollars(total)

    @property
    def is_revoked(self) -> bool:
        """Whether the contracting officer has taken it back."""
        return hasattr(self, "revocation")

    def gap(self, on: date) -> str:
        """Why it does not bind on that day, else nothing."""
        if self.is_revoked:
            return "The appointment was revoked."
        if on < self.valid_from:
            return f"The appointment begins on {self.valid_from}."
        if on > self.valid_to:
            return f"The appointment ended on {self.valid_to}."
        return ""


class OrderingRevocation(AppendOnly):
    """The contracting officer takes an appointment back; signed orders stand."""

    appointment = models.OneToOneField(
        OrderingOfficer, on_delete=models.PROTECT, related_name="revocation"
    )
    reason = models.TextField()
    revoked_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    revoked_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_revoked_appointment_says_why", condition=~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appointment}, revoked"
