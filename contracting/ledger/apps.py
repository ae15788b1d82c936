"""Registers the app with Django."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "contracting.ledger"
    default_auto_field = "django.db.models.BigAutoField"
