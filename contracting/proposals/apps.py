"""Registers the app with Django."""

from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    name = "contracting.proposals"
    default_auto_field = "django.db.models.BigAutoField"
