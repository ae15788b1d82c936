"""Registers the app with Django, and the rules' words with the doors."""

from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    name = "contracting.reference"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from contracting.core import doors
        from contracting.reference import queries

        doors.register_rule_words(queries.rule_words)
