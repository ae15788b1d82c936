"""Registers the app with Django."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "contracting.documents"
    default_auto_field = "django.db.models.BigAutoField"
