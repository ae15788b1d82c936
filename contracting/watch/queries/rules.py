"""Own rules: which hold on a day, what they watch, when they would have fired."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import accounting_day
from contracting.metering.queries.keyed import days_under_a_name
from contracting.metering.queries.rollups import UsageOf, daily_usage
from contracting.orders.models import TaskOrder
from contracting.reference.models import AiModel
from contracting.watch.calculations import (
    DayUse,
)
from contracting.watch.calculations.rules import (
    EACH_WEEK,
    PREVIEW_DAYS,
    Fired,
    RuleTerms,
    Watched,
    fired,
)
from contracting.watch.models import (
    AlertRule,
    AlertRuleVersion,
    PlannedUse,
)
from contracting.watch.queries.forecasts import daily_use, planned_steps
from contracting.watch.states import (
    RuleScope,
)


def rules_of(orders: QuerySet[TaskOrder]) -> list[AlertRule]:
    """The own rules of these orders with their versions, in one order always."""
    rules = AlertRule.objects.filter(order__in=orders.order_by())
    return list(
        rules.select_related("order__contract", "order__requester")
        .prefetch_related("versions__set_by__user")
        .order_by("order", "pk")
    )


def version_on(rule: AlertRule, on: date | None) -> AlertRuleVersion | None:
    """The version of a rule that holds on a day; the last one without a day."""
    known = [
        each for each in rule.versions.all() if on is None or each.valid_from <= on
    ]
    return max(known, key=lambda each: (each.valid_from, each.number), default=None)


def terms_of(version: AlertRuleVersion) -> RuleTerms:
    """What a version says, as values."""
    return RuleTerms(
        name=version.name,
        measure=version.measure,
        threshold=version.threshold,
        told=tuple(version.told),
        span=version.span,
        scope=version.scope,
        scope_name=version.scope_name,
    )


def watched_by(order: TaskOrder, scope: str, name: str) -> Watched:
    """The daily use of an order, or of one line, model, project or key of it."""
    days: tuple[DayUse, ...]
    if scope in (RuleScope.PROJECT, RuleScope.KEY):
        is_key = scope == RuleScope.KEY
        found = days_under_a_name(
            order.pk, key=name if is_key else "", project="" if is_key else name
        )
        days = tuple(DayUse(*each) for each in found)
    elif scope == RuleScope.ORDER:
        days = daily_use([order])
    else:
        of = UsageOf(orders=[order.pk])
        if scope == RuleScope.CLIN:
            lines = [each.pk for each in order.lines.all() if each.clin == name]
            of = replace(of, order_lines=lines)
        else:
            models = AiModel.objects.filter(snapshot=name)
            of = replace(of, models=list(models.values_list("pk", flat=True)))
        days = tuple(
            DayUse(each.day, each.tokens, each.dollars)
            for each in daily_usage(of)
            if each.day
        )
    steps = planned_steps([order]) if scope == RuleScope.ORDER else ()
    return Watched(days, order.period_end, steps)


def would_have_fired(order: TaskOrder, terms: RuleTerms, at: datetime) -> list[Fired]:
    """When a rule would have fired on the last ninety days, the newest first.

    A forecast is looked at once a week, as each of those days knew its use.
    """
    today = accounting_day(at, order.contract.time_zone)
    first = max(order.period_start, today - timedelta(days=PREVIEW_DAYS - 1))
    found = fired(
        terms,
        watched_by(order, terms.scope, terms.scope_name),
        first=min(first, today),
        last=today,
        every=EACH_WEEK,
    )
    return found[::-1]


def get_rule_for(actor: Actor, public_id: str) -> AlertRule:
    """An own rule of the actor's agency.

    :raises NotVisible: if it is not there for this actor
    """
    found = _own(actor, AlertRule).filter(public_id=public_id).first()
    if not isinstance(found, AlertRule):
        message = "There is no such rule."
        raise NotVisible(message)
    return found


def get_planned_use_for(actor: Actor, public_id: str) -> PlannedUse:
    """Planned use of an order of the actor's agency.

    :raises NotVisible: if it is not there for this actor
    """
    rows = _own(actor, PlannedUse).filter(withdraws__isnull=True)
    found = rows.filter(public_id=public_id).first()
    if not isinstance(found, PlannedUse):
        message = "There is no such plan."
        raise NotVisible(message)
    return found


def _own(actor: Actor, table: type[AlertRule] | type[PlannedUse]) -> QuerySet[Any]:
    if not actor.is_agency or not actor.role:
        return table.objects.none()
    return table.objects.filter(
        order__contract__agency_id=actor.organization_id
    ).select_related("order__contract")
