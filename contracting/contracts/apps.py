"""Registers the app with Django."""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "contracting.contracts"
    default_auto_field = "django.db.models.BigAutoField"
