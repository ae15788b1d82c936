"""Addresses of the watch."""

from django.urls import URLPattern, path

from contracting.watch import views

_NOTICE = "funds_notices/<public_id:public_id>"
_ALARM = "alarms/<public_id:public_id>"
_CONTRACT = "contracts/<public_id:public_id>"

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
    path(f"{_ALARM}/close_alarm", views.CloseAlarmView.as_view(), name="close_alarm"),
]

api_urlpatterns: list[URLPattern] = []
