"""Set an own rule of an order: who is told when a figure is reached."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import RateRow
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.orders.models import TaskOrder
from contracting.orders.states import TaskOrderState
from contracting.watch import events, permissions
from contracting.watch.calculations.rules import RuleTerms
from contracting.watch.models import AlertRule, AlertRuleVersion
from contracting.watch.refusals import BadRule
from contracting.watch.states import RuleMeasure, RuleScope, RuleSpan, Told


@transaction.atomic
def set_alert_rule(
    *,
    order_id: int,
    rule_id: int | None = None,
    terms: RuleTerms,
    valid_from: date,
    reason: str,
    by: Actor,
    at: datetime,
) -> AlertRuleVersion:
    """Make a rule, or a new version of one; earlier versions stay as they are.

    It stops nothing: what it finds becomes an alarm that somebody acknowledges.

    :param rule_id: the rule that is changed; a new one without it
    :param valid_from: the first day, in the contract's time zone
    :raises NotAllowed: unless ``by`` is an officer, a representative or a program
        manager of the agency
    :raises BadRule: if the order is not in force, has nothing of that name, the figure
        is not above zero, nobody is told, the first day is over, or no reason is given
    """
    order = TaskOrder.objects.locked().select_related("contract").get(pk=order_id)
    require(permissions.can_set_alert_rule(by, order))
    _guard(order, terms, valid_from, reason, at)
    rule = (
        AlertRule.objects.create(order=order, made_at=at)
        if rule_id is None
        else AlertRule.objects.get(pk=rule_id, order=order)
    )
    version = add_version(rule, terms, valid_from, reason, by, at)
    record_event(
        events.ALERT_RULE_SET,
        subject=rule.subject,
        by=by,
        at=at,
        data={
            "rule": rule.public_id,
            "version": version.number,
            "name": version.name,
            "measure": version.measure,
            "span": version.span,
            "scope": version.scope,
            "scope_name": version.scope_name,
            "threshold": version.threshold,
            "told": version.told,
            "valid_from": valid_from,
            "reason": version.reason,
        },
    )
    return version


def add_version(
    rule: AlertRule,
    terms: RuleTerms,
    valid_from: date,
    reason: str,
    by: Actor,
    at: datetime,
    *,
    is_on: bool = True,
) -> AlertRuleVersion:
    """The next version of a rule, as one row; whoever calls holds the order."""
    return AlertRuleVersion.objects.create(
        rule=rule,
        number=rule.versions.count() + 1,
        name=terms.name.strip(),
        measure=terms.measure,
        span=terms.span,
        scope=terms.scope,
        scope_name=terms.scope_name.strip(),
        threshold=terms.threshold,
        told=list(terms.told),
        valid_from=valid_from,
        is_on=is_on,
        reason=reason.strip()[:400],
        set_by_id=by.own_membership_id,
        set_at=at,
    )


def _guard(
    order: TaskOrder, terms: RuleTerms, valid_from: date, reason: str, at: datetime
) -> None:
    if order.state != TaskOrderState.ISSUED:
        message = f"Order {order.name} is {order.get_state_display()}."
        raise BadRule(message)
    if not 1 <= len(terms.name.strip()) <= 80:
        message = "Name the rule, in up to 80 characters."
        raise BadRule(message, pointer="/name")
    _guard_figure(terms)
    _guard_scope(order, terms)
    if not terms.told or not set(terms.told) <= set(Told.values):
        message = "Say who is told."
        raise BadRule(message, pointer="/told")
    today = accounting_day(at, order.contract.time_zone)
    if valid_from < today:
        message = f"A rule holds from today ({today}) or later."
        raise BadRule(message, pointer="/valid_from")
    if not reason.strip():
        message = "Say why the rule is set."
        raise BadRule(message, pointer="/reason")


def _guard_figure(terms: RuleTerms) -> None:
    if terms.measure not in RuleMeasure.values:
        message = "Choose what the rule looks at."
        raise BadRule(message, pointer="/measure")
    is_added_up = terms.measure in (RuleMeasure.COST, RuleMeasure.TOKENS)
    if is_added_up != (terms.span in RuleSpan.values):
        message = "Cost and tokens are added up over a span; nothing else is."
        raise BadRule(message, pointer="/span")
    figure = terms.threshold
    most = Decimal(10) ** 18
    if not figure.is_finite() or not 0 < figure < most:
        message = "The figure is above zero."
        raise BadRule(message, pointer="/threshold")
    whole = terms.measure in (RuleMeasure.TOKENS, RuleMeasure.SILENCE)
    if figure != round(figure, 0 if whole else 2):
        message = "Tokens and days are whole numbers; dollars have cents at most."
        raise BadRule(message, pointer="/threshold")


def _guard_scope(order: TaskOrder, terms: RuleTerms) -> None:
    name = terms.scope_name.strip()
    if terms.scope not in RuleScope.values:
        message = "Choose of what of the order's usage the rule is."
        raise BadRule(message, pointer="/scope")
    if (terms.scope == RuleScope.ORDER) == bool(name) or len(name) > 120:
        message = "Name the line, model, project or key; the order needs no name."
        raise BadRule(message, pointer="/scope_name")
    lines = order.current_lines()
    known: set[str] | None = None
    if terms.scope == RuleScope.CLIN:
        known = {line.clin for line in lines}
    elif terms.scope == RuleScope.MODEL:
        prices = RateRow.objects.filter(
            line__in=[line.contract_line_id for line in lines]
        )
        known = set(prices.values_list("model__snapshot", flat=True))
    if known is not None and name not in known:
        message = f"Order {order.name} has nothing of the name {name}."
        raise BadRule(message, pointer="/scope_name")
