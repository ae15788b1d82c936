"""Addresses of funds and statements."""

from django.urls import URLPattern

app_name = "ledger"

urlpatterns: list[URLPattern] = []

api_urlpatterns: list[URLPattern] = []
