"""Registers the app with Django."""

from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    name = "contracting.reference"
    default_auto_field = "django.db.models.BigAutoField"
