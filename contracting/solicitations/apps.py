"""Registers the app with Django."""

from django.apps import AppConfig


class SolicitationsConfig(AppConfig):
    name = "contracting.solicitations"
    default_auto_field = "django.db.models.BigAutoField"
