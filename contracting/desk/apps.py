"""Registers the app with Django."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "contracting.desk"
    default_auto_field = "django.db.models.BigAutoField"
