"""Who represents the contracting officer on a contract, by which letter."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from contracting.contracts.states import CorLevel
from contracting.core.models import AppendOnly
from contracting.core.subjects import Subject


class CorDesignation(AppendOnly):
    """The contracting officer's letter to a representative (FAR 1.602-2(d)).

    It is in force from its acceptance, between its days, while the representative's
    certification lasts. A later letter to the same person takes its place.
    """

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="cor_designations"
    )
    membership = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    valid_from = models.DateField()
    valid_to = models.DateField()
    level = models.CharField(
        "certification level",
        max_length=3,
        choices=CorLevel.choices,
        blank=True,
        help_text="FAC-COR level; letters of old say none, and bind nobody.",
    )
    certified_until = models.DateField(
        null=True, blank=True, help_text="Last day of the certification."
    )
    designated_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    designated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_designation_ends_after_it_begins",
                condition=Q(valid_to__gte=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership} for {self.contract_id}"

    @property
    def subject(self) -> Subject:
        return Subject(
            "contracts.cor_designation", self.pk, f"contract:{self.contract_id}"
        )

    @property
    def is_accepted(self) -> bool:
        """Whether the representative has signed the letter."""
        return hasattr(self, "acceptance")

    def gap(self, on: date) -> str:
        """Why it does not bind on that day, else nothing."""
        if not self.level or self.certified_until is None:
            return "The designation names no certification level."
        if not self.is_accepted:
            return "The letter of designation is not accepted yet."
        if on < self.valid_from:
            return f"The designation begins on {self.valid_from}."
        if on > self.valid_to:
            return f"The designation ended on {self.valid_to}."
        if on > self.certified_until:
            return f"The certification ended on {self.certified_until}."
        return ""


class DesignationAcceptance(AppendOnly):
    """The representative's signature under the letter of designation."""

    designation = models.OneToOneField(
        CorDesignation, on_delete=models.PROTECT, related_name="acceptance"
    )
    accepted_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    accepted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.designation}, accepted"
