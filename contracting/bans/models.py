"""Bans and what lifts them; both are only ever added."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models import Membership, Organization
from contracting.bans.states import BanReason
from contracting.core.models import Addressed, AppendOnly
from contracting.core.subjects import Subject
from contracting.reference.models import AiModel


class Ban(Addressed, AppendOnly):
    """What an agency buys nothing more of from a day on (FAR 9.405, subpart 40.2)."""

    PREFIX = "ban"

    agency = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="bans"
    )
    vendor = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="banned_by",
    )
    model = models.ForeignKey(
        AiModel, on_delete=models.PROTECT, null=True, blank=True, related_name="bans"
    )
    family = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=20, choices=BanReason.choices)
    citation = models.CharField(max_length=200)
    text = models.TextField(help_text="What was found, for whoever reads it later.")
    valid_from = models.DateField(help_text="First day on which it is in force.")
    valid_to = models.DateField(
        null=True, blank=True, help_text="Last day; empty: until it is lifted."
    )
    imposed_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="bans_imposed"
    )
    imposed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_ban_names_one_vendor_model_or_family",
                condition=Q(vendor__isnull=False, model__isnull=True, family="")
                | Q(vendor__isnull=True, model__isnull=False, family="")
                | (Q(vendor__isnull=True, model__isnull=True) & ~Q(family="")),
            ),
            models.CheckConstraint(
                name="a_ban_cites_its_authority",
                condition=~Q(citation="") & Q(reason__in=BanReason.values),
            ),
            models.CheckConstraint(
                name="a_ban_ends_after_it_begins",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"ban on {self.target}"

    @property
    def subject(self) -> Subject:
        return Subject("bans.ban", self.pk, f"organization:{self.agency_id}")

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/bans/{self.public_id}"

    @property
    def kind(self) -> str:
        """What sort of thing it names, in words."""
        if self.vendor_id:
            return "vendor"
        return "model" if self.model_id else "model family"

    @property
    def target(self) -> str:
        """Whom or what it names."""
        if self.vendor:
            return self.vendor.name
        return self.model.snapshot if self.model else self.family

    def hits_model(self, model: AiModel) -> bool:
        """Whether it names this snapshot or its family."""
        return self.model_id == model.pk or (
            bool(self.family) and self.family == model.family
        )


class BanLift(AppendOnly):
    """The second record, with which a ban ends before its last day."""

    ban = models.OneToOneField(Ban, on_delete=models.PROTECT, related_name="lift")
    reason = models.TextField()
    lifted_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="bans_lifted"
    )
    lifted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_ban_is_lifted_for_a_reason", condition=~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"lift of {self.ban}"
