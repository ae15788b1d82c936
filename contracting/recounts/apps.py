"""Registers the app with Django."""

from django.apps import AppConfig


class RecountsConfig(AppConfig):
    name = "contracting.recounts"
    default_auto_field = "django.db.models.BigAutoField"
