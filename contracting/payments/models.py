"""Certified and paid: the last two signatures on an amount."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from contracting.core.models import Addressed, AppendOnly
from contracting.core.subjects import Subject


class PaymentCertification(Addressed, AppendOnly):
    """The certifying officer's word that an amount is payable (31 U.S.C. 3528)."""

    PREFIX = "vch"

    invoice = models.OneToOneField(
        "billing.Invoice", on_delete=models.PROTECT, related_name="certification"
    )
    voucher_number = models.CharField(max_length=30, unique=True)
    dollars = models.DecimalField(
        max_digits=18, decimal_places=2, help_text="To be paid: its parts less credits."
    )
    offset_dollars = models.DecimalField(
        max_digits=18, decimal_places=2, default=0, help_text="Credits taken off."
    )
    by_acrn = models.JSONField(help_text="{holder id: {ACRN: dollars}}")
    due_on = models.DateField()
    certified_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    certified_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_certified_amount_is_never_negative",
                condition=Q(dollars__gte=0, offset_dollars__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return self.voucher_number

    @property
    def subject(self) -> Subject:
        return Subject(
            "payments.certification",
            self.pk,
            f"contract:{self.invoice.order.contract_id}",
        )

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/payments/{self.public_id}"

    @property
    def is_paid(self) -> bool:
        """Whether its payment is recorded."""
        return hasattr(self, "payment")


class PaymentOffset(AppendOnly):
    """A credit that a voucher takes off: by the invoice's own line, or set off."""

    certification = models.ForeignKey(
        PaymentCertification, on_delete=models.PROTECT, related_name="offsets"
    )
    credit = models.ForeignKey("billing.CreditDue", on_delete=models.PROTECT)
    credit_line = models.ForeignKey(
        "billing.CreditLine", on_delete=models.PROTECT, null=True, blank=True
    )
    settlement = models.OneToOneField(
        "billing.CreditSettlement", on_delete=models.PROTECT, null=True, blank=True
    )
    dollars = models.DecimalField(max_digits=18, decimal_places=2)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="an_offset_takes_something_off", condition=Q(dollars__gt=0)
            ),
            models.CheckConstraint(
                name="an_offset_is_stated_or_set_off",
                condition=Q(credit_line__isnull=False, settlement__isnull=True)
                | Q(credit_line__isnull=True, settlement__isnull=False),
            ),
            models.UniqueConstraint(
                name="a_voucher_takes_a_credit_line_once",
                fields=["certification", "credit_line"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.certification} less {self.dollars}"


class Payment(Addressed, AppendOnly):
    """A payment made by the finance system, recorded here."""

    PREFIX = "pay"

    certification = models.OneToOneField(
        PaymentCertification, on_delete=models.PROTECT, related_name="payment"
    )
    dollars = models.DecimalField(max_digits=18, decimal_places=2)
    paid_on = models.DateField()
    reference = models.CharField(max_length=60, help_text="Trace number.")
    recorded_by_name = models.CharField(max_length=160)
    paid_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.reference
