"""Late modifications: lower prices of an offer that is already open (R-SUB-02)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from contracting.core.models import Addressed, AppendOnly


class LateModification(Addressed, AppendOnly):
    """Lower prices that a vendor states after the opening, its terms unchanged."""

    PREFIX = "lmo"

    submission = models.ForeignKey(
        "submissions.Submission",
        on_delete=models.PROTECT,
        related_name="late_modifications",
    )
    words = models.TextField(help_text="What its signer writes.")
    submitted_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    received_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_late_modification_is_in_writing", condition=~Q(words="")
            ),
        ]

    def __str__(self) -> str:
        return f"late modification of {self.submission_id}"


class LoweredRate(AppendOnly):
    """The price of a line as a late modification states it, lowered or not."""

    modification = models.ForeignKey(
        LateModification, on_delete=models.PROTECT, related_name="rates"
    )
    line = models.ForeignKey("solicitations.SolicitationLine", on_delete=models.PROTECT)
    model = models.ForeignKey(
        "reference.AiModel", on_delete=models.PROTECT, null=True, blank=True
    )
    usd_per_million_tokens = models.DecimalField(
        max_digits=12,
        decimal_places=6,
        help_text="The figure for the line, in whatever the line asks for.",
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_late_modification_prices_a_line_once",
                fields=["modification", "line"],
            ),
            models.CheckConstraint(
                name="a_lowered_price_is_never_negative",
                condition=Q(usd_per_million_tokens__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} at {self.usd_per_million_tokens}"

    @property
    def figure_words(self) -> str:
        """The figure as people read it, in what its line asks for."""
        return self.line.figure_words(self.usd_per_million_tokens)


class AcceptedModification(AppendOnly):
    """The officer's word that a late modification favours the Government and counts."""

    modification = models.OneToOneField(
        LateModification, on_delete=models.PROTECT, related_name="acceptance"
    )
    reason = models.TextField()
    accepted_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    accepted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_late_modification_is_accepted_for_a_reason",
                condition=~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.modification_id} accepted"
