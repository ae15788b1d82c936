"""Addresses of bans."""

from django.urls import URLPattern, path

from contracting.bans import api, views

urlpatterns: list[URLPattern] = [
    path("bans/", views.BansPage.as_view(), name="bans"),
    path("bans/impose_ban", views.ImposeBan.as_view(), name="impose_ban"),
    path("bans/<public_id:public_id>", views.BanPage.as_view(), name="ban"),
    path(
        "bans/<public_id:public_id>/lift_ban",
        views.LiftBan.as_view(),
        name="lift_ban",
    ),
]

api_urlpatterns: list[URLPattern] = [
    path("deny_list", api.DenyListEndpoint.as_view(), name="deny_list"),
]
