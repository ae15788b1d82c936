"""Addresses of the desk, the search, and what watchdogs and machines read."""

from django.urls import URLPattern, path

from contracting.desk import views

app_name = "desk"

urlpatterns: list[URLPattern] = [
    path("", views.Home.as_view(), name="home"),
    path("search", views.Search.as_view(), name="search"),
    path(
        "orders/<public_id:public_id>/burn_down",
        views.OrderBurnDown.as_view(),
        name="order_burn_down",
    ),
    path(
        "contracts/<public_id:public_id>/burn_down",
        views.ContractBurnDown.as_view(),
        name="contract_burn_down",
    ),
    path(
        "contracts/<public_id:public_id>/duties",
        views.Duties.as_view(),
        name="duties",
    ),
    path("decisions/", views.Decisions.as_view(), name="decisions"),
    path(
        "decisions/<str:stream>/<str:seq>",
        views.ReplayedDecision.as_view(),
        name="decision",
    ),
    path("accessibility", views.Accessibility.as_view(), name="accessibility"),
    path("livez", views.live, name="live"),
    path("readyz", views.ready, name="ready"),
    path("api/v1/problems", views.Problems.as_view(), name="problems"),
]

api_urlpatterns: list[URLPattern] = []
