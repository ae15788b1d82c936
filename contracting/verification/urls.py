"""Addresses of verification, open to everybody."""

from django.urls import path, re_path

from contracting.verification import api, views

app_name = "verification"

_ASKED = r"(?P<token>[0-9A-Za-z-]{26,64})"  # a hash or a code

urlpatterns = [
    path("verify", views.VerifyPage.as_view(), name="verify"),
    path("verify/trust.json", views.TrustFile.as_view(), name="trust"),
    path("verify/statuses.json", views.StatusListFile.as_view(), name="statuses"),
    path(
        "verify/statuses/<int:number>.json",
        views.StatusListFile.as_view(),
        name="status_list",
    ),
    re_path(rf"^verify/{_ASKED}$", views.VerificationPage.as_view(), name="answer"),
]

api_urlpatterns = [
    re_path(
        rf"^verifications/{_ASKED}$",
        api.VerificationEndpoint.as_view(),
        name="verification",
    ),
]
