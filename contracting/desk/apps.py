"""Registers the app with Django, and its word on how a contract is."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "contracting.desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The page of a contract begins with what only this stage sees together."""
        from contracting.contracts.queries.home import tell_health
        from contracting.desk.queries.health import health_of

        tell_health(health_of)
