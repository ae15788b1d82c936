"""Whether a source is complete, which source is of record, and whose its keys are."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from contracting.core.models import (
    Addressed,
    AppendOnly,
    LockingQuerySet,
    Stated,
    StreamedQuerySet,
    Timestamped,
)
from contracting.core.subjects import Subject
from contracting.metering.states import SourceKind

IN_FORCE = ("in_force", RangeOperators.OVERLAPS)
KNOWN = Q(superseded_at__isnull=True)


class UsageSource(Addressed, Timestamped):
    """A gateway that reports usage; it belongs to one agency, for one fiscal year."""

    PREFIX = "src"
    IN_TURN = 7_021_971
    """Its number among the locks that are waited for in turn: batches never end."""

    agency = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="usage_sources"
    )
    code = models.CharField(
        max_length=120, help_text="CloudEvents source; another agency may have it too."
    )
    label = models.CharField(max_length=120)
    kind = models.CharField(
        max_length=10, choices=SourceKind.choices, default=SourceKind.GATEWAY
    )
    fiscal_year = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="The federal fiscal year that it reports."
    )
    succeeds = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="successor",
        help_text="The source of the year before.",
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=160, blank=True)
    closing_reason = models.CharField(max_length=200, blank=True)

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_agency_has_one_source_of_a_name", fields=["agency", "code"]
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def subject(self) -> Subject:
        return Subject("metering.source", self.pk, f"organization:{self.agency_id}")

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/usage/sources/{self.public_id}"


class SourceHeartbeat(AppendOnly):
    """A source is there, and up to which instant it has sent everything."""

    source = models.ForeignKey(
        "metering.UsageSource", on_delete=models.PROTECT, related_name="heartbeats"
    )
    beat_at = models.DateTimeField()
    watermark = models.DateTimeField(
        help_text="Every call completed before it has been sent."
    )
    last_seq = models.BigIntegerField(
        null=True, blank=True, help_text="The number of the last call that was sent."
    )

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="heartbeats_of_a_source", fields=["source", "-beat_at"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_source_has_not_sent_what_is_yet_to_come",
                condition=Q(watermark__lte=F("beat_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} at {self.beat_at}"


class ControlTotal(AppendOnly):
    """What a source counted on a UTC day, in total; the last row of a day holds."""

    source = models.ForeignKey(
        "metering.UsageSource", on_delete=models.PROTECT, related_name="control_totals"
    )
    day = models.DateField(help_text="In UTC.")
    calls = models.BigIntegerField()
    tokens = models.JSONField(default=dict, help_text="Tokens by class code.")
    stated_at = models.DateTimeField()
    stated_by = models.CharField(max_length=160)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="control_totals_by_day", fields=["source", "day"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_source_counts_no_negative_number_of_calls",
                condition=Q(calls__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.day} {self.calls}"


class SourceAlarm(AppendOnly):
    """The agency was told once that a day of a source does not prove complete."""

    source = models.ForeignKey(
        "metering.UsageSource", on_delete=models.PROTECT, related_name="alarms"
    )
    day = models.DateField(help_text="In UTC.")
    what = models.CharField(max_length=200)
    alarmed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_agency_is_alarmed_of_a_difference_once",
                fields=["source", "day", "what"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.day}: {self.what}"


class SourceOfRecord(Addressed, Stated):
    """The one source by which an order is charged, for one key or for all of its keys.

    The others are witnesses. ``is_first_report`` says that nobody has chosen: it was
    the first to report on the order.
    """

    PREFIX = "sor"

    agency = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT)
    order = models.ForeignKey(
        "orders.TaskOrder", on_delete=models.PROTECT, related_name="sources_of_record"
    )
    key_ref = models.CharField(
        max_length=200, blank=True, help_text="Empty: every key that has no own row."
    )
    source = models.ForeignKey(
        "metering.UsageSource", on_delete=models.PROTECT, related_name="of_record"
    )
    is_first_report = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            ExclusionConstraint(
                name="an_order_has_one_source_of_record_for_a_key_at_a_time",
                expressions=[
                    ("order", RangeOperators.EQUAL),
                    ("key_ref", RangeOperators.EQUAL),
                    IN_FORCE,
                ],
                condition=KNOWN,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} for order {self.order_id}"


class KeyMapping(Addressed, Stated):
    """Whose usage the calls of a gateway's key are: an order, a line, a project."""

    PREFIX = "key"

    agency = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT)
    source = models.ForeignKey(
        "metering.UsageSource",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="key_mappings",
        help_text="Empty: whichever source of the agency names the key.",
    )
    key_ref = models.CharField(max_length=200)
    order = models.ForeignKey(
        "orders.TaskOrder", on_delete=models.PROTECT, related_name="key_mappings"
    )
    order_line = models.ForeignKey(
        "orders.OrderLine",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="key_mappings",
    )
    project = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            ExclusionConstraint(
                name="a_key_belongs_to_one_order_at_a_time",
                expressions=[
                    ("agency", RangeOperators.EQUAL),
                    (Coalesce(F("source_id"), Value(0)), RangeOperators.EQUAL),
                    ("key_ref", RangeOperators.EQUAL),
                    IN_FORCE,
                ],
                condition=KNOWN,
            ),
            models.CheckConstraint(
                name="a_mapped_key_has_a_name", condition=~Q(key_ref="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key_ref} is order {self.order_id}"


class WitnessRating(AppendOnly):
    """What a witness would have charged: rated to be compared, never consumed."""

    agency_id = models.BigIntegerField()
    source_id = models.BigIntegerField()
    event_id = models.CharField(max_length=200)
    token_class_code = models.CharField(max_length=30)
    order_line = models.ForeignKey("orders.OrderLine", on_delete=models.PROTECT)
    rate_row = models.ForeignKey("contracts.RateRow", on_delete=models.PROTECT)
    occurred_at = models.DateTimeField()
    accounting_day = models.DateField()
    tokens = models.BigIntegerField()
    usd_per_million_tokens = models.DecimalField(max_digits=12, decimal_places=6)
    dollars = models.DecimalField(max_digits=24, decimal_places=12)
    rated_at = models.DateTimeField()

    objects = StreamedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_line_of_a_witness_is_rated_once",
                fields=["agency_id", "source_id", "event_id", "token_class_code"],
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="witnesses_by_line_day", fields=["order_line", "accounting_day"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.token_class_code} {self.dollars}"
