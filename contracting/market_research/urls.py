"""Addresses of requests for information: inside, for everybody, and for vendors."""

from django.urls import path

from contracting.market_research import api, views

_ONE = "rfis/<public_id:rfi>"
_PUBLIC = "requests/<public_id:rfi>"

urlpatterns = [
    path("rfis", views.RfiList.as_view(), name="rfis"),
    path("rfis/draft", views.DraftRfi.as_view(), name="draft_rfi"),
    path(_ONE, views.RfiPage.as_view(), name="rfi"),
    path(f"{_ONE}/edit", views.EditRfi.as_view(), name="edit_rfi"),
    path(f"{_ONE}/release", views.ReleaseRfi.as_view(), name="release_rfi"),
    path(f"{_ONE}/cancel", views.CancelRfi.as_view(), name="cancel_rfi"),
    path(f"{_ONE}/discard", views.DiscardRfi.as_view(), name="discard_rfi"),
    path(f"{_ONE}/comparison", views.Comparison.as_view(), name="comparison"),
    path(
        f"{_ONE}/comparison.csv",
        views.ComparisonFile.as_view(),
        name="comparison_file",
    ),
    path("requests", views.Requests.as_view(), name="requests"),
    path(_PUBLIC, views.RequestPage.as_view(), name="request"),
    path(f"{_PUBLIC}/respond", views.RespondToRfi.as_view(), name="respond_to_rfi"),
    path(
        "responses/<public_id:response>", views.ResponsePage.as_view(), name="response"
    ),
]

api_urlpatterns = [
    path("rfis", api.ListRfis.as_view(), name="list_rfis"),
    path(_ONE, api.ReadRfi.as_view(), name="read_rfi"),
]
