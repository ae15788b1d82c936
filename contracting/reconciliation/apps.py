"""Registers the app with Django."""

from django.apps import AppConfig


class ReconciliationConfig(AppConfig):
    name = "contracting.reconciliation"
    default_auto_field = "django.db.models.BigAutoField"
