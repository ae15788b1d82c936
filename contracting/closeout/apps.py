"""Registers the app with Django."""

from django.apps import AppConfig


class CloseoutConfig(AppConfig):
    name = "contracting.closeout"
    default_auto_field = "django.db.models.BigAutoField"
