"""Events and their lines: those that are open, those put away, and both together.

They have no foreign keys on purpose: the ingest join checks what they name, and what
they name is never deleted.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from contracting.core.models import AppendOnly, StreamedQuerySet, Timestamped
from contracting.core.subjects import Subject
from contracting.metering.models.incoming import IncomingQuerySet
from contracting.metering.models.sources import UsageSource
from contracting.metering.states import Basis, Provenance


class EventColumns(models.Model):
    """What is kept of a call, wherever it lies."""

    pk = models.CompositePrimaryKey("agency_id", "source_id", "event_id")
    agency_id = models.BigIntegerField()
    source_id = models.BigIntegerField()
    event_id = models.CharField(max_length=200)
    batch_id = models.BigIntegerField()
    payload_sha256 = models.CharField(max_length=64)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    operation_id = models.CharField(max_length=200)
    attempt = models.PositiveIntegerField(default=1)
    order_ref = models.CharField(max_length=60)
    model_requested = models.CharField(max_length=120, blank=True)
    model_served = models.CharField(max_length=120)
    tier = models.CharField(max_length=20, default="STANDARD")
    context_band = models.CharField(max_length=20, default="ALL")
    boundary = models.CharField(max_length=20)
    basis = models.CharField(
        max_length=10, choices=Basis.choices, default=Basis.MEASURED
    )
    reported_total = models.BigIntegerField(null=True, blank=True)
    provenance = models.CharField(
        max_length=10, choices=Provenance.choices, db_default=Provenance.MEASURED
    )
    outcome = models.CharField(max_length=20, blank=True, db_default="")
    key_ref = models.CharField(max_length=200, blank=True, db_default="")
    model_billed = models.CharField(max_length=120, blank=True, db_default="")
    requests = models.BigIntegerField(null=True, blank=True)
    latency_ms = models.BigIntegerField(null=True, blank=True)
    meter_seq = models.BigIntegerField(null=True, blank=True)
    is_late = models.BooleanField(default=False)
    corrects = models.CharField(max_length=200, blank=True)
    correction_reason = models.CharField(max_length=200, blank=True)

    objects = IncomingQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.source_id} {self.event_id}"


class LineColumns(models.Model):
    """What is kept of a class of a call, wherever it lies."""

    pk = models.CompositePrimaryKey(
        "agency_id", "source_id", "event_id", "token_class_code"
    )
    agency_id = models.BigIntegerField()
    source_id = models.BigIntegerField()
    event_id = models.CharField(max_length=200)
    token_class_code = models.CharField(max_length=30)
    tokens = models.BigIntegerField()

    objects = StreamedQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.event_id} {self.token_class_code} {self.tokens}"


class UsageEvent(EventColumns, AppendOnly):
    """One call as its source reported it: stored and counted once, for ever.

    Those of a year that is put away lie in the archive; ``EveryEvent`` has both.
    """

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="usage_event_by_time", fields=["occurred_at"]),
            models.Index(name="usage_event_by_batch", fields=["batch_id"]),
            models.Index(
                name="corrections_of_usage",
                fields=["agency_id", "source_id", "corrects"],
                condition=~Q(corrects=""),
            ),
        ]


class UsageLine(LineColumns, AppendOnly):
    """Tokens of one class of one event; the lines of an event are disjoint.

    Negative only in a correction, which names the event that it corrects.
    """


class EveryEvent(EventColumns, Timestamped):
    """Every call that was ever stored, of open sources and of those put away.

    A view, for reading alone.
    """

    class Meta:
        managed = False
        db_table = "metering_everyevent"


class EveryLine(LineColumns, Timestamped):
    """The same of the lines."""

    class Meta:
        managed = False
        db_table = "metering_everyline"


class SourceArchive(AppendOnly):
    """The calls of a closed source were put away: what they came to then.

    The archive has what it had as long as its rows still come to the same.
    """

    source = models.OneToOneField(
        UsageSource, on_delete=models.PROTECT, related_name="archive"
    )
    events = models.BigIntegerField()
    lines = models.BigIntegerField()
    tokens = models.DecimalField(max_digits=30, decimal_places=0)
    checksum = models.DecimalField(
        max_digits=40, decimal_places=0, help_text="Sum over the hashes of its calls."
    )
    archived_by = models.CharField(max_length=160)
    archived_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="an_archive_counts_no_negative_number_of_calls",
                condition=Q(events__gte=0, lines__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"archive of {self.source_id}"

    @property
    def subject(self) -> Subject:
        return self.source.subject
