"""Addresses of the audit of the count."""

from django.urls import URLPattern, path

from contracting.recounts import api, views

_PLAN = "recounts/<public_id:public_id>"
_CONTRACT = "contracts/<public_id:public_id>"
_ALLOWANCE = "recount_allowances/<public_id:public_id>"

urlpatterns: list[URLPattern] = [
    path("recounts/", views.RecountsPage.as_view(), name="recounts"),
    path(_PLAN, views.RecountPage.as_view(), name="recount"),
    path(
        f"{_CONTRACT}/adopt_recount_plan",
        views.AdoptRecountPlanView.as_view(),
        name="adopt_recount_plan",
    ),
    path(
        f"{_CONTRACT}/count_drift", views.CountDriftPage.as_view(), name="count_drift"
    ),
    path(
        f"{_PLAN}/dispute_count",
        views.DisputeCountView.as_view(),
        name="dispute_count",
    ),
    path(
        f"{_PLAN}/end_recount_plan",
        views.EndRecountPlanView.as_view(),
        name="end_recount_plan",
    ),
    path(
        f"{_CONTRACT}/set_recount_allowance",
        views.SetRecountAllowanceView.as_view(),
        name="set_recount_allowance",
    ),
    path(_ALLOWANCE, views.RecountAllowancePage.as_view(), name="recount_allowance"),
    path(
        f"{_ALLOWANCE}/agree_recount_allowance",
        views.AgreeRecountAllowanceView.as_view(),
        name="agree_recount_allowance",
    ),
]

api_urlpatterns: list[URLPattern] = [
    path("recounts", api.RecountsEndpoint.as_view(), name="recounts"),
    path(_PLAN, api.RecountEndpoint.as_view(), name="recount"),
    path(f"{_PLAN}/samples", api.RecountSamplesEndpoint.as_view(), name="samples"),
]
