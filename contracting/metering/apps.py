"""Registers the app with Django."""

from django.apps import AppConfig


class MeteringConfig(AppConfig):
    name = "contracting.metering"
    default_auto_field = "django.db.models.BigAutoField"
