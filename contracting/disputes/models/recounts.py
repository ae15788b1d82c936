"""A sample of calls that both sides count anew."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from contracting.core.models import Addressed, AppendOnly
from contracting.core.subjects import Subject
from contracting.disputes.models.cases import DisputeCase
from contracting.disputes.states import Side


class JointRecount(Addressed, AppendOnly):
    """Calls are counted anew by both sides, on a sample that neither has chosen."""

    PREFIX = "jrc"

    case = models.ForeignKey(
        DisputeCase, on_delete=models.PROTECT, related_name="recounts"
    )
    finding = models.ForeignKey(
        "reconciliation.Finding",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="recounts",
        help_text="Of whose day every call is drawn from.",
    )
    first_day = models.DateField(
        null=True, blank=True, help_text="Where no difference is disputed: from it on."
    )
    last_day = models.DateField(null=True, blank=True)
    token_class_code = models.CharField(max_length=30)
    population = models.PositiveIntegerField(help_text="Calls drawn from.")
    population_sha256 = models.CharField(max_length=64)
    margin_percent = models.DecimalField(max_digits=8, decimal_places=4)
    sample_size = models.PositiveIntegerField()
    agency_seed = models.CharField(max_length=64, help_text="Not told before the draw.")
    commitment = models.CharField(
        max_length=64, help_text="SHA-256 of the agency's seed, told at once."
    )
    started_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    started_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_sample_is_no_larger_than_what_it_is_drawn_from",
                condition=Q(sample_size__gt=0) & Q(sample_size__lte=F("population")),
            ),
            models.CheckConstraint(
                name="a_recount_is_of_a_difference_or_of_days",
                condition=Q(
                    finding__isnull=False,
                    first_day__isnull=True,
                    last_day__isnull=True,
                )
                | Q(
                    finding__isnull=True,
                    first_day__isnull=False,
                    last_day__isnull=False,
                    first_day__lte=F("last_day"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"recount of {self.case_id}"

    @property
    def subject(self) -> Subject:
        return Subject("disputes.recount", self.pk, self.case.subject.stream)

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/joint_recounts/{self.public_id}"


class RecountDraw(AppendOnly):
    """The vendor's seed: with it the sample is drawn, and the agency's is told."""

    recount = models.OneToOneField(
        JointRecount, on_delete=models.PROTECT, related_name="draw"
    )
    vendor_seed = models.CharField(max_length=200)
    drawn_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    drawn_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"draw of {self.recount_id}"


class SampledCall(AppendOnly):
    """A call of the sample, with what both had said of it before."""

    recount = models.ForeignKey(
        JointRecount, on_delete=models.PROTECT, related_name="calls"
    )
    position = models.PositiveIntegerField(help_text="In the order of the draw.")
    request_id = models.CharField(max_length=200)
    attempt = models.PositiveIntegerField()
    metered_tokens = models.BigIntegerField()
    reported_tokens = models.BigIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_call_is_drawn_once",
                fields=["recount", "request_id", "attempt"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.attempt}"


class RecountEntry(AppendOnly):
    """One side's counts of the whole sample, entered at once and never changed."""

    recount = models.ForeignKey(
        JointRecount, on_delete=models.PROTECT, related_name="entries"
    )
    side = models.CharField(max_length=10, choices=Side.choices)
    entered_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    entered_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="each_side_counts_a_sample_once", fields=["recount", "side"]
            ),
        ]

    def __str__(self) -> str:
        return f"counts of {self.side}"


class RecountedCall(AppendOnly):
    """What one side counted for one call."""

    entry = models.ForeignKey(
        RecountEntry, on_delete=models.PROTECT, related_name="counts"
    )
    call = models.ForeignKey(
        SampledCall, on_delete=models.PROTECT, related_name="counts"
    )
    tokens = models.BigIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_side_counts_a_call_once", fields=["entry", "call"]
            ),
            models.CheckConstraint(
                name="a_joint_recount_is_never_negative", condition=Q(tokens__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.tokens}"
