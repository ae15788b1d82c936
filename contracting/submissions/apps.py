"""Registers the app with Django."""

from django.apps import AppConfig


class SubmissionsConfig(AppConfig):
    name = "contracting.submissions"
    default_auto_field = "django.db.models.BigAutoField"
