"""Pages of the watch: notices of funds, at which shares they are given, and alarms."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from contracting.audit.queries import events_of
from contracting.contracts.models import Contract
from contracting.contracts.queries import get_contract_for
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import accounting_day
from contracting.core.permissions import Verdict
from contracting.core.quantities import Dollars, Tokens
from contracting.core.views import PageView, VerbView
from contracting.documents.queries import documents_of
from contracting.metering.models import FundsNotice
from contracting.metering.operations.acknowledge_notice import acknowledge_notice
from contracting.metering.operations.set_notice_terms import set_notice_terms
from contracting.metering.permissions import (
    can_acknowledge_notice,
    can_set_notice_terms,
)
from contracting.metering.queries.control import caps_of
from contracting.metering.queries.funds_notices import (
    body_of,
    funds_notices_visible_to,
    get_funds_notice_for,
    notice_terms_of,
    title_of,
)
from contracting.notices.queries import delivery_of
from contracting.orders.models import TaskOrder
from contracting.orders.queries import get_task_order_for, totals_by_order
from contracting.orders.states import TaskOrderState
from contracting.watch import forms, permissions, queries
from contracting.watch.calculations.rules import (
    PREVIEW_DAYS,
    RuleTerms,
    day_words,
    figure_words,
    rule_words,
)
from contracting.watch.models import Alarm, AlertRule, PlannedUse
from contracting.watch.operations.acknowledge_alarm import acknowledge_alarm
from contracting.watch.operations.close_alarm import close_alarm
from contracting.watch.operations.end_alert_rule import end_alert_rule
from contracting.watch.operations.plan_use import plan_use
from contracting.watch.operations.set_alert_rule import set_alert_rule
from contracting.watch.operations.withdraw_planned_use import withdraw_planned_use
from contracting.watch.queries import rules as rule_queries
from contracting.watch.states import AlarmState, RuleMeasure, RuleScope, RuleSpan

_TRIED: Final = ("measure", "span", "threshold", "scope", "scope_name")


class AlertsPage(PageView):
    """Who gets told at which point?"""

    template_name = "watch/alerts.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        contract = get_contract_for(self.actor, ids["public_id"])
        notices = funds_notices_visible_to(self.actor).filter(order__contract=contract)
        return {
            "contract": contract,
            **(self._own_rules(contract) if self.actor.is_agency else {}),
            "terms": notice_terms_of(contract, clock.now()),
            "notices": [(each, title_of(each)) for each in notices[:50]],
            "may_set": can_set_notice_terms(self.actor, contract),
        }

    def _own_rules(self, contract: Contract) -> dict[str, Any]:
        """The agency's own rules, the caps of its orders, and what may be set."""
        orders = contract.orders.filter(state=TaskOrderState.ISSUED)
        on = accounting_day(clock.now(), contract.time_zone)
        rules = rule_queries.rules_of(contract.orders.all())
        return {
            "rules": [(rule, *_said(rule)) for rule in rules],
            "orders": [
                (
                    order,
                    permissions.can_set_alert_rule(self.actor, order),
                    caps_of(order, on),
                )
                for order in orders.select_related("contract").order_by("piid")
            ],
            "suggested": [] if rules else _suggested(orders.order_by("piid").first()),
        }


def _said(rule: AlertRule) -> tuple[Any, str, int]:
    """The last version of a rule, what it says, and how often it has fired."""
    version = rule_queries.version_on(rule, None)
    words = rule_words(rule_queries.terms_of(version)) if version else ""
    return version, words, rule.alarms.count()


def _suggested(order: TaskOrder | None) -> list[tuple[str, str]]:
    """Three rules that most orders want, with the address that sets each."""
    if order is None:
        return []
    funds = totals_by_order([order])[order.pk].funded_dollars.amount
    if funds <= 0:
        return []
    most = (funds * 8 / 10).quantize(Decimal("0.01"))
    asked = [
        ("Most of the funds", RuleMeasure.COST, RuleSpan.WHOLE, most),
        ("Forecast above the funds", RuleMeasure.FORECAST, "", funds),
        ("No use", RuleMeasure.SILENCE, "", Decimal(3)),
    ]
    url = reverse("watch:set_alert_rule", args=[order.public_id])
    found = []
    for name, measure, span, figure in asked:
        rule = RuleTerms(name, measure, figure, (), span)
        said = {"measure": measure, "span": span, "threshold": f"{figure:f}"}
        query = urlencode({"name": name, **said, "scope": RuleScope.ORDER})
        found.append((rule_words(rule), f"{url}?{query}"))
    return found


class SetNoticeTermsView(VerbView):
    """Set at which shares people are told."""

    template_name = "watch/set_notice_terms.html"
    form_class = forms.SetNoticeTermsForm
    submit_label = "Set these shares"
    done_message = "The shares hold from now on; what was told before stays."

    def thing(self, *_: Any, **ids: Any) -> Contract:
        return get_contract_for(self.actor, ids["public_id"])

    def verdict(self, thing: Contract) -> Verdict:
        return can_set_notice_terms(self.actor, thing)

    def initial(self, thing: Contract) -> dict[str, Any]:
        terms = notice_terms_of(thing, clock.now())
        return {
            "percents": ", ".join(map(str, terms.percents)),
            "clause": terms.clause,
        }

    def extra(self, thing: Contract) -> dict[str, Any]:
        return {"contract": thing, "cancel_url": _alerts(thing)}

    def perform(
        self, *, thing: Contract, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        set_notice_terms(contract_id=thing.pk, **data, by=by, at=at)
        return _alerts(thing)


def _alerts(contract: Contract) -> str:
    return reverse("watch:alerts", args=[contract.public_id])


class FundsNoticePage(PageView):
    """What was told of an order's funds, to whom it went, and who took note?"""

    template_name = "watch/funds_notice.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        notice = get_funds_notice_for(self.actor, ids["public_id"])
        return {
            "notice": notice,
            "contract": notice.order.contract,
            "title": title_of(notice),
            "text": body_of(notice),
            "documents": documents_of(notice.subject).visible_to(self.actor),
            "deliveries": notice.deliveries.select_related("organization").order_by(
                "pk"
            ),
            "acknowledgements": notice.acknowledgements.select_related(
                "organization", "acknowledged_by__user"
            ).order_by("pk"),
            "mail": delivery_of(notice.subject, notice.path),
            "mine": notice.acknowledgements.filter(
                organization=self.actor.organization_id
            ).exists(),
            "may_acknowledge": can_acknowledge_notice(self.actor, notice),
        }


class AcknowledgeNoticeView(VerbView):
    """Take note for one's side."""

    template_name = "watch/acknowledge_notice.html"
    form_class = forms.AcknowledgeNoticeForm
    submit_label = "Acknowledge the notice"
    done_message = "Your side has taken note; it is not sent to you again."

    def thing(self, *_: Any, **ids: Any) -> FundsNotice:
        return get_funds_notice_for(self.actor, ids["public_id"])

    def verdict(self, thing: FundsNotice) -> Verdict:
        return can_acknowledge_notice(self.actor, thing)

    def extra(self, thing: FundsNotice) -> dict[str, Any]:
        return {"title": title_of(thing), "cancel_url": thing.path}

    def perform(
        self, *, thing: FundsNotice, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        acknowledge_notice(notice_id=thing.pk, words=data["words"], by=by, at=at)
        return thing.path


class AlarmsPage(PageView):
    """What in the figures of use should somebody look at?"""

    template_name = "watch/alarms.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        if not self.actor.is_agency or not self.actor.role:
            message = "Alarms are shown to the agency whose use they are of."
            raise NotVisible(message)
        alarms = queries.alarms_visible_to(self.actor)
        return {
            "alarms": alarms[:100],
            "open": alarms.filter(state=AlarmState.OPEN).count(),
        }


class AlarmPage(PageView):
    """What was seen, and what can it show?"""

    template_name = "watch/alarm.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        alarm = queries.get_alarm_for(self.actor, ids["public_id"])
        return {
            "alarm": alarm,
            "events": events_of(alarm.subject),
            "may_acknowledge": permissions.can_acknowledge_alarm(self.actor, alarm),
            "may_close": permissions.can_close_alarm(self.actor, alarm),
        }


class _OnAlarm(VerbView):
    """A verb on an alarm."""

    def thing(self, *_: Any, **ids: Any) -> Alarm:
        return queries.get_alarm_for(self.actor, ids["public_id"])

    def extra(self, thing: Alarm) -> dict[str, Any]:
        return {"alarm": thing, "cancel_url": thing.path}


class AcknowledgeAlarmView(_OnAlarm):
    """Say that one looks at it."""

    template_name = "watch/acknowledge_alarm.html"
    submit_label = "I look at it"
    done_message = "The alarm is yours until somebody closes it."

    def verdict(self, thing: Alarm) -> Verdict:
        return permissions.can_acknowledge_alarm(self.actor, thing)

    def perform(
        self, *, thing: Alarm, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        return acknowledge_alarm(alarm_id=thing.pk, by=by, at=at).path


class CloseAlarmView(_OnAlarm):
    """Say what was found."""

    template_name = "watch/close_alarm.html"
    form_class = forms.CloseAlarmForm
    submit_label = "Close the alarm"
    done_message = "The alarm is closed."

    def verdict(self, thing: Alarm) -> Verdict:
        return permissions.can_close_alarm(self.actor, thing)

    def perform(
        self, *, thing: Alarm, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        return close_alarm(alarm_id=thing.pk, reason=data["reason"], by=by, at=at).path


def _own_order(actor: Actor, public_id: str) -> TaskOrder:
    """An order of the actor's own agency; a vendor finds no rules."""
    order = get_task_order_for(actor, public_id)
    if not actor.is_agency or not actor.role:
        message = "Rules are shown to the agency whose order it is."
        raise NotVisible(message)
    return order


def _tried(
    order: TaskOrder, terms: RuleTerms, at: datetime
) -> tuple[str, list[tuple[Any, str]]]:
    """Whether the rule would have fired in the last ninety days, and when."""
    found = rule_queries.would_have_fired(order, terms, at)
    rows = [(each, figure_words(terms.measure, each.figure)) for each in found]
    days = f"in the last {PREVIEW_DAYS} days"
    if not rows:
        return f"It would not have fired {days}.", []
    first, figure = rows[0]
    times = "once" if len(rows) == 1 else f"{len(rows)} times"
    last = f"last on {day_words(first.day)} ({figure})"
    return f"It would have fired {times} {days}, {last}.", rows


class AlertRulePage(PageView):
    """What does this rule wait for, and what has it told?"""

    template_name = "watch/alert_rule.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        rule = rule_queries.get_rule_for(self.actor, ids["public_id"])
        version, words, _fired = _said(rule)
        sentence, rows = _tried(rule.order, rule_queries.terms_of(version), clock.now())
        versions = rule.versions.select_related("set_by__user").order_by("-number")
        return {
            "rule": rule,
            "order": rule.order,
            "version": version,
            "words": words,
            "tried": sentence,
            "tries": rows,
            "versions": [(v, rule_words(rule_queries.terms_of(v))) for v in versions],
            "alarms": rule.alarms.order_by("-pk")[:50],
            "may_set": permissions.can_set_alert_rule(self.actor, rule.order),
            "may_end": permissions.can_end_alert_rule(self.actor, rule.order),
        }


class TryAlertRulePage(PageView):
    """When would a rule have fired?"""

    template_name = "watch/try_alert_rule.html"

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        response = super().get(request, **ids)
        if self.form.is_bound and not self.form.is_valid():
            response.status_code = 422
        return response

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        order = _own_order(self.actor, ids["public_id"])
        self.form = forms.TryAlertRuleForm(self.request.GET or None)
        found: dict[str, Any] = {"order": order, "form": self.form, "tries": []}
        if self.form.is_bound and self.form.is_valid():
            terms = self.form.terms
            found["tried"], found["tries"] = _tried(order, terms, clock.now())
            found["words"] = rule_words(terms)
            asked = {k: self.request.GET.get(k, "") for k in _TRIED}
            url = reverse("watch:set_alert_rule", args=[order.public_id])
            found["set_url"] = f"{url}?{urlencode(asked)}"
            found["may_set"] = permissions.can_set_alert_rule(self.actor, order)
        return found


class SetAlertRuleView(VerbView):
    """Set an own rule of an order."""

    template_name = "watch/set_alert_rule.html"
    form_class = forms.SetAlertRuleForm
    submit_label = "Set the rule"
    done_message = "The rule is looked at each hour; what it finds becomes an alarm."

    def thing(self, *_: Any, **ids: Any) -> TaskOrder:
        return _own_order(self.actor, ids["public_id"])

    def rule(self) -> AlertRule | None:
        """The rule that is changed; none where one is made."""
        return None

    def verdict(self, thing: TaskOrder) -> Verdict:
        return permissions.can_set_alert_rule(self.actor, thing)

    def initial(self, thing: TaskOrder) -> dict[str, Any]:
        today = accounting_day(clock.now(), thing.contract.time_zone)
        asked = {k: self.request.GET.get(k, "") for k in ("name", *_TRIED)}
        return {"valid_from": today, "told": ["REQUESTER", "COR"], **asked}

    def extra(self, thing: TaskOrder) -> dict[str, Any]:
        rule = self.rule()
        cancel_url = rule.path if rule else _alerts(thing.contract)
        return {"order": thing, "cancel_url": cancel_url}

    def perform(
        self, *, thing: TaskOrder, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        said = {name: data[name] for name in (*_TRIED, "name")}
        terms = RuleTerms(told=tuple(data["told"]), **said)
        rule = self.rule()
        version = set_alert_rule(
            order_id=thing.pk,
            rule_id=rule.pk if rule else None,
            terms=terms,
            valid_from=data["valid_from"],
            reason=data["reason"],
            by=by,
            at=at,
        )
        return version.rule.path


class ChangeAlertRuleView(SetAlertRuleView):
    """Let a rule say something else from a day on."""

    done_message = "The new version holds from its first day on."

    def rule(self) -> AlertRule | None:
        return rule_queries.get_rule_for(self.actor, self.kwargs["public_id"])

    def thing(self, *_: Any, **ids: Any) -> TaskOrder:
        return rule_queries.get_rule_for(self.actor, ids["public_id"]).order

    def initial(self, thing: TaskOrder) -> dict[str, Any]:
        rule = self.rule()
        version = rule_queries.version_on(rule, None) if rule else None
        today = accounting_day(clock.now(), thing.contract.time_zone)
        names = ("name", "told", *_TRIED)
        return {"valid_from": today, **{k: getattr(version, k, "") for k in names}}


class EndAlertRuleView(VerbView):
    """Let a rule tell nobody any more."""

    template_name = "watch/end_alert_rule.html"
    form_class = forms.EndAlertRuleForm
    submit_label = "End the rule"
    done_message = "The rule has ended; what it told stays."

    def thing(self, *_: Any, **ids: Any) -> AlertRule:
        return rule_queries.get_rule_for(self.actor, ids["public_id"])

    def verdict(self, thing: AlertRule) -> Verdict:
        return permissions.can_end_alert_rule(self.actor, thing.order)

    def extra(self, thing: AlertRule) -> dict[str, Any]:
        version = rule_queries.version_on(thing, None)
        return {"version": version, "cancel_url": thing.path}

    def perform(
        self, *, thing: AlertRule, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        end_alert_rule(rule_id=thing.pk, reason=data["reason"], by=by, at=at)
        return thing.path


class PlanUseView(VerbView):
    """Plan use that the past does not show."""

    template_name = "watch/plan_use.html"
    form_class = forms.PlanUseForm
    submit_label = "Plan it"
    done_message = "The forecast counts it from its first day on."

    def thing(self, *_: Any, **ids: Any) -> TaskOrder:
        return _own_order(self.actor, ids["public_id"])

    def verdict(self, thing: TaskOrder) -> Verdict:
        return permissions.can_plan_use(self.actor, thing)

    def extra(self, thing: TaskOrder) -> dict[str, Any]:
        return {"order": thing, "cancel_url": f"{thing.path}/burn_down"}

    def perform(
        self, *, thing: TaskOrder, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        data["tokens_per_day"] = Tokens(data["tokens_per_day"])
        data["dollars_per_day"] = Dollars(data["dollars_per_day"])
        plan_use(order_id=thing.pk, **data, by=by, at=at)
        return f"{thing.path}/burn_down"


class WithdrawPlannedUseView(VerbView):
    """Let a forecast count it no more."""

    template_name = "watch/withdraw_planned_use.html"
    form_class = forms.WithdrawPlannedUseForm
    submit_label = "Withdraw it"
    done_message = "The forecast counts it no more."

    def thing(self, *_: Any, **ids: Any) -> PlannedUse:
        return rule_queries.get_planned_use_for(self.actor, ids["public_id"])

    def verdict(self, thing: PlannedUse) -> Verdict:
        return permissions.can_withdraw_planned_use(self.actor, thing.order)

    def extra(self, thing: PlannedUse) -> dict[str, Any]:
        return {"plan": thing, "cancel_url": f"{thing.order.path}/burn_down"}

    def perform(
        self, *, thing: PlannedUse, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        withdraw_planned_use(plan_id=thing.pk, reason=data["reason"], by=by, at=at)
        return f"{thing.order.path}/burn_down"
