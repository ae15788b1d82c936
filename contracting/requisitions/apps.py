"""Registers the app with Django."""

from django.apps import AppConfig


class RequisitionsConfig(AppConfig):
    name = "contracting.requisitions"
    default_auto_field = "django.db.models.BigAutoField"
