"""Registers the app with Django, and every stage's events with the audit table."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps


class OperateConfig(AppConfig):
    name = "contracting.operate"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register each event with its sentence, and what a deployment must not be.

        Events are known whichever verbs a process imports.
        """
        import_module("contracting.operate.management.deploy_checks")
        for config in apps.get_app_configs():
            ours = config.name.split(".")[0] in {"accounts", "contracting"}
            name = f"{config.name}.events"
            if ours and find_spec(name) is not None:
                import_module(name)
