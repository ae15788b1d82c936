"""Registers the app with Django."""

from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "contracting.incidents"
    default_auto_field = "django.db.models.BigAutoField"
