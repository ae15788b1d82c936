"""Exchanges after the offers are open: the range, discussions, one cutoff."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from contracting.core.models import AppendOnly


class RangeStanding(AppendOnly):
    """Whether an offer is in the competitive range, and why not (FAR 15.306(c))."""

    submission = models.OneToOneField(
        "submissions.Submission",
        on_delete=models.PROTECT,
        related_name="range_standing",
    )
    is_kept = models.BooleanField()
    reason = models.TextField(
        blank=True, help_text="Why it was left out, as its offeror is told."
    )
    determined_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    determined_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="an_offer_is_left_out_of_the_range_for_a_reason",
                condition=Q(is_kept=True) | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} {'in' if self.is_kept else 'not in'} the range"


class Discussion(AppendOnly):
    """What is discussed with one offeror in the range (FAR 15.306(d))."""

    submission = models.OneToOneField(
        "submissions.Submission", on_delete=models.PROTECT, related_name="discussion"
    )
    topics = models.TextField(help_text="Its own weaknesses and deficiencies alone.")
    opened_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    opened_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_discussion_has_topics", condition=~Q(topics="")
            ),
        ]

    def __str__(self) -> str:
        return f"discussion of {self.submission_id}"


class RevisionRequest(AppendOnly):
    """The request for final revisions: one cutoff for everybody (FAR 15.307(b))."""

    solicitation = models.OneToOneField(
        "solicitations.Solicitation",
        on_delete=models.PROTECT,
        related_name="revision_request",
    )
    cutoff = models.DateTimeField(help_text="Last instant for a final revision.")
    requested_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    requested_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="final_revisions_are_due_after_they_are_requested",
                condition=Q(cutoff__gt=F("requested_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"final revisions of {self.solicitation_id} by {self.cutoff}"
