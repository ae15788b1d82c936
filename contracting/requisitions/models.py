"""The need: what an office wants, in tokens of which class, at what list price."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from contracting.core.models import (
    Addressed,
    AppendOnly,
    LockingQuerySet,
    Stateful,
    Timestamped,
    Versioned,
)
from contracting.core.subjects import Subject
from contracting.requisitions.states import MOVES, DayCount, RequisitionState


class Requisition(Addressed, Timestamped, Versioned, Stateful):
    """A purchase request with a workload estimate (FAR 7.1, 11.1)."""

    PREFIX = "req"
    MOVES = MOVES
    NOUN = "requisition"

    agency = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="requisitions"
    )
    requester = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="requisitions"
    )
    number = models.CharField(max_length=20, help_text="PR-26-00001, per agency.")
    title = models.CharField(max_length=200)
    need = models.TextField(help_text="What the tokens are for (SOO or PWS text).")
    line_of_accounting = models.ForeignKey(
        "ledger.LineOfAccounting",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text="Where the requester expects the funds to come from.",
    )
    planned_dollars = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    state = models.CharField(
        max_length=12,
        choices=RequisitionState.choices,
        default=RequisitionState.DRAFT,
    )

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_requisition_number_is_used_once_in_an_agency",
                fields=["agency", "number"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def subject(self) -> Subject:
        return Subject(
            "requisitions.requisition", self.pk, f"organization:{self.agency_id}"
        )


class EstimateRow(Timestamped):
    """Expected tokens of one class of one model in one month."""

    requisition = models.ForeignKey(
        Requisition, on_delete=models.PROTECT, related_name="estimate_rows"
    )
    model = models.ForeignKey("reference.AiModel", on_delete=models.PROTECT)
    token_class = models.ForeignKey("reference.TokenClass", on_delete=models.PROTECT)
    month = models.DateField(help_text="First day of the month.")
    p10_tokens = models.BigIntegerField()
    p50_tokens = models.BigIntegerField()
    p90_tokens = models.BigIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_month_of_a_class_is_estimated_once",
                fields=["requisition", "model", "token_class", "month"],
            ),
            models.CheckConstraint(
                name="an_estimate_rises_from_p10_to_p90",
                condition=Q(p10_tokens__gte=0)
                & Q(p50_tokens__gte=F("p10_tokens"))
                & Q(p90_tokens__gte=F("p50_tokens")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.token_class} in {self.month:%Y-%m}"


class IndependentEstimate(AppendOnly):
    """The independent government cost estimate, priced at public list on a day."""

    requisition = models.ForeignKey(
        Requisition, on_delete=models.PROTECT, related_name="independent_estimates"
    )
    priced_on = models.DateField()
    version = models.PositiveIntegerField(help_text="Version of the requisition.")
    rows = models.JSONField(help_text="Tokens, list price and amount per row.")
    p10_dollars = models.DecimalField(max_digits=24, decimal_places=12)
    p50_dollars = models.DecimalField(max_digits=24, decimal_places=12)
    p90_dollars = models.DecimalField(max_digits=24, decimal_places=12)
    price_source = models.CharField(max_length=120)

    def __str__(self) -> str:
        return f"{self.requisition} at list on {self.priced_on}"


class WorkloadRow(AppendOnly):
    """What a person typed of one workload: calls a day and tokens per call.

    The rows of a version are the workload that its estimate was built from. A version
    without any was estimated directly, in tokens a month.
    """

    requisition = models.ForeignKey(
        Requisition, on_delete=models.PROTECT, related_name="workload_rows"
    )
    version = models.PositiveIntegerField(help_text="Version of the requisition.")
    position = models.PositiveSmallIntegerField(help_text="1 for the first row.")
    name = models.CharField(max_length=60)
    model = models.ForeignKey("reference.AiModel", on_delete=models.PROTECT)
    calls_p10 = models.BigIntegerField(help_text="Calls a day in the first month.")
    calls_p50 = models.BigIntegerField()
    calls_p90 = models.BigIntegerField()
    uncached_input_tokens = models.BigIntegerField(help_text="Per call.")
    cached_input_tokens = models.BigIntegerField(help_text="Per call.")
    output_tokens = models.BigIntegerField(help_text="Per call.")
    reasoning_tokens = models.BigIntegerField(help_text="Per call.")
    growth_percent = models.DecimalField(
        max_digits=6, decimal_places=2, help_text="From each month to the next."
    )
    first_month = models.DateField(help_text="First day of the month.")
    months = models.PositiveSmallIntegerField()
    day_count = models.CharField(max_length=10, choices=DayCount.choices)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_row_of_a_workload_has_its_own_position",
                fields=["requisition", "version", "position"],
            ),
            models.CheckConstraint(
                name="calls_a_day_rise_from_p10_to_p90_and_are_some",
                condition=Q(calls_p10__gte=0)
                & Q(calls_p50__gte=F("calls_p10"))
                & Q(calls_p90__gte=F("calls_p50"))
                & Q(calls_p90__gte=1),
            ),
            models.CheckConstraint(
                name="a_call_has_tokens_and_none_are_negative",
                condition=Q(uncached_input_tokens__gte=0)
                & Q(cached_input_tokens__gte=0)
                & Q(output_tokens__gte=0)
                & Q(reasoning_tokens__gte=0)
                & (
                    Q(uncached_input_tokens__gt=0)
                    | Q(cached_input_tokens__gt=0)
                    | Q(output_tokens__gt=0)
                    | Q(reasoning_tokens__gt=0)
                ),
            ),
            models.CheckConstraint(
                name="a_workload_shrinks_by_at_most_all_of_it",
                condition=Q(growth_percent__gte=-100),
            ),
            models.CheckConstraint(
                name="a_workload_lasts_one_to_sixty_months",
                condition=Q(months__gte=1) & Q(months__lte=60),
            ),
            models.CheckConstraint(
                name="a_workload_begins_on_the_first_of_a_month",
                condition=Q(first_month__day=1),
            ),
            models.CheckConstraint(
                name="a_workload_counts_calendar_or_business_days",
                condition=Q(day_count__in=DayCount.values),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OwnershipComparison(AppendOnly):
    """What owned capacity should cost beside an estimate at list, by whom and when."""

    estimate = models.ForeignKey(
        IndependentEstimate, on_delete=models.PROTECT, related_name="comparisons"
    )
    gpus = models.PositiveIntegerField()
    gpu_hour_dollars = models.DecimalField(max_digits=12, decimal_places=6)
    tokens_per_gpu_second = models.PositiveIntegerField(help_text="When busy.")
    utilization_percent = models.DecimalField(max_digits=5, decimal_places=2)
    owned_usd_per_million_tokens = models.DecimalField(max_digits=18, decimal_places=6)
    list_usd_per_million_tokens = models.DecimalField(
        max_digits=18, decimal_places=6, help_text="Blended over the P50 tokens."
    )
    capacity_tokens = models.BigIntegerField(help_text="A month, at the utilization.")
    break_even_tokens = models.BigIntegerField(help_text="A month.")
    p50_tokens = models.BigIntegerField(help_text="A month, on average.")
    compared_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    compared_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="owned_capacity_is_at_least_one_gpu_that_costs_and_works",
                condition=Q(gpus__gte=1)
                & Q(gpu_hour_dollars__gt=0)
                & Q(tokens_per_gpu_second__gte=1),
            ),
            models.CheckConstraint(
                name="utilization_is_above_zero_and_at_most_all_of_the_time",
                condition=Q(utilization_percent__gt=0)
                & Q(utilization_percent__lte=100),
            ),
            models.CheckConstraint(
                name="a_comparison_counts_tokens_of_both_sides",
                condition=Q(capacity_tokens__gte=1)
                & Q(break_even_tokens__gte=1)
                & Q(p50_tokens__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gpus} owned GPUs beside {self.estimate}"
