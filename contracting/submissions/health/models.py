"""Rows of the health log, and what follows for offers from an outage."""

from __future__ import annotations

from typing import ClassVar, Final

from django.db import models
from django.db.models import F, Q

from contracting.core.models import AppendOnly

IN_TIME: Final = Q(is_late=False) | Q(relief__isnull=False)
"""Versions that came in time, or late and an outage has moved the deadline."""


class HealthBeat(AppendOnly):
    """The schedule, a worker and the database were at work at that instant."""

    beat_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.beat_at}"


class OutageRuling(AppendOnly):
    """What the contracting officer decided about an outage at a deadline."""

    solicitation = models.ForeignKey(
        "solicitations.Solicitation",
        on_delete=models.PROTECT,
        related_name="outage_rulings",
    )
    old_deadline = models.DateTimeField()
    begun_at = models.DateTimeField(help_text="Last beat before the outage.")
    resumed_at = models.DateTimeField(help_text="First beat after it.")
    is_confirmed = models.BooleanField()
    reason = models.TextField()
    new_deadline = models.DateTimeField(null=True, blank=True)
    ruled_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    ruled_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_outage_at_a_deadline_is_ruled_on_once",
                fields=["solicitation", "old_deadline"],
            ),
            models.CheckConstraint(
                name="a_confirmed_outage_moves_the_deadline_past_itself",
                condition=Q(is_confirmed=True, new_deadline__gt=F("resumed_at"))
                | Q(is_confirmed=False, new_deadline__isnull=True),
            ),
            models.CheckConstraint(
                name="an_outage_covers_the_deadline_it_moves",
                condition=Q(begun_at__lte=F("old_deadline"))
                & Q(resumed_at__gt=F("old_deadline")),
            ),
            models.CheckConstraint(
                name="an_outage_is_ruled_on_with_a_reason", condition=~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"outage {self.begun_at} to {self.resumed_at}"


class LateRelief(AppendOnly):
    """A version that came late, in time by the deadline that an outage has moved."""

    version = models.OneToOneField(
        "submissions.SubmissionVersion",
        on_delete=models.PROTECT,
        related_name="relief",
    )
    ruling = models.ForeignKey(
        OutageRuling, on_delete=models.PROTECT, related_name="reliefs"
    )

    def __str__(self) -> str:
        return f"{self.version_id} in time by {self.ruling_id}"


class BegunUpload(AppendOnly):
    """A version of which the first byte came in time and the last one late."""

    version = models.OneToOneField(
        "submissions.SubmissionVersion",
        on_delete=models.PROTECT,
        related_name="begun_upload",
    )
    begun_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.version_id} begun at {self.begun_at}"
