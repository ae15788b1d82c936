"""What others put on record of an order: funds, their notice, an acceptance."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from contracting.core.models import AppendOnly


class AvailabilityNotice(AppendOnly):
    """The contracting officer's notice that funds are available (FAR 52.232-18)."""

    order = models.OneToOneField(
        "orders.TaskOrder", on_delete=models.PROTECT, related_name="availability_notice"
    )
    text = models.TextField()
    dollars = models.DecimalField(
        max_digits=18, decimal_places=2, help_text="Obligated by the notice."
    )
    ratifies_dollars = models.DecimalField(
        max_digits=18,
        decimal_places=2,
        default=0,
        help_text="Of use before the funds, what it makes payable (FAR 1.602-3).",
    )
    noticed_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    noticed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.order_id}: {self.dollars}"


class FundsCertification(AppendOnly):
    """A funds certifier's word that funds are there for one exact version."""

    order = models.ForeignKey(
        "orders.TaskOrder", on_delete=models.PROTECT, related_name="certifications"
    )
    modification = models.ForeignKey(
        "orders.Modification",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="certifications",
    )
    version = models.PositiveIntegerField()
    content_sha256 = models.CharField(max_length=64)
    dollars = models.DecimalField(max_digits=18, decimal_places=2)
    certified_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    certified_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.dollars} for version {self.version}"


class LimitAcceptance(AppendOnly):
    """The vendor takes an order that it need not take (FAR 52.216-19), one version."""

    order = models.ForeignKey(
        "orders.TaskOrder", on_delete=models.PROTECT, related_name="limit_acceptances"
    )
    version = models.PositiveIntegerField()
    content_sha256 = models.CharField(max_length=64)
    outside = models.JSONField(
        help_text="{code: words} of the limits outside which the order lies."
    )
    accepted_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    accepted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="an_acceptance_names_the_limits_it_passes",
                condition=~Q(outside={}),
            ),
        ]

    def __str__(self) -> str:
        return f"acceptance of version {self.version}"
