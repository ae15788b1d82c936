"""Addresses of written determinations."""

from django.urls import path

from contracting.determinations import views

_ONE = "determinations/<public_id:determination>"

urlpatterns = [
    path(
        "determinations/adopt-ladder",
        views.AdoptLadder.as_view(),
        name="adopt_justification_ladder",
    ),
    path(
        "determinations/<public_id:of>/<slug:kind>/make",
        views.MakeDetermination.as_view(),
        name="make_determination",
    ),
    path(_ONE, views.DeterminationPage.as_view(), name="determination"),
    path(
        f"{_ONE}/review",
        views.ReviewDetermination.as_view(),
        name="review_determination",
    ),
    path(f"{_ONE}/post", views.PostDetermination.as_view(), name="post_determination"),
]
