"""Registers the app with Django."""

from django.apps import AppConfig


class DeterminationsConfig(AppConfig):
    name = "contracting.determinations"
    default_auto_field = "django.db.models.BigAutoField"
