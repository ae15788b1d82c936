"""Registers the app with Django."""

from django.apps import AppConfig


class OpportunitiesConfig(AppConfig):
    name = "contracting.opportunities"
    default_auto_field = "django.db.models.BigAutoField"
