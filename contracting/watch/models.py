"""Alarms, alert rules and what they have told, and planned onboarding."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from contracting.core.models import (
    Addressed,
    AppendOnly,
    LockingQuerySet,
    Stateful,
    Timestamped,
)
from contracting.core.subjects import Subject
from contracting.watch.states import (
    MOVES,
    AlarmKind,
    AlarmState,
    RuleMeasure,
    RuleScope,
    RuleSpan,
    Told,
)


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
    rule = models.ForeignKey(
        "watch.AlertRule",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="alarms",
    )
    occasion = models.CharField(
        max_length=40,
        blank=True,
        help_text="Of an own rule: the day, the month or the version it fired for.",
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
                condition=Q(rule__isnull=True),
            ),
            models.UniqueConstraint(
                name="an_own_rule_fires_once_on_each_occasion",
                fields=["rule", "occasion"],
                condition=Q(rule__isnull=False),
            ),
            models.CheckConstraint(
                name="an_alarm_of_an_own_rule_names_it_and_the_occasion",
                condition=Q(kind=AlarmKind.OWN_RULE, rule__isnull=False)
                & ~Q(occasion="")
                | ~Q(kind=AlarmKind.OWN_RULE) & Q(rule__isnull=True, occasion=""),
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


class AlertRule(Addressed, AppendOnly):
    """An agency's own rule on an order: who is told when a figure is reached.

    What it says stands in its versions; of a day the last version that begins by then
    holds.
    """

    PREFIX = "alr"

    order = models.ForeignKey(
        "orders.TaskOrder", on_delete=models.PROTECT, related_name="alert_rules"
    )
    made_at = models.DateTimeField()

    objects = LockingQuerySet.as_manager()

    def __str__(self) -> str:
        return self.public_id

    @property
    def subject(self) -> Subject:
        return Subject("watch.alert_rule", self.pk, self.order.stream)

    @property
    def path(self) -> str:
        """The page of the rule."""
        return f"/alert_rules/{self.public_id}"


class AlertRuleVersion(AppendOnly):
    """What a rule says from a day on; an end is a version that is off."""

    rule = models.ForeignKey(
        AlertRule, on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    measure = models.CharField(max_length=10, choices=RuleMeasure.choices)
    span = models.CharField(max_length=5, choices=RuleSpan.choices, blank=True)
    scope = models.CharField(max_length=7, choices=RuleScope.choices)
    scope_name = models.CharField(max_length=120, blank=True)
    threshold = models.DecimalField(
        max_digits=24,
        decimal_places=2,
        help_text="US dollars, tokens or days, by what is measured.",
    )
    told = ArrayField(models.CharField(max_length=30, choices=Told.choices))
    valid_from = models.DateField(help_text="First day, in the contract's time zone.")
    is_on = models.BooleanField(default=True)
    reason = models.CharField(max_length=400)
    set_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    set_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_alert_rule_has_each_version_once", fields=["rule", "number"]
            ),
            models.CheckConstraint(
                name="an_alert_rule_has_a_figure_above_zero",
                condition=Q(threshold__gt=0),
            ),
            models.CheckConstraint(
                name="an_alert_rule_tells_somebody", condition=~Q(told=[])
            ),
            models.CheckConstraint(
                name="an_alert_rule_says_why", condition=~Q(reason="")
            ),
            models.CheckConstraint(
                name="cost_and_tokens_are_added_up_over_a_span",
                condition=Q(measure__in=["COST", "TOKENS"]) & ~Q(span="")
                | ~Q(measure__in=["COST", "TOKENS"]) & Q(span=""),
            ),
            models.CheckConstraint(
                name="a_rule_of_a_part_of_an_order_names_it",
                condition=Q(scope="ORDER", scope_name="")
                | ~Q(scope="ORDER") & ~Q(scope_name=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, version {self.number}"

    @property
    def told_words(self) -> list[str]:
        """Who is told, in words."""
        return [str(Told(each).label) for each in self.told]


class PlannedUse(Addressed, AppendOnly):
    """Use that is planned beside what the past shows: a team that begins on a day.

    A forecast counts it as a step of its own, never as trend, until it begins; then it
    is in the figures. A plan that no longer holds is withdrawn by another row.
    """

    PREFIX = "plu"

    order = models.ForeignKey(
        "orders.TaskOrder", on_delete=models.PROTECT, related_name="planned_uses"
    )
    withdraws = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="withdrawn_by",
    )
    words = models.CharField(max_length=200, help_text="What begins.")
    starts_on = models.DateField()
    until = models.DateField(null=True, blank=True, help_text="Last day of it.")
    tokens_per_day = models.BigIntegerField()
    dollars_per_day = models.DecimalField(max_digits=18, decimal_places=2)
    planned_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    planned_at = models.DateTimeField()

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="planned_use_is_above_nothing",
                condition=Q(tokens_per_day__gte=0, dollars_per_day__gte=0)
                & (Q(tokens_per_day__gt=0) | Q(dollars_per_day__gt=0)),
            ),
            models.CheckConstraint(
                name="planned_use_ends_after_it_begins",
                condition=Q(until__isnull=True) | Q(until__gte=models.F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def subject(self) -> Subject:
        return Subject("watch.planned_use", self.pk, self.order.stream)
