"""Addresses of the approvals pages."""

from django.urls import path

from contracting.approvals import views

app_name = "approvals"

urlpatterns = [
    path("approvals/", views.Inbox.as_view(), name="inbox"),
    path("approvals/overrides/", views.Overrides.as_view(), name="overrides"),
    path("approvals/policies/", views.Policies.as_view(), name="policies"),
    path(
        "approvals/policies/adopt",
        views.AdoptPolicy.as_view(),
        name="adopt_policy",
    ),
]
