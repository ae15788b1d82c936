"""Registers the app with Django."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "contracting.approvals"
    default_auto_field = "django.db.models.BigAutoField"
