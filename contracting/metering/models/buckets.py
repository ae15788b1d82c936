"""What a provider's usage API says of whole hours and days, and says again later."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from contracting.core.models import Addressed, AppendOnly, StreamedQuerySet
from contracting.core.subjects import Subject


class BucketReport(Addressed, AppendOnly):
    """One report of a provider as it was taken in, with the count of each verdict."""

    PREFIX = "bkr"

    agency = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT)
    source = models.ForeignKey(
        "metering.UsageSource", on_delete=models.PROTECT, related_name="bucket_reports"
    )
    format = models.CharField(max_length=40, help_text="The adapter that read it.")
    sent_sha256 = models.CharField(
        max_length=64, help_text="Of the report as it was received, unpacked."
    )
    received = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField(help_text="Of buckets never told before.")
    restated = models.PositiveIntegerField(help_text="Told before, with other counts.")
    duplicate = models.PositiveIntegerField(help_text="Told before, with these counts.")
    rejected = models.PositiveIntegerField()
    rejections = models.JSONField(
        default=list, help_text="Of each rejected row its number, code and pointer."
    )
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=160)

    objects = StreamedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="every_bucket_received_has_one_verdict",
                condition=Q(
                    received=F("accepted")
                    + F("restated")
                    + F("duplicate")
                    + F("rejected")
                ),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="bucket_reports_by_time", fields=["source", "-received_at"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} of {self.source_id}"

    @property
    def subject(self) -> Subject:
        return Subject(
            "metering.bucket_report", self.pk, f"organization:{self.agency_id}"
        )


class ReportedBucket(AppendOnly):
    """Usage of an interval and of some dimensions; a restatement is a new revision.

    The last revision of a bucket holds; at an instant, the last one known by then. It
    reconciles and never burns funds down.
    """

    source = models.ForeignKey(
        "metering.UsageSource", on_delete=models.PROTECT, related_name="buckets"
    )
    report = models.ForeignKey(
        BucketReport, on_delete=models.PROTECT, related_name="buckets"
    )
    bucket_id = models.CharField(
        max_length=64, help_text="Composed of the interval and of every dimension."
    )
    revision = models.PositiveIntegerField()
    supersedes = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="superseded_by",
    )
    content_sha256 = models.CharField(max_length=64)
    period_start = models.DateTimeField()
    period_end = models.DateTimeField()
    model = models.CharField(max_length=200, help_text="As the provider calls it.")
    tier = models.CharField(max_length=20)
    dimensions = models.JSONField(default=dict)
    lines = models.JSONField(
        default=list, help_text="Tokens by the classes that are not told apart."
    )
    tokens = models.BigIntegerField()
    requests = models.BigIntegerField(null=True, blank=True)
    known_at = models.DateTimeField(help_text="When this revision was received.")

    objects = StreamedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_bucket_has_each_revision_once",
                fields=["source", "bucket_id", "revision"],
            ),
            models.CheckConstraint(
                name="a_later_revision_supersedes_the_one_before",
                condition=Q(revision=1, supersedes__isnull=True)
                | Q(revision__gt=1, supersedes__isnull=False),
            ),
            models.CheckConstraint(
                name="a_bucket_ends_after_it_begins",
                condition=Q(period_start__lt=F("period_end")),
            ),
            models.CheckConstraint(
                name="a_bucket_counts_nothing_below_zero", condition=Q(tokens__gte=0)
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="buckets_by_period", fields=["source", "period_start"]),
        ]

    def __str__(self) -> str:
        return f"{self.bucket_id[:12]} revision {self.revision}"
