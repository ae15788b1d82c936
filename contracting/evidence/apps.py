"""Registers the app with Django."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "contracting.evidence"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """An archive is gathered in steps, as an operation."""
        from contracting.documents.queries import know_work
        from contracting.evidence.operations.gather import gather
        from contracting.evidence.states import WORK

        know_work(
            WORK,
            lambda operation, by, at: gather(operation=operation, by=by, at=at),
        )
