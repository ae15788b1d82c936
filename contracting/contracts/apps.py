"""Registers the app with Django, and its word on cancellations with solicitations."""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "contracting.contracts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """No solicitation is cancelled under a draft award and its commitment."""
        from contracting.contracts.permissions import no_draft_award
        from contracting.solicitations.permissions import hold_cancelling

        hold_cancelling(no_draft_award)
