"""Registers the app with Django."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "contracting.orders"
    default_auto_field = "django.db.models.BigAutoField"
