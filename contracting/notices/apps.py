"""Registers the app with Django."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "contracting.notices"
    default_auto_field = "django.db.models.BigAutoField"
