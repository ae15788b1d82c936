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
from contracting.requisitions.states import MOVES, RequisitionState


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
