"""Alarms, alert rules and what they have told, and planned onboarding."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from contracting.core.models import (
    Addressed,
    LockingQuerySet,
    Stateful,
    Timestamped,
)
from contracting.core.subjects import Subject
from contracting.watch.states import MOVES, AlarmKind, AlarmState


class Alarm(Addressed, Timestamped, Stateful):
    """Something in the figures of use that a person should look at; it proves no fault.

    It stays listed; who looks at it and what they found moves its state.
    """

    PREFIX = "alm"
    MOVES = MOVES
    NOUN = "alarm"

    agency = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="watch_alarms"
    )
    kind = models.CharField(max_length=20, choices=AlarmKind.choices)
    order = models.ForeignKey(
        "orders.TaskOrder",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="watch_alarms",
    )
    source = models.ForeignKey(
        "metering.UsageSource",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="watch_alarms",
    )
    model = models.ForeignKey(
        "reference.AiModel",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    day = models.DateField(help_text="The day in whose figures it was found.")
    words = models.CharField(max_length=400)
    figures = models.JSONField(help_text="What was seen, expected and allowed.")
    raised_at = models.DateTimeField()
    state = models.CharField(
        max_length=15, choices=AlarmState.choices, default=AlarmState.OPEN
    )
    reason = models.CharField(max_length=400, blank=True, help_text="What was found.")
    acted_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, blank=True
    )
    acted_at = models.DateTimeField(null=True, blank=True)

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_alarm_is_raised_once_for_a_day",
                fields=["agency", "kind", "order", "source", "model", "day"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="an_alarm_is_of_an_order_or_of_a_source",
                condition=Q(order__isnull=False, source__isnull=True)
                | Q(order__isnull=True, source__isnull=False)
                | Q(order__isnull=True, source__isnull=True, kind=AlarmKind.ROLL_UP),
            ),
            models.CheckConstraint(
                name="a_closed_alarm_says_what_was_found",
                condition=~Q(state=AlarmState.CLOSED) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="who_acts_on_an_alarm_is_known",
                condition=Q(state=AlarmState.OPEN) | Q(acted_by__isnull=False),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="alarms_of_an_agency", fields=["agency", "-id"]),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def subject(self) -> Subject:
        stream = self.order.stream if self.order else f"organization:{self.agency_id}"
        return Subject("watch.alarm", self.pk, stream)

    @property
    def path(self) -> str:
        """The page of the alarm."""
        return f"/alarms/{self.public_id}"

    @property
    def limits(self) -> str:
        """What an alarm of this kind can and cannot show."""
        return AlarmKind(self.kind).limits
