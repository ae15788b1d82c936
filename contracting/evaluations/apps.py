"""Registers the app with Django."""

from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    name = "contracting.evaluations"
    default_auto_field = "django.db.models.BigAutoField"
