"""Registers the app with Django."""

from django.apps import AppConfig


class VerificationConfig(AppConfig):
    name = "contracting.verification"
    default_auto_field = "django.db.models.BigAutoField"
