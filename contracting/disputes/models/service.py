"""Service levels of a contract, and credits where they were missed."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q

from contracting.core.models import Addressed, AppendOnly, Stated
from contracting.core.subjects import Subject
from contracting.disputes.states import CreditState, ServiceMeasure


class ServiceLevel(Addressed, Stated):
    """What a contract says of the service, and what is credited when it is missed."""

    PREFIX = "svl"

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="service_levels"
    )
    measure = models.CharField(max_length=14, choices=ServiceMeasure.choices)
    target = models.DecimalField(
        max_digits=14, decimal_places=4, help_text="Percent, or milliseconds."
    )
    steps = models.JSONField(
        help_text="[worse than, percent of the month credited], mildest miss first."
    )
    modification = models.ForeignKey(
        "modifications.ContractModification",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="By which it holds from a day of an earlier month on.",
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            ExclusionConstraint(
                name="a_contract_has_one_level_of_a_measure_at_a_time",
                expressions=[
                    ("contract", RangeOperators.EQUAL),
                    ("measure", RangeOperators.EQUAL),
                    ("in_force", RangeOperators.OVERLAPS),
                ],
                condition=Q(superseded_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.target}"


class ServiceCredit(Addressed, AppendOnly):
    """What a missed level of a month comes to on an order, as it was measured then."""

    PREFIX = "svc"

    level = models.ForeignKey(
        ServiceLevel, on_delete=models.PROTECT, related_name="credits"
    )
    order = models.ForeignKey(
        "orders.TaskOrder", on_delete=models.PROTECT, related_name="service_credits"
    )
    measure = models.CharField(max_length=14, choices=ServiceMeasure.choices)
    month = models.DateField(help_text="Its first day, in the contract's zone.")
    measured = models.DecimalField(max_digits=14, decimal_places=4)
    calls = models.BigIntegerField()
    base_dollars = models.DecimalField(
        max_digits=24, decimal_places=12, help_text="Metered usage of the month."
    )
    percent = models.DecimalField(max_digits=7, decimal_places=4)
    dollars = models.DecimalField(max_digits=18, decimal_places=2)
    proposed_by = models.CharField(max_length=160)
    proposed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_missed_level_of_a_month_is_credited_once_on_an_order",
                fields=["order", "measure", "month"],
            ),
            models.CheckConstraint(
                name="a_credit_for_the_service_is_part_of_the_month",
                condition=Q(dollars__gt=0, percent__gt=0, percent__lte=100),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.month} {self.dollars}"

    @property
    def subject(self) -> Subject:
        return Subject(
            "disputes.service_credit", self.pk, f"contract:{self.order.contract_id}"
        )

    @property
    def path(self) -> str:
        """The address of the page that shows it."""
        return f"/contracts/{self.order.contract.public_id}/service_levels"

    @property
    def state(self) -> CreditState:
        """Proposed until the contracting officer has decided."""
        if not hasattr(self, "decision"):
            return CreditState.PROPOSED
        is_due = self.decision.is_confirmed
        return CreditState.CONFIRMED if is_due else CreditState.DECLINED


class ServiceCreditDecision(AppendOnly):
    """The contracting officer's word on a proposed credit."""

    credit = models.OneToOneField(
        ServiceCredit, on_delete=models.PROTECT, related_name="decision"
    )
    is_confirmed = models.BooleanField()
    reason = models.TextField()
    decided_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    decided_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_credit_is_decided_with_a_reason", condition=~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"decision on {self.credit_id}"
