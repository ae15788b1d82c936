"""What a price that came to be known later makes of usage that was rated before."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from contracting.core.models import Addressed, AppendOnly, StreamedQuerySet
from contracting.core.subjects import Subject


class Rerating(Addressed, AppendOnly):
    """A new run over the usage of a contract, with what it changed."""

    PREFIX = "rrt"

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="reratings"
    )
    reason = models.CharField(max_length=200)
    rated_through = models.DateTimeField(help_text="The last rating that it has seen.")
    lines = models.PositiveIntegerField(help_text="Usage lines that changed.")
    tokens = models.BigIntegerField()
    before_dollars = models.DecimalField(max_digits=24, decimal_places=12)
    dollars = models.DecimalField(max_digits=24, decimal_places=12)
    ran_by = models.CharField(max_length=160)
    ran_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.public_id} of contract {self.contract_id}"

    @property
    def subject(self) -> Subject:
        return Subject("metering.rerating", self.pk, f"contract:{self.contract_id}")

    @property
    def path(self) -> str:
        """The address of its difference report."""
        return f"/usage/reratings/{self.public_id}"


class RatingAdjustment(AppendOnly):
    """A usage line at another price than before; the last row of a line holds.

    It counts in the open period: the day of the usage stays as it was invoiced.
    """

    rerating = models.ForeignKey(
        Rerating, on_delete=models.PROTECT, related_name="adjustments"
    )
    agency_id = models.BigIntegerField()
    source_id = models.BigIntegerField()
    event_id = models.CharField(max_length=200)
    token_class_code = models.CharField(max_length=30)
    order_line = models.ForeignKey("orders.OrderLine", on_delete=models.PROTECT)
    before_rate_row = models.ForeignKey(
        "contracts.RateRow", on_delete=models.PROTECT, related_name="+"
    )
    rate_row = models.ForeignKey(
        "contracts.RateRow", on_delete=models.PROTECT, related_name="+"
    )
    usage_day = models.DateField(help_text="The day on which it was used.")
    accounting_day = models.DateField(help_text="The open day on which it counts.")
    tokens = models.BigIntegerField()
    before_usd_per_million_tokens = models.DecimalField(max_digits=12, decimal_places=6)
    usd_per_million_tokens = models.DecimalField(max_digits=12, decimal_places=6)
    before_dollars = models.DecimalField(max_digits=24, decimal_places=12)
    dollars = models.DecimalField(max_digits=24, decimal_places=12)
    is_credit = models.BooleanField(
        default=False,
        help_text="It was accepted already: the vendor credits the difference.",
    )
    adjusted_at = models.DateTimeField()

    objects = StreamedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_rerating_adjusts_a_usage_line_once",
                fields=[
                    *("rerating", "agency_id", "source_id", "event_id"),
                    "token_class_code",
                ],
            ),
            models.CheckConstraint(
                name="what_is_accepted_is_never_made_dearer",
                condition=Q(is_credit=False) | Q(dollars__lte=F("before_dollars")),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="adjustments_of_a_usage_line",
                fields=["agency_id", "source_id", "event_id", "token_class_code"],
            ),
            models.Index(
                name="adjustments_by_line_day", fields=["order_line", "accounting_day"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.token_class_code} {self.dollars}"
