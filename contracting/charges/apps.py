"""Registers the app with Django."""

from django.apps import AppConfig


class ChargesConfig(AppConfig):
    name = "contracting.charges"
    default_auto_field = "django.db.models.BigAutoField"
