"""Registers the app with Django."""

from django.apps import AppConfig


class OperateConfig(AppConfig):
    name = "contracting.operate"
    default_auto_field = "django.db.models.BigAutoField"
