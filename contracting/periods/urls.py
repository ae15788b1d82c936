"""Addresses of months, accruals and the latency of money."""

from django.urls import URLPattern, path

from contracting.periods import api, views

_ORDER = "orders/<public_id:public_id>"

urlpatterns: list[URLPattern] = [
    path("periods/", views.PeriodsPage.as_view(), name="periods"),
    path("periods/<public_id:public_id>", views.EntryPage.as_view(), name="entry"),
    path(f"{_ORDER}/periods", views.OrderPeriods.as_view(), name="order_periods"),
    path(
        f"{_ORDER}/explain_period",
        views.ExplainPeriod.as_view(),
        name="explain_period",
    ),
    path(
        f"{_ORDER}/sign_off_period",
        views.SignOffPeriod.as_view(),
        name="sign_off_period",
    ),
    path(f"{_ORDER}/close_period", views.ClosePeriod.as_view(), name="close_period"),
    path(f"{_ORDER}/reopen_period", views.ReopenPeriod.as_view(), name="reopen_period"),
    path(
        "findings/<public_id:public_id>/settle_adjustment",
        views.SettleAdjustment.as_view(),
        name="settle_adjustment",
    ),
    path(f"{_ORDER}/late_usage", views.LateUsagePage.as_view(), name="late_usage"),
    path(f"{_ORDER}/latency", views.OrderLatency.as_view(), name="order_latency"),
    path(
        "contracts/<public_id:public_id>/latency",
        views.ContractLatency.as_view(),
        name="contract_latency",
    ),
    path("latency/", views.LatencyPage.as_view(), name="latency"),
    path("accruals/", views.AccrualsPage.as_view(), name="accruals"),
]

api_urlpatterns: list[URLPattern] = [
    path("accruals", api.AccrualsEndpoint.as_view(), name="accruals"),
    path(f"{_ORDER}/late_usage", api.LateUsageEndpoint.as_view(), name="late_usage"),
]
