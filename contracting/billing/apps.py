"""Registers the app with Django."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "contracting.billing"
    default_auto_field = "django.db.models.BigAutoField"
