"""Exchanges after the offers are open: the range, discussions, one cutoff."""

from __future__ import annotations

from typing import ClassVar, TypeAlias

from django.db import models
from django.db.models import F, Q

from contracting.core.models import Addressed, AppendOnly
from contracting.core.subjects import Subject
from contracting.evaluations.models.modifications import LateModification, LoweredRate
from contracting.submissions.models import OfferedRate, OpenedOffer
from contracting.submissions.states import SealingMode


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


class FinalRevision(Addressed, AppendOnly):
    """A final revision, sealed to the box of the offers; the last one counts."""

    PREFIX = "frv"

    submission = models.ForeignKey(
        "submissions.Submission",
        on_delete=models.PROTECT,
        related_name="final_revisions",
    )
    number = models.PositiveIntegerField()
    box = models.ForeignKey("submissions.Box", on_delete=models.PROTECT)
    sealed_blob = models.ForeignKey("documents.Blob", on_delete=models.PROTECT)
    wrapped_key = models.BinaryField(help_text="Its key, encrypted to the box.")
    wrapped_for_vendor = models.BinaryField(
        null=True,
        help_text="Its key, encrypted to the vendor's offer key, or as many bytes that "
        "nobody opens.",
    )
    mode = models.CharField(
        max_length=10,
        choices=SealingMode.choices,
        default=SealingMode.SERVER,
        db_default=SealingMode.SERVER,
        help_text="Where it was encrypted.",
    )
    plain_sha256 = models.CharField(max_length=64)
    files = models.JSONField(help_text="[{name, size_bytes, sha256}, …]")
    received_at = models.DateTimeField(help_text="Receipt completed, UTC.")
    submitted_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_final_revision_has_its_own_number",
                fields=["submission", "number"],
            ),
        ]

    def __str__(self) -> str:
        return f"final revision {self.number} of {self.submission_id}"

    @property
    def subject(self) -> Subject:
        """The revision, in the stream of its offer."""
        return Subject("evaluations.final_revision", self.pk, self.submission.stream)


class RevisedOffer(AppendOnly):
    """What the last final revision says, as it was found at its opening."""

    submission = models.OneToOneField(
        "submissions.Submission", on_delete=models.PROTECT, related_name="revised_offer"
    )
    revision = models.OneToOneField(FinalRevision, on_delete=models.PROTECT)
    technical = models.TextField()
    files = models.JSONField(default=list, help_text="[{name, blob_sha256}, …]")
    flaws = models.JSONField(
        default=list,
        db_default=[],
        help_text="What is wrong with it, each in a sentence.",
    )
    opened_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"revised offer of {self.submission_id}"


class RevisedRate(AppendOnly):
    """The unit price that a final revision quotes for a line."""

    offer = models.ForeignKey(
        RevisedOffer, on_delete=models.PROTECT, related_name="rates"
    )
    line = models.ForeignKey("solicitations.SolicitationLine", on_delete=models.PROTECT)
    model = models.ForeignKey(
        "reference.AiModel",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text="Empty where no tokens are bought.",
    )
    usd_per_million_tokens = models.DecimalField(
        max_digits=12,
        decimal_places=6,
        help_text="The figure for the line, in whatever the line asks for.",
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_final_revision_prices_a_line_once", fields=["offer", "line"]
            ),
            models.CheckConstraint(
                name="a_revised_price_is_never_negative",
                condition=Q(usd_per_million_tokens__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} at {self.usd_per_million_tokens}"

    @property
    def figure_words(self) -> str:
        """The figure as people read it, in what its line asks for."""
        return self.line.figure_words(self.usd_per_million_tokens)


CountedRate: TypeAlias = OfferedRate | RevisedRate | LoweredRate
"""A price that counts, wherever its vendor has stated it."""


def rates_of(offer: OpenedOffer) -> list[CountedRate]:
    """The prices that count: of the last accepted modification, or final revision."""
    lowered = LateModification.objects.filter(
        submission_id=offer.submission_id, acceptance__isnull=False
    ).last()
    if lowered is not None:
        return list(lowered.rates.select_related("line__token_class", "model"))
    revised = RevisedOffer.objects.filter(submission_id=offer.submission_id).first()
    if revised is None:
        return list(offer.rates.all())
    return list(revised.rates.select_related("line__token_class", "model"))
