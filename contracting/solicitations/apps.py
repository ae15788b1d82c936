"""Registers the app with Django, and solicitations with the determinations on them."""

from django.apps import AppConfig


class SolicitationsConfig(AppConfig):
    name = "contracting.solicitations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """A memo, finding, justification or waiver is made on a solicitation."""
        from contracting.determinations.queries import offer_determinations
        from contracting.solicitations.permissions import about_solicitation

        offer_determinations("sol", about_solicitation)
