"""Registers the app with Django."""

from django.apps import AppConfig


class TerminationsConfig(AppConfig):
    name = "contracting.terminations"
    default_auto_field = "django.db.models.BigAutoField"
