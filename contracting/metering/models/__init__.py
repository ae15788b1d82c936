"""Metered tokens: events and their disjoint lines, verdicts, attribution, rating.

``UsageEvent`` and ``UsageLine`` have no foreign keys on purpose: the ingest join checks
what they name, and what they name is never deleted.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from contracting.core.models import (
    Addressed,
    AppendOnly,
    StreamedQuerySet,
)
from contracting.core.subjects import Subject
from contracting.metering.models import (
    buckets,
    changes,
    deliveries,
    events,
    funds_notices,
    reratings,
    reservations,
    rollups,
    saved,
    sources,
    terms,
)
from contracting.metering.states import (
    DisposalCode,
    HoldReason,
    RowVerdict,
)

NoticeTerms = funds_notices.NoticeTerms
FundsNotice = funds_notices.FundsNotice
FundsNoticeDelivery = funds_notices.FundsNoticeDelivery
FundsNoticeAcknowledgement = funds_notices.FundsNoticeAcknowledgement
ControlTotal = sources.ControlTotal
SourceAlarm = sources.SourceAlarm
SourceOfRecord = sources.SourceOfRecord
KeyMapping = sources.KeyMapping
WitnessRating = sources.WitnessRating
UsageLimit = terms.UsageLimit
OutcomePolicy = terms.OutcomePolicy
UnchargedUsage = terms.UnchargedUsage
UsageRelease = terms.UsageRelease
UsageSource = sources.UsageSource
UsageEvent = events.UsageEvent
UsageLine = events.UsageLine
EveryEvent = events.EveryEvent
EveryLine = events.EveryLine
SourceArchive = events.SourceArchive
SourceHeartbeat = sources.SourceHeartbeat
BucketReport = buckets.BucketReport
ReportedBucket = buckets.ReportedBucket
ColumnMapping = deliveries.ColumnMapping
CountedChunk = deliveries.CountedChunk
UploadChunk = deliveries.UploadChunk
UsageBatch = deliveries.UsageBatch
UsageUpload = deliveries.UsageUpload
FundsGate = reservations.FundsGate
GateCounter = reservations.GateCounter
Reservation = reservations.Reservation
ReservationEnd = reservations.ReservationEnd
ReservationHold = reservations.ReservationHold
Settlement = reservations.Settlement
FreedReserve = reservations.FreedReserve
SuspenseReserve = reservations.SuspenseReserve
SpendingLimit = reservations.SpendingLimit
ControlChoice = reservations.ControlChoice
GatewayEpoch = reservations.GatewayEpoch
HourlyUsage = rollups.HourlyUsage
DailyUsage = rollups.DailyUsage
PortfolioDay = rollups.PortfolioDay
KeyedUsage = rollups.KeyedUsage
SavedView = saved.SavedView
FoldedLine = rollups.FoldedLine
UsageFold = rollups.UsageFold
TermsChange = changes.TermsChange
ClosedUsage = reratings.ClosedUsage
ReopenedUsage = reratings.ReopenedUsage
RatingRequest = reratings.RatingRequest
RatingPart = reratings.RatingPart
RatingRun = reratings.RatingRun
RatingDifference = reratings.RatingDifference
UsageRerating = reratings.UsageRerating


class UsageRefusal(AppendOnly):
    """A row that was not stored as usage: a conflict or a rejection, with its code."""

    batch = models.ForeignKey(
        UsageBatch, on_delete=models.PROTECT, related_name="refusals"
    )
    row_index = models.PositiveIntegerField()
    event_id = models.CharField(max_length=200, blank=True)
    verdict = models.CharField(max_length=10, choices=RowVerdict.choices)
    code = models.CharField(max_length=60)
    pointer = models.CharField(max_length=120, blank=True)
    payload_sha256 = models.CharField(max_length=64)

    objects = StreamedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"row {self.row_index}: {self.code}"


class UsageHold(AppendOnly):
    """Why an event is in suspense, the last row of it.

    It leaves when it is attributed or disposed of, never both.
    """

    agency_id = models.BigIntegerField()
    source_id = models.BigIntegerField()
    event_id = models.CharField(max_length=200)
    reason = models.CharField(max_length=20, choices=HoldReason.choices)
    detail = models.CharField(max_length=200, blank=True)
    order = models.ForeignKey(
        "orders.TaskOrder", on_delete=models.PROTECT, null=True, blank=True
    )
    reserved_tokens = models.BigIntegerField(null=True, blank=True)
    reserved_dollars = models.DecimalField(
        max_digits=24,
        decimal_places=12,
        null=True,
        blank=True,
        help_text="At the highest price that can apply; empty: nothing has a price.",
    )
    held_at = models.DateTimeField()

    objects = StreamedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="holds_by_event", fields=["agency_id", "source_id", "event_id"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.reason}"


class UsageAttribution(AppendOnly):
    """Whose usage an event is: the order line and the model of the contract."""

    pk = models.CompositePrimaryKey("agency_id", "source_id", "event_id")
    agency_id = models.BigIntegerField()
    source_id = models.BigIntegerField()
    event_id = models.CharField(max_length=200)
    order_line = models.ForeignKey(
        "orders.OrderLine", on_delete=models.PROTECT, db_index=False
    )
    model = models.ForeignKey(
        "reference.AiModel", on_delete=models.PROTECT, db_index=False
    )
    accounting_day = models.DateField(help_text="In the contract's time zone.")
    attributed_at = models.DateTimeField()

    objects = StreamedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="attribution_by_line_day", fields=["order_line", "accounting_day"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} on {self.order_line_id}"


class UsageRating(AppendOnly):
    """The exact price of one usage line, and how much of it was within the funds."""

    pk = models.CompositePrimaryKey(
        "agency_id", "source_id", "event_id", "token_class_code"
    )
    agency_id = models.BigIntegerField()
    source_id = models.BigIntegerField()
    event_id = models.CharField(max_length=200)
    token_class_code = models.CharField(max_length=30)
    order_line = models.ForeignKey(
        "orders.OrderLine", on_delete=models.PROTECT, db_index=False
    )
    rate_row = models.ForeignKey(
        "contracts.RateRow", on_delete=models.PROTECT, db_index=False
    )
    occurred_at = models.DateTimeField()
    accounting_day = models.DateField()
    tokens = models.BigIntegerField()
    usd_per_million_tokens = models.DecimalField(max_digits=12, decimal_places=6)
    dollars = models.DecimalField(max_digits=24, decimal_places=12)
    rated_at = models.DateTimeField()

    objects = StreamedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="rating_by_line_time", fields=["order_line", "occurred_at"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.token_class_code} {self.dollars}"


class UsageAssignment(AppendOnly):
    """Somebody has said whose usage a held event is, and why; the event stays as it is.

    What is blank was not said: the model and the class are then those of the event.
    """

    agency_id = models.BigIntegerField()
    source_id = models.BigIntegerField()
    event_id = models.CharField(max_length=200)
    order = models.ForeignKey("orders.TaskOrder", on_delete=models.PROTECT)
    order_line = models.ForeignKey(
        "orders.OrderLine", on_delete=models.PROTECT, null=True, blank=True
    )
    model = models.ForeignKey(
        "reference.AiModel", on_delete=models.PROTECT, null=True, blank=True
    )
    named_class = models.CharField(
        max_length=30, blank=True, help_text="The unknown class of the event."
    )
    token_class_code = models.CharField(
        max_length=30, blank=True, help_text="The class that it is."
    )
    reason = models.CharField(max_length=400)
    assigned_by = models.CharField(max_length=160)
    assigned_at = models.DateTimeField()

    objects = StreamedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_held_call_is_assigned_to_an_order_once",
                fields=["agency_id", "source_id", "event_id"],
            ),
            models.CheckConstraint(
                name="an_assignment_says_why",
                condition=~Q(reason=""),
            ),
            models.CheckConstraint(
                name="an_unknown_class_is_said_to_be_a_class",
                condition=Q(named_class="", token_class_code="")
                | (~Q(named_class="") & ~Q(token_class_code="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} to order {self.order_id}"


class UsageDisposal(AppendOnly):
    """Why a held event is charged to nobody; it stays stored, listed and counted."""

    agency_id = models.BigIntegerField()
    source_id = models.BigIntegerField()
    event_id = models.CharField(max_length=200)
    code = models.CharField(max_length=20, choices=DisposalCode.choices)
    reason = models.CharField(max_length=400)
    disposed_by = models.CharField(max_length=160)
    disposed_at = models.DateTimeField()

    objects = StreamedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_held_call_is_disposed_of_once",
                fields=["agency_id", "source_id", "event_id"],
            ),
            models.CheckConstraint(
                name="a_disposal_says_why",
                condition=~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.code}"


class SuspenseReminder(AppendOnly):
    """Up to which instant of receipt an agency was told of what is still held."""

    agency = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT)
    received_until = models.DateTimeField()
    events = models.PositiveIntegerField(help_text="Held that long when it was told.")
    reminded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_agency_is_reminded_of_a_held_call_once",
                fields=["agency", "received_until"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id}: {self.events}"


class PeriodRun(Addressed, AppendOnly):
    """The usage of a contract line was put on its steps, or into its pool."""

    PREFIX = "prn"

    contract_line = models.ForeignKey(
        "contracts.ContractLine", on_delete=models.PROTECT, related_name="period_runs"
    )
    rated_through = models.DateTimeField(help_text="The last rating that it has seen.")
    tokens = models.BigIntegerField()
    provisional_dollars = models.DecimalField(max_digits=24, decimal_places=12)
    exact_dollars = models.DecimalField(max_digits=24, decimal_places=12)
    ran_by = models.CharField(max_length=160)
    ran_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.public_id} of line {self.contract_line_id}"

    @property
    def subject(self) -> Subject:
        stream = f"contract:{self.contract_line.contract_id}"
        return Subject("metering.period_run", self.pk, stream)


class TrueUp(AppendOnly):
    """What a step or pool of an order line comes to in a period; the last row holds.

    ``exact_dollars`` less ``provisional_dollars`` is what the ledger was trued up by.
    """

    run = models.ForeignKey(
        PeriodRun, on_delete=models.PROTECT, related_name="true_ups"
    )
    order_line = models.ForeignKey(
        "orders.OrderLine", on_delete=models.PROTECT, related_name="true_ups"
    )
    rate_row = models.ForeignKey("contracts.RateRow", on_delete=models.PROTECT)
    period_start = models.DateField(
        help_text="First day of the month, or of the order."
    )
    from_tokens = models.BigIntegerField(help_text="The step, by where it begins.")
    usd_per_million_tokens = models.DecimalField(
        max_digits=12, decimal_places=6, null=True, blank=True
    )
    tokens = models.BigIntegerField()
    micro_acu = models.BigIntegerField(default=0)
    provisional_dollars = models.DecimalField(max_digits=24, decimal_places=12)
    exact_dollars = models.DecimalField(max_digits=24, decimal_places=12)

    objects = StreamedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_run_trues_up_a_step_once",
                fields=["run", "order_line", "rate_row", "period_start", "from_tokens"],
            ),
            models.CheckConstraint(
                name="a_step_holds_no_negative_usage",
                condition=Q(tokens__gte=0, micro_acu__gte=0, exact_dollars__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_line_id} {self.period_start} {self.exact_dollars}"


class VolumeFreeze(AppendOnly):
    """Up to when the order of the usage of a contract line is fixed.

    What was rated by then is accepted or closed out, and keeps its steps; what comes
    later stands behind it, whenever it occurred.
    """

    contract_line = models.ForeignKey(
        "contracts.ContractLine", on_delete=models.PROTECT, related_name="freezes"
    )
    frozen_at = models.DateTimeField()
    because_kind = models.CharField(max_length=60)
    because_id = models.BigIntegerField()
    by_name = models.CharField(max_length=160)

    def __str__(self) -> str:
        return f"{self.contract_line_id} until {self.frozen_at}"
