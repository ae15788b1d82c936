"""Usage rated anew: runs, what they would change, and the ratings that they add.

No rating is ever changed. A run adds the rating of the same tokens at another price or
line; the last of them holds. What is closed keeps its rating, and the difference is an
adjustment in the open period (R-MET-05).
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Q

from contracting.core.models import (
    Addressed,
    AppendOnly,
    LockingQuerySet,
    Stateful,
    StreamedQuerySet,
    Timestamped,
)
from contracting.core.quantities import Dollars
from contracting.core.subjects import Subject
from contracting.metering.states import RATING_RUN_MOVES, RatingRunState


class ClosedUsage(AppendOnly):
    """Usage of a kind and period is accepted: what it cost is changed no more.

    Calls that were rated after ``closed_at`` are late, and are not closed by it.
    """

    order_line = models.ForeignKey(
        "orders.OrderLine", on_delete=models.PROTECT, related_name="closed_usage"
    )
    model = models.ForeignKey("reference.AiModel", on_delete=models.PROTECT)
    token_class_code = models.CharField(max_length=30)
    tier = models.CharField(max_length=20)
    period = DateTimeRangeField(help_text="[start, end) in UTC.")
    closed_at = models.DateTimeField()
    because_kind = models.CharField(max_length=60)
    because_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.order_line_id} {self.token_class_code} {self.period}"


class ReopenedUsage(AppendOnly):
    """What was closed because of something is open again: its closing no longer holds.

    Whatever an acceptance closed stays closed.
    """

    because_kind = models.CharField(max_length=60)
    because_id = models.BigIntegerField()
    reopened_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_closing_is_reopened_once", fields=["because_kind", "because_id"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.because_kind} {self.because_id}"


class RatingRequest(Addressed, AppendOnly):
    """Usage of a contract or order is to be looked at again; an operation does it."""

    PREFIX = "rrq"

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="rating_requests"
    )
    order = models.ForeignKey(
        "orders.TaskOrder",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rating_requests",
        help_text="Empty: every order of the contract.",
    )
    first_day = models.DateField(help_text="In the contract's time zone.")
    last_day = models.DateField(help_text="Inclusive.")
    reason = models.CharField(max_length=400)
    operation = models.OneToOneField(
        "documents.Operation", on_delete=models.PROTECT, related_name="rating_request"
    )
    asked_at = models.DateTimeField()

    objects = StreamedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="who_asks_to_rate_anew_says_why", condition=~Q(reason="")
            ),
            models.CheckConstraint(
                name="the_days_to_rate_anew_are_in_order",
                condition=Q(first_day__lte=F("last_day")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} of contract {self.contract_id}"

    @property
    def subject(self) -> Subject:
        return Subject("metering.rating_request", self.pk, self.contract.stream)


class RatingPart(AppendOnly):
    """What was found in a stretch of time of a request, as the report adds it up."""

    request = models.ForeignKey(
        RatingRequest, on_delete=models.PROTECT, related_name="parts"
    )
    position = models.PositiveIntegerField()
    until = models.DateTimeField(help_text="Where the next part begins.")
    lines = models.PositiveIntegerField(help_text="Rated lines that were looked at.")
    calls = models.PositiveIntegerField()
    left = models.JSONField(default=list)
    sums = models.JSONField(
        default=list, help_text="Rows of the report, each with its lines and tokens."
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="the_parts_of_a_rating_request_have_an_order",
                fields=["request", "position"],
            ),
        ]

    def __str__(self) -> str:
        return f"part {self.position} of {self.request_id}"


class RatingRun(Addressed, Timestamped, Stateful):
    """Usage of a contract or order and of some days is to be rated anew, and why."""

    PREFIX = "rrn"
    MOVES = RATING_RUN_MOVES
    NOUN = "rating run"

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="rating_runs"
    )
    order = models.ForeignKey(
        "orders.TaskOrder",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rating_runs",
        help_text="Empty: every order of the contract.",
    )
    first_day = models.DateField(help_text="In the contract's time zone.")
    last_day = models.DateField(help_text="Inclusive.")
    reason = models.CharField(max_length=400)
    calls = models.PositiveIntegerField(help_text="Calls that were looked at.")
    left = models.JSONField(
        default=list, help_text="Why calls stay as they are, and how many of them."
    )
    content_sha256 = models.CharField(
        max_length=64, help_text="SHA-256 of its differences."
    )
    prepared_by = models.ForeignKey(
        "accounts.Membership",
        on_delete=models.PROTECT,
        related_name="+",
    )
    prepared_at = models.DateTimeField()
    request = models.OneToOneField(
        RatingRequest,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="run",
        help_text="Empty: prepared while runs were worked out at once.",
    )
    state = models.CharField(
        max_length=10, choices=RatingRunState.choices, default=RatingRunState.DRAFT
    )
    decided_by = models.ForeignKey(
        "accounts.Membership",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_rating_run_says_why", condition=~Q(reason="")
            ),
            models.CheckConstraint(
                name="the_days_of_a_rating_run_are_in_order",
                condition=Q(first_day__lte=F("last_day")),
            ),
            models.CheckConstraint(
                name="a_rating_run_is_posted_by_somebody_else",
                condition=~Q(state="POSTED")
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("prepared_by"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} of contract {self.contract_id}"

    @property
    def subject(self) -> Subject:
        return Subject("metering.rating_run", self.pk, self.contract.stream)

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/usage/rating_runs/{self.public_id}"


class RatingDifference(AppendOnly):
    """What a run changes on a day: tokens of a class at the old price and at the new.

    Where it is closed, the difference is an adjustment and the old rating stays.
    """

    run = models.ForeignKey(
        RatingRun, on_delete=models.PROTECT, related_name="differences"
    )
    day = models.DateField(help_text="The day to which the usage belongs.")
    token_class_code = models.CharField(max_length=30)
    tier = models.CharField(max_length=20)
    old_order_line = models.ForeignKey(
        "orders.OrderLine", on_delete=models.PROTECT, related_name="+"
    )
    old_rate_row = models.ForeignKey(
        "contracts.RateRow", on_delete=models.PROTECT, related_name="+"
    )
    old_usd_per_million_tokens = models.DecimalField(max_digits=12, decimal_places=6)
    order_line = models.ForeignKey(
        "orders.OrderLine", on_delete=models.PROTECT, related_name="+"
    )
    rate_row = models.ForeignKey(
        "contracts.RateRow", on_delete=models.PROTECT, related_name="+"
    )
    usd_per_million_tokens = models.DecimalField(max_digits=12, decimal_places=6)
    is_closed = models.BooleanField()
    lines = models.PositiveIntegerField(help_text="Rated lines; a call has some.")
    tokens = models.BigIntegerField()
    old_dollars = models.DecimalField(max_digits=24, decimal_places=12)
    dollars = models.DecimalField(max_digits=24, decimal_places=12)

    objects = StreamedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_run_has_one_difference_for_each_day_and_price",
                fields=[
                    *("run", "day", "token_class_code", "old_order_line"),
                    *("old_rate_row", "old_usd_per_million_tokens", "order_line"),
                    *("rate_row", "usd_per_million_tokens", "is_closed"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.token_class_code} {self.change}"

    @property
    def change(self) -> Dollars:
        """What it costs now, less what it cost before; exact."""
        return Dollars(self.dollars) - Dollars(self.old_dollars)


class UsageRerating(AppendOnly):
    """The rating of the same tokens by a later run; the last one of a line holds.

    An adjustment says what closed tokens would cost, and is drawn on no funds.
    """

    pk = models.CompositePrimaryKey(
        "agency_id", "source_id", "event_id", "token_class_code", "run_id"
    )
    agency_id = models.BigIntegerField()
    source_id = models.BigIntegerField()
    event_id = models.CharField(max_length=200)
    token_class_code = models.CharField(max_length=30)
    run = models.ForeignKey(
        RatingRun, on_delete=models.PROTECT, related_name="reratings"
    )
    is_adjustment = models.BooleanField()
    old_order_line = models.ForeignKey(
        "orders.OrderLine", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    old_rate_row = models.ForeignKey(
        "contracts.RateRow", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    old_usd_per_million_tokens = models.DecimalField(max_digits=12, decimal_places=6)
    old_dollars = models.DecimalField(max_digits=24, decimal_places=12)
    order_line = models.ForeignKey(
        "orders.OrderLine", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    rate_row = models.ForeignKey(
        "contracts.RateRow", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    usd_per_million_tokens = models.DecimalField(max_digits=12, decimal_places=6)
    dollars = models.DecimalField(max_digits=24, decimal_places=12)
    tokens = models.BigIntegerField()
    occurred_at = models.DateTimeField()
    accounting_day = models.DateField()
    rated_at = models.DateTimeField(help_text="When the tokens were rated first.")
    rerated_at = models.DateTimeField()

    objects = StreamedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="rerating_by_line_time", fields=["order_line", "occurred_at"]
            ),
            models.Index(
                name="rerating_by_old_line_time",
                fields=["old_order_line", "occurred_at"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.token_class_code} {self.dollars}"
