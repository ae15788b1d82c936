"""Addresses of people, rights and keys."""

from django.urls import URLPattern, path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("membership", views.ChooseMembership.as_view(), name="choose_membership"),
    path("people/", views.People.as_view(), name="people"),
    path("people/register", views.RegisterUser.as_view(), name="register_user"),
    path("people/grant", views.GrantMembership.as_view(), name="grant_membership"),
    path(
        "people/<public_id:membership>/revoke",
        views.RevokeMembership.as_view(),
        name="revoke_membership",
    ),
    path(
        "people/<public_id:membership>/issue_warrant",
        views.IssueWarrant.as_view(),
        name="issue_warrant",
    ),
    path(
        "warrants/<public_id:warrant>/revoke",
        views.RevokeWarrant.as_view(),
        name="revoke_warrant",
    ),
    path("delegations/", views.Delegations.as_view(), name="delegations"),
    path(
        "delegations/delegate",
        views.DelegateReview.as_view(),
        name="delegate_review",
    ),
    path(
        "delegations/<public_id:delegation>/revoke",
        views.RevokeDelegation.as_view(),
        name="revoke_delegation",
    ),
    path("keys/", views.ApiKeys.as_view(), name="api_keys"),
    path("keys/issue", views.IssueApiKey.as_view(), name="issue_api_key"),
    path(
        "keys/<public_id:api_key>/rotate",
        views.RotateApiKey.as_view(),
        name="rotate_api_key",
    ),
    path(
        "keys/<public_id:api_key>/restrict",
        views.RestrictApiKey.as_view(),
        name="restrict_api_key",
    ),
    path(
        "keys/<public_id:api_key>/revoke",
        views.RevokeApiKey.as_view(),
        name="revoke_api_key",
    ),
]

api_urlpatterns: list[URLPattern] = []
