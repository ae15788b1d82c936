"""Addresses of the watch."""

from django.urls import URLPattern, path

from contracting.watch import views

_NOTICE = "funds_notices/<public_id:public_id>"
_ALARM = "alarms/<public_id:public_id>"
_CONTRACT = "contracts/<public_id:public_id>"
_ORDER = "orders/<public_id:public_id>"
_RULE = "alert_rules/<public_id:public_id>"
_PLAN = "planned_uses/<public_id:public_id>"

urlpatterns: list[URLPattern] = [
    path(f"{_CONTRACT}/alerts", views.AlertsPage.as_view(), name="alerts"),
    path(
        f"{_CONTRACT}/set_notice_terms",
        views.SetNoticeTermsView.as_view(),
        name="set_notice_terms",
    ),
    path(_NOTICE, views.FundsNoticePage.as_view(), name="funds_notice"),
    path(
        f"{_NOTICE}/acknowledge_notice",
        views.AcknowledgeNoticeView.as_view(),
        name="acknowledge_notice",
    ),
    path("alarms/", views.AlarmsPage.as_view(), name="alarms"),
    path(_ALARM, views.AlarmPage.as_view(), name="alarm"),
    path(
        f"{_ALARM}/acknowledge_alarm",
        views.AcknowledgeAlarmView.as_view(),
        name="acknowledge_alarm",
    ),
    path(
        f"{_ORDER}/set_alert_rule",
        views.SetAlertRuleView.as_view(),
        name="set_alert_rule",
    ),
    path(
        f"{_ORDER}/try_alert_rule",
        views.TryAlertRulePage.as_view(),
        name="try_alert_rule",
    ),
    path(_RULE, views.AlertRulePage.as_view(), name="alert_rule"),
    path(
        f"{_RULE}/set_alert_rule",
        views.ChangeAlertRuleView.as_view(),
        name="change_alert_rule",
    ),
    path(
        f"{_RULE}/end_alert_rule",
        views.EndAlertRuleView.as_view(),
        name="end_alert_rule",
    ),
    path(f"{_ORDER}/plan_use", views.PlanUseView.as_view(), name="plan_use"),
    path(
        f"{_PLAN}/withdraw_planned_use",
        views.WithdrawPlannedUseView.as_view(),
        name="withdraw_planned_use",
    ),
    path(f"{_ALARM}/close_alarm", views.CloseAlarmView.as_view(), name="close_alarm"),
]

api_urlpatterns: list[URLPattern] = []
