"""Registers the app with Django."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "contracting.payments"
    default_auto_field = "django.db.models.BigAutoField"
