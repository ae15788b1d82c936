"""Registers the app with Django."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "contracting.exchange"
    default_auto_field = "django.db.models.BigAutoField"
