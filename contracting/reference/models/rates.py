"""Published rates of interest: entered by one person, confirmed by another."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from contracting.core.models import Addressed, AppendOnly
from contracting.core.subjects import Subject
from contracting.reference.states import RateCode


class RateProposal(Addressed, AppendOnly):
    """A published rate as somebody has entered it; another person confirms it."""

    PREFIX = "rtp"

    code = models.CharField(max_length=60, choices=RateCode.choices)
    first_day = models.DateField()
    last_day = models.DateField()
    percent = models.DecimalField(max_digits=7, decimal_places=4)
    source = models.CharField(max_length=300, help_text="Where it was published.")
    corrects = models.ForeignKey(
        "reference.Threshold",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="corrections",
        help_text="The rate of these days that was recorded wrong.",
    )
    reason = models.CharField(
        max_length=400, blank=True, help_text="Why it is corrected."
    )
    proposed_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    proposed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_published_rate_has_days_and_a_source",
                condition=Q(last_day__gt=F("first_day"), percent__gt=0) & ~Q(source=""),
            ),
            models.CheckConstraint(
                name="a_rate_is_corrected_for_a_reason",
                condition=Q(corrects__isnull=True, reason="")
                | (Q(corrects__isnull=False) & ~Q(reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.percent} from {self.first_day}"

    @property
    def subject(self) -> Subject:
        return Subject("reference.rate", self.pk, "system")


class RateConfirmation(AppendOnly):
    """The second person's word, by which a rate is in force."""

    proposal = models.OneToOneField(
        RateProposal, on_delete=models.PROTECT, related_name="confirmation"
    )
    threshold = models.OneToOneField(
        "reference.Threshold", on_delete=models.PROTECT, related_name="confirmation"
    )
    confirmed_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    confirmed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.proposal} confirmed"
