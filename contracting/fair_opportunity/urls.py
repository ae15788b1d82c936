"""Addresses of fair opportunities."""

from django.urls import URLPattern, path

from contracting.fair_opportunity import views

_ONE = "fair_opportunities/<public_id:public_id>"
_CONTRACT = "contracts/<public_id:public_id>"

urlpatterns: list[URLPattern] = [
    path(
        "fair_opportunities/", views.OpportunitiesPage.as_view(), name="opportunities"
    ),
    path(_ONE, views.OpportunityPage.as_view(), name="opportunity"),
    path(
        f"{_CONTRACT}/notify_holders",
        views.NotifyHolders.as_view(),
        name="notify_holders",
    ),
    path(
        f"{_CONTRACT}/take_exception",
        views.TakeException.as_view(),
        name="take_exception",
    ),
    path(
        f"{_ONE}/respond_to_opportunity",
        views.RespondToOpportunity.as_view(),
        name="respond_to_opportunity",
    ),
    path(
        f"{_ONE}/consider_response",
        views.ConsiderResponse.as_view(),
        name="consider_response",
    ),
    path(f"{_ONE}/select_holder", views.SelectHolder.as_view(), name="select_holder"),
    path(
        f"{_ONE}/cancel_opportunity",
        views.CancelOpportunity.as_view(),
        name="cancel_opportunity",
    ),
    path(
        f"{_ONE}/request_order_debriefing",
        views.RequestOrderDebriefing.as_view(),
        name="request_order_debriefing",
    ),
    path(
        "response_files/<public_id:public_id>",
        views.ResponseFileView.as_view(),
        name="response_file",
    ),
]
