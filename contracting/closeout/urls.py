"""Addresses of close-out."""

from django.urls import URLPattern, path

from contracting.closeout import views

urlpatterns: list[URLPattern] = [
    path("close_outs/", views.CloseOutsPage.as_view(), name="close_outs"),
    path(
        "close_outs/<public_id:public_id>",
        views.CompletionStatementPage.as_view(),
        name="completion_statement",
    ),
    path(
        "orders/<public_id:public_id>/complete_order",
        views.CompleteOrder.as_view(),
        name="complete_order",
    ),
    path(
        "orders/<public_id:public_id>/release_claims",
        views.ReleaseClaims.as_view(),
        name="release_claims",
    ),
    path(
        "contracts/<public_id:public_id>/record_residual_terms",
        views.RecordResidualTerms.as_view(),
        name="record_residual_terms",
    ),
    path(
        "contracts/<public_id:public_id>/release_minimum",
        views.ReleaseMinimum.as_view(),
        name="release_minimum",
    ),
    path(
        "orders/<public_id:public_id>/close_out_order",
        views.CloseOutOrder.as_view(),
        name="close_out_order",
    ),
    path(
        "contracts/<public_id:public_id>/close_out_contract",
        views.CloseOutContract.as_view(),
        name="close_out_contract",
    ),
    path(
        "contracts/<public_id:public_id>/retention",
        views.RetentionPage.as_view(),
        name="retention",
    ),
    path(
        "contracts/<public_id:public_id>/place_legal_hold",
        views.PlaceLegalHold.as_view(),
        name="place_legal_hold",
    ),
    path(
        "legal_holds/<public_id:public_id>/release_legal_hold",
        views.ReleaseLegalHold.as_view(),
        name="release_legal_hold",
    ),
]

api_urlpatterns: list[URLPattern] = []
