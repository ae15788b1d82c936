"""Alarms, alert rules and what they have told, and planned onboarding."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from contracting.core.models import (
    Addressed,
    AppendOnly,
    LockingQuerySet,
    Stateful,
    Timestamped,
)
from contracting.core.subjects import Subject
from contracting.watch.states import MOVES, AlarmKind, AlarmState, AlertMeasure


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
                | Q(order__isnull=True, source__isnull=False),
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


class AlertRule(Addressed, Timestamped):
    """Who is told at which point, of all orders of a contract, of one, or of a line."""

    PREFIX = "alr"

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="alert_rules"
    )
    order = models.ForeignKey(
        "orders.TaskOrder",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="alert_rules",
        help_text="One order; blank: each order of the contract.",
    )
    line = models.ForeignKey(
        "orders.OrderLine",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="alert_rules",
        help_text="One line of the order.",
    )
    measure = models.CharField(max_length=20, choices=AlertMeasure.choices)
    threshold = models.DecimalField(max_digits=18, decimal_places=2)
    tells = ArrayField(models.CharField(max_length=30), help_text="Roles.")
    tells_vendor = models.BooleanField(default=False)
    made_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    ended_by = models.ForeignKey(
        "accounts.Membership",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="an_alert_rule_has_a_threshold", condition=Q(threshold__gt=0)
            ),
            models.CheckConstraint(
                name="an_alert_rule_tells_somebody",
                condition=Q(tells__len__gte=1) | Q(tells_vendor=True),
            ),
            models.CheckConstraint(
                name="an_alert_rule_of_a_line_names_its_order",
                condition=Q(line__isnull=True) | Q(order__isnull=False),
            ),
            models.CheckConstraint(
                name="who_ended_an_alert_rule_is_known",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False)
                & Q(ended_at__gte=F("made_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.threshold}"

    @property
    def subject(self) -> Subject:
        return Subject("watch.alert_rule", self.pk, f"contract:{self.contract_id}")

    @property
    def sentence(self) -> str:
        """When it tells, in words."""
        return AlertMeasure(self.measure).sentence(self.threshold)

    @property
    def of_what(self) -> str:
        """What it watches, in words."""
        if self.line is not None and self.order is not None:
            return f"line {self.line.clin} of order {self.order.piid}"
        if self.order is not None:
            return f"order {self.order.piid}"
        return "each order"


class Firing(Addressed, AppendOnly):
    """A rule has told people, once on each occasion; or was tried."""

    PREFIX = "frg"

    rule = models.ForeignKey(
        AlertRule, on_delete=models.PROTECT, related_name="firings"
    )
    order = models.ForeignKey("orders.TaskOrder", on_delete=models.PROTECT)
    occasion = models.CharField(
        max_length=30, help_text="The funding epoch or the day that it is of."
    )
    figure = models.DecimalField(max_digits=24, decimal_places=2)
    words = models.CharField(max_length=400)
    is_test = models.BooleanField(default=False)
    people = models.PositiveSmallIntegerField(help_text="Inboxes it was put into.")
    fired_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_rule_tells_once_on_an_occasion",
                fields=["rule", "order", "occasion"],
                condition=Q(is_test=False),
            ),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def subject(self) -> Subject:
        return Subject("watch.firing", self.pk, f"contract:{self.rule.contract_id}")


class PlannedUse(Addressed, Timestamped):
    """More use that somebody plans for an order; forecasts count it as a step."""

    PREFIX = "pla"

    order = models.ForeignKey(
        "orders.TaskOrder", on_delete=models.PROTECT, related_name="planned_uses"
    )
    starts_on = models.DateField()
    until = models.DateField(null=True, blank=True)
    tokens_per_day = models.BigIntegerField()
    dollars_per_day = models.DecimalField(max_digits=18, decimal_places=2)
    words = models.CharField(max_length=200)
    planned_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    planned_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="planned_use_says_what_it_is_and_how_much",
                condition=~Q(words="")
                & Q(tokens_per_day__gt=0)
                & Q(dollars_per_day__gt=0),
            ),
            models.CheckConstraint(
                name="planned_use_ends_after_it_begins",
                condition=Q(until__isnull=True) | Q(until__gte=F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def subject(self) -> Subject:
        return Subject("watch.planned_use", self.pk, self.order.stream)
