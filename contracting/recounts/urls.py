"""Addresses of the audit of the count."""

from django.urls import URLPattern, path

from contracting.recounts import api

_PLAN = "recounts/<public_id:public_id>"

urlpatterns: list[URLPattern] = []

api_urlpatterns: list[URLPattern] = [
    path("recounts", api.RecountsEndpoint.as_view(), name="recounts"),
    path(_PLAN, api.RecountEndpoint.as_view(), name="recount"),
    path(f"{_PLAN}/samples", api.RecountSamplesEndpoint.as_view(), name="samples"),
]
