"""Registers the app with Django."""

from django.apps import AppConfig


class AllocationsConfig(AppConfig):
    name = "contracting.allocations"
    default_auto_field = "django.db.models.BigAutoField"
