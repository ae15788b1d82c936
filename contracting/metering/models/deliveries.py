"""Deliveries of usage: batches, files in chunks, and how columns are mapped."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from contracting.core.models import Addressed, AppendOnly, StreamedQuerySet
from contracting.core.subjects import Subject


class ColumnMapping(Addressed, AppendOnly):
    """Which column of a source's files is what; the last version of a source holds."""

    PREFIX = "map"

    source = models.ForeignKey(
        "metering.UsageSource", on_delete=models.PROTECT, related_name="mappings"
    )
    version = models.PositiveIntegerField()
    declared = models.JSONField(help_text="As the adapter of CSV files reads it.")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=160)

    objects = StreamedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_mapping_of_a_source_has_one_version",
                fields=["source", "version"],
            ),
        ]

    def __str__(self) -> str:
        return f"mapping {self.version} of {self.source_id}"


class UsageBatch(Addressed, AppendOnly):
    """One delivery, with the count of each verdict; the payload is kept as a blob."""

    PREFIX = "bat"

    agency = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT)
    source = models.ForeignKey(
        "metering.UsageSource", on_delete=models.PROTECT, related_name="batches"
    )
    payload = models.ForeignKey(
        "documents.Blob", on_delete=models.PROTECT, related_name="+"
    )
    verdicts = models.ForeignKey(
        "documents.Blob", on_delete=models.PROTECT, related_name="+"
    )
    received = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField()
    held = models.PositiveIntegerField()
    duplicate = models.PositiveIntegerField()
    conflict = models.PositiveIntegerField()
    rejected = models.PositiveIntegerField()
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=160)
    format = models.CharField(
        max_length=40, default="", help_text="The adapter that read it."
    )
    mapping = models.ForeignKey(
        ColumnMapping, on_delete=models.PROTECT, null=True, blank=True
    )
    sent_sha256 = models.CharField(
        max_length=64, default="", help_text="Of the delivery as received, unpacked."
    )
    is_exact = models.BooleanField(
        default=False,
        help_text="Kept byte for byte; else the checked fields of each row.",
    )

    objects = StreamedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="every_received_row_has_one_verdict",
                condition=Q(
                    received=models.F("accepted")
                    + models.F("held")
                    + models.F("duplicate")
                    + models.F("conflict")
                    + models.F("rejected")
                ),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="batches_by_time", fields=["source", "-received_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} of {self.source_id}"

    @property
    def subject(self) -> Subject:
        return Subject("metering.batch", self.pk, f"organization:{self.agency_id}")


class UsageUpload(Addressed, AppendOnly):
    """A file of usage, read on receipt and counted chunk by chunk by an operation."""

    PREFIX = "upl"

    agency = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT)
    source = models.ForeignKey(
        "metering.UsageSource", on_delete=models.PROTECT, related_name="uploads"
    )
    operation = models.OneToOneField(
        "documents.Operation", on_delete=models.PROTECT, related_name="usage_upload"
    )
    mapping = models.ForeignKey(
        ColumnMapping, on_delete=models.PROTECT, null=True, blank=True
    )
    format = models.CharField(max_length=40, help_text="The adapter that read it.")
    read_as = models.JSONField(
        default=dict, help_text="What was said of rows that do not say it themselves."
    )
    rows = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, help_text="Of the file as it was sent.")
    size_bytes = models.BigIntegerField()
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=160)

    objects = StreamedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.public_id} of {self.source_id}"

    @property
    def path(self) -> str:
        """Its page."""
        return f"/usage/uploads/{self.public_id}"

    @property
    def subject(self) -> Subject:
        return Subject("metering.upload", self.pk, f"organization:{self.agency_id}")


class UploadChunk(AppendOnly):
    """Some rows of a file, checked and without any content, as they wait."""

    upload = models.ForeignKey(
        UsageUpload, on_delete=models.PROTECT, related_name="chunks"
    )
    position = models.PositiveIntegerField()
    rows = models.PositiveIntegerField()
    content = models.ForeignKey(
        "documents.Blob", on_delete=models.PROTECT, related_name="+"
    )

    is_exact = models.BooleanField(
        help_text="The lines as they were sent; else the checked fields of each row."
    )
    first_line = models.PositiveIntegerField(help_text="In the file, from 1.")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="the_chunks_of_a_file_have_an_order",
                fields=["upload", "position"],
            ),
        ]

    def __str__(self) -> str:
        return f"chunk {self.position} of {self.upload_id}"


class CountedChunk(AppendOnly):
    """A chunk was ingested: as which batch."""

    chunk = models.OneToOneField(
        UploadChunk, on_delete=models.PROTECT, related_name="counted"
    )
    batch = models.OneToOneField(
        "metering.UsageBatch", on_delete=models.PROTECT, related_name="chunk"
    )

    def __str__(self) -> str:
        return f"{self.chunk_id} as {self.batch_id}"
