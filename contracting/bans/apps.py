"""Registers the app with Django."""

from django.apps import AppConfig


class BansConfig(AppConfig):
    name = "contracting.bans"
    default_auto_field = "django.db.models.BigAutoField"
