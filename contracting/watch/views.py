"""Pages of the watch: notices of funds, at which shares they are given, and alarms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from contracting.audit.queries import events_of
from contracting.contracts.models import Contract
from contracting.contracts.queries import get_contract_for
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.permissions import Verdict
from contracting.core.views import PageView, VerbView
from contracting.metering.models import FundsNotice
from contracting.metering.operations.acknowledge_notice import acknowledge_notice
from contracting.metering.operations.set_notice_terms import set_notice_terms
from contracting.metering.permissions import (
    can_acknowledge_notice,
    can_set_notice_terms,
)
from contracting.metering.queries.funds_notices import (
    body_of,
    funds_notices_visible_to,
    get_funds_notice_for,
    notice_terms_of,
    title_of,
)
from contracting.notices.queries import delivery_of
from contracting.watch import forms, permissions, queries
from contracting.watch.models import Alarm
from contracting.watch.operations.acknowledge_alarm import acknowledge_alarm
from contracting.watch.operations.close_alarm import close_alarm
from contracting.watch.states import AlarmState


class AlertsPage(PageView):
    """Who gets told at which point?"""

    template_name = "watch/alerts.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        contract = get_contract_for(self.actor, ids["public_id"])
        notices = funds_notices_visible_to(self.actor).filter(order__contract=contract)
        return {
            "contract": contract,
            "terms": notice_terms_of(contract, clock.now()),
            "notices": [(each, title_of(each)) for each in notices[:50]],
            "may_set": can_set_notice_terms(self.actor, contract),
        }


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
