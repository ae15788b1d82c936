"""What a contract says of single calls: how large, how many, and which are charged."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q

from contracting.core.models import (
    Addressed,
    AppendOnly,
    Stated,
    StreamedQuerySet,
)
from contracting.metering.models.sources import IN_FORCE, KNOWN
from contracting.metering.states import HoldReason, Outcome


class UsageLimit(Addressed, Stated):
    """What a contract says that a call of a model can have at most (R-MET-06).

    What is empty is as the model has it, or has no limit.
    """

    PREFIX = "lim"

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="usage_limits"
    )
    model = models.ForeignKey("reference.AiModel", on_delete=models.PROTECT)
    max_output_tokens = models.PositiveIntegerField(null=True, blank=True)
    context_tokens = models.PositiveIntegerField(null=True, blank=True)
    calls_per_minute = models.PositiveIntegerField(null=True, blank=True)
    tokens_per_minute = models.PositiveBigIntegerField(null=True, blank=True)
    latency_ms = models.PositiveIntegerField(
        null=True, blank=True, help_text="Beyond it a call has timed out."
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            ExclusionConstraint(
                name="a_contract_limits_a_model_once_at_a_time",
                expressions=[
                    ("contract", RangeOperators.EQUAL),
                    ("model", RangeOperators.EQUAL),
                    IN_FORCE,
                ],
                condition=KNOWN,
            ),
        ]

    def __str__(self) -> str:
        return f"limits of {self.model_id} on contract {self.contract_id}"


class OutcomePolicy(Addressed, Stated):
    """Whether a contract charges the calls that ended in one way (R-MET-07).

    Where a contract says nothing, the default of the reference data holds.
    """

    PREFIX = "out"

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="outcome_policies"
    )
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    charges_input = models.BooleanField()
    charges_output = models.BooleanField()
    modification = models.ForeignKey(
        "modifications.ContractModification", on_delete=models.PROTECT
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            ExclusionConstraint(
                name="an_outcome_is_charged_in_one_way_at_a_time",
                expressions=[
                    ("contract", RangeOperators.EQUAL),
                    ("outcome", RangeOperators.EQUAL),
                    IN_FORCE,
                ],
                condition=KNOWN,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} on contract {self.contract_id}"


class UnchargedUsage(AppendOnly):
    """Tokens of a call that its outcome makes free: counted, shown, rated at zero."""

    agency_id = models.BigIntegerField()
    source_id = models.BigIntegerField()
    event_id = models.CharField(max_length=200)
    token_class_code = models.CharField(max_length=30)
    order_line = models.ForeignKey("orders.OrderLine", on_delete=models.PROTECT)
    rate_row = models.ForeignKey(
        "contracts.RateRow",
        on_delete=models.PROTECT,
        help_text="The price that it would have had.",
    )
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    says_so = models.CharField(max_length=200, help_text="By which policy it is free.")
    occurred_at = models.DateTimeField()
    accounting_day = models.DateField()
    tokens = models.BigIntegerField()
    usd_per_million_tokens = models.DecimalField(max_digits=12, decimal_places=6)
    dollars = models.DecimalField(max_digits=24, decimal_places=12, db_default=0)
    rated_at = models.DateTimeField()

    objects = StreamedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_line_is_found_to_be_free_once",
                fields=["agency_id", "source_id", "event_id", "token_class_code"],
            ),
            models.CheckConstraint(
                name="what_is_not_chargeable_costs_nothing", condition=Q(dollars=0)
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="uncharged_by_line_day", fields=["order_line", "accounting_day"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.token_class_code} {self.outcome}"


class UsageRelease(AppendOnly):
    """Somebody lets a held call pass what held it, and says why."""

    agency_id = models.BigIntegerField()
    source_id = models.BigIntegerField()
    event_id = models.CharField(max_length=200)
    held_for = models.CharField(max_length=20, choices=HoldReason.choices)
    reason = models.CharField(max_length=400)
    dispute = models.CharField(
        max_length=80, blank=True, help_text="The dispute by whose decision it is."
    )
    released_by = models.CharField(max_length=160)
    released_at = models.DateTimeField()

    objects = StreamedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_held_call_is_released_once_for_each_reason",
                fields=["agency_id", "source_id", "event_id", "held_for"],
            ),
            models.CheckConstraint(name="a_release_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="an_estimate_is_charged_by_a_dispute_only",
                condition=~Q(held_for="NOT_MEASURED") | ~Q(dispute=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.held_for}"
