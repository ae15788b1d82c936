"""Registers the app with Django."""

from django.apps import AppConfig


class WatchConfig(AppConfig):
    name = "contracting.watch"
    default_auto_field = "django.db.models.BigAutoField"
