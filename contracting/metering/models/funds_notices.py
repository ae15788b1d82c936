"""Notices of how much of an order's funds is used or soon will be (R-FND-07).

What was told, to whom it went and who has acknowledged it are rows that are only added.
"""

from __future__ import annotations

from typing import ClassVar, Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from contracting.core.identifiers import NUMBER_LENGTH
from contracting.core.models import Addressed, AppendOnly
from contracting.core.subjects import Subject
from contracting.metering.states import FundsClausePreset, FundsNoticeKind

FORECAST_PERCENTS: Final = (75, 85)
FORECAST_DAYS: Final = (30, 90)
"""What the clause lets a contract choose (FAR 52.232-22(c))."""


class NoticeTerms(Addressed, AppendOnly):
    """At which shares of an order's funds a contract has people told; the last holds.

    ``forecast_percent`` and ``forecast_days`` are those of the limitation of funds: the
    notice is due when what will be used in so many days passes so much of the funds.
    """

    PREFIX = "nte"

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="notice_terms"
    )
    clause = models.CharField(max_length=20, choices=FundsClausePreset.choices)
    percents = ArrayField(models.PositiveSmallIntegerField())
    forecast_percent = models.PositiveSmallIntegerField()
    forecast_days = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=400)
    set_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    set_at = models.DateTimeField(help_text="From then on they hold.")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="terms_of_notice_say_why", condition=~Q(reason="")
            ),
            models.CheckConstraint(
                name="a_contract_is_told_at_some_share",
                condition=Q(percents__len__gte=1),
            ),
            models.CheckConstraint(
                name="a_limitation_of_funds_is_told_as_its_clause_allows",
                condition=Q(
                    forecast_percent__range=FORECAST_PERCENTS,
                    forecast_days__range=FORECAST_DAYS,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}: {self.percents}"

    @property
    def subject(self) -> Subject:
        return Subject("metering.notice_terms", self.pk, f"contract:{self.contract_id}")


class FundsNotice(Addressed, AppendOnly):
    """Both sides were told that a share of the funds is used, or soon will be.

    Once for each order (or line of several), share and funding epoch: the first epoch
    begins with the order, and each act that adds funds begins another.
    """

    PREFIX = "fnt"

    number = models.CharField(
        max_length=NUMBER_LENGTH, help_text="75D30127F00001-FN1, by its order."
    )
    order = models.ForeignKey(
        "orders.TaskOrder", on_delete=models.PROTECT, related_name="funds_notices"
    )
    line = models.ForeignKey(
        "orders.OrderLine",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="funds_notices",
        help_text="Of one line of several; blank: of the whole order.",
    )
    kind = models.CharField(max_length=10, choices=FundsNoticeKind.choices)
    percent = models.PositiveSmallIntegerField()
    epoch = models.PositiveSmallIntegerField()
    obligated_dollars = models.DecimalField(max_digits=24, decimal_places=12)
    used_dollars = models.DecimalField(max_digits=24, decimal_places=12)
    expected_dollars = models.DecimalField(
        max_digits=18,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="Used by the last of the days ahead, as then forecast.",
    )
    days_ahead = models.PositiveSmallIntegerField(null=True, blank=True)
    given_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_notice_of_funds_has_a_number_of_its_own", fields=["number"]
            ),
            models.UniqueConstraint(
                name="a_share_of_the_funds_is_told_once_in_an_epoch",
                fields=["order", "line", "kind", "percent", "epoch"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="a_forecast_of_the_funds_says_what_is_expected",
                condition=Q(
                    kind=FundsNoticeKind.USED,
                    expected_dollars__isnull=True,
                    days_ahead__isnull=True,
                )
                | Q(
                    kind=FundsNoticeKind.EXPECTED,
                    expected_dollars__isnull=False,
                    days_ahead__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.percent} % of order {self.order_id}, epoch {self.epoch}"

    @property
    def subject(self) -> Subject:
        return Subject("metering.funds_notice", self.pk, self.order.stream)

    @property
    def path(self) -> str:
        """The page of the notice."""
        return f"/funds_notices/{self.public_id}"

    @property
    def of_what(self) -> str:
        """The order, or the line of it, as a sentence names it."""
        order = f"order {self.order.piid}"
        return f"line {self.line.clin} of {order}" if self.line else order


class FundsNoticeDelivery(AppendOnly):
    """The notice was put before one side; again where nobody has acknowledged it."""

    notice = models.ForeignKey(
        FundsNotice, on_delete=models.PROTECT, related_name="deliveries"
    )
    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT)
    attempt = models.PositiveSmallIntegerField()
    people = models.PositiveSmallIntegerField(help_text="Inboxes it was put into.")
    delivered_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_notice_of_funds_goes_to_a_side_once_each_time",
                fields=["notice", "organization", "attempt"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} to {self.organization_id}, {self.attempt}"


class FundsNoticeAcknowledgement(AppendOnly):
    """Somebody has taken note of it for their side; once is enough."""

    notice = models.ForeignKey(
        FundsNotice, on_delete=models.PROTECT, related_name="acknowledgements"
    )
    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT)
    acknowledged_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    words = models.CharField(max_length=400, blank=True)
    acknowledged_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_side_acknowledges_a_notice_of_funds_once",
                fields=["notice", "organization"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} by {self.organization_id}"
