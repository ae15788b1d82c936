"""End an own rule of an order."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.orders.models import TaskOrder
from contracting.watch import events, permissions
from contracting.watch.models import AlertRule, AlertRuleVersion
from contracting.watch.operations.set_alert_rule import add_version
from contracting.watch.queries.rules import terms_of, version_on
from contracting.watch.refusals import BadRule


@transaction.atomic
def end_alert_rule(
    *, rule_id: int, reason: str, by: Actor, at: datetime
) -> AlertRuleVersion:
    """Let a rule tell nobody any more, from today on; what it told stays.

    A version that would begin later does not begin any more.

    :returns: the last of the rows that end it
    :raises NotAllowed: unless ``by`` may set rules of the order
    :raises BadRule: if it has ended already, or no reason is given
    """
    order = TaskOrder.objects.locked().get(alert_rules=rule_id)
    require(permissions.can_end_alert_rule(by, order))
    rule = AlertRule.objects.select_related("order__contract").get(pk=rule_id)
    today = accounting_day(at, rule.order.contract.time_zone)
    last = version_on(rule, None)
    if last is None or not last.is_on:
        message = "The rule has ended already."
        raise BadRule(message)
    if not reason.strip():
        message = "Say why the rule ends."
        raise BadRule(message, pointer="/reason")
    coming = {each.valid_from for each in rule.versions.filter(valid_from__gt=today)}
    for day in sorted({today, *coming}):
        held = version_on(rule, day)
        if held is not None and held.is_on:
            last = add_version(rule, terms_of(held), day, reason, by, at, is_on=False)
    record_event(
        events.ALERT_RULE_ENDED,
        subject=rule.subject,
        by=by,
        at=at,
        data={
            "rule": rule.public_id,
            "version": last.number,
            "name": last.name,
            "reason": last.reason,
        },
    )
    return last
