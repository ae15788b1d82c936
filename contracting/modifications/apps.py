"""Registers the app with Django, and determinations on what it drafts."""

from django.apps import AppConfig


class ModificationsConfig(AppConfig):
    name = "contracting.modifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What is out of scope is justified on the modification itself."""
        from contracting.determinations.queries import offer_determinations
        from contracting.modifications.permissions import about_modification

        offer_determinations("cmd", about_modification)
