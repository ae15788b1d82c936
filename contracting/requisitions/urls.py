"""Addresses of requisitions."""

from django.urls import path

from contracting.requisitions import api, views

_ONE = "requisitions/<public_id:requisition>"

urlpatterns = [
    path("requisitions", views.RequisitionList.as_view(), name="requisitions"),
    path(
        "requisitions/draft", views.DraftRequisition.as_view(), name="draft_requisition"
    ),
    path(_ONE, views.RequisitionPage.as_view(), name="requisition"),
    path(
        f"{_ONE}/estimate", views.EstimateWorkload.as_view(), name="estimate_workload"
    ),
    path(f"{_ONE}/build", views.BuildEstimate.as_view(), name="build_estimate"),
    path(f"{_ONE}/compare", views.CompareOwnership.as_view(), name="compare_ownership"),
    path(
        f"{_ONE}/submit", views.SubmitRequisition.as_view(), name="submit_requisition"
    ),
    path(
        f"{_ONE}/discard",
        views.DiscardRequisition.as_view(),
        name="discard_requisition",
    ),
]
api_urlpatterns = [
    path("requisitions", api.RequisitionsEndpoint.as_view(), name="requisitions"),
    path(_ONE, api.RequisitionEndpoint.as_view(), name="requisition"),
]
