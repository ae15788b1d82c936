"""Registers the app with Django, and its word on cancellations with solicitations."""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "contracting.contracts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """A draft holds its solicitation, and determinations are made on it."""
        from contracting.contracts.permissions import (
            about_contract,
            no_award_drafted,
            no_draft_award,
            no_offered_award,
        )
        from contracting.determinations.queries import offer_determinations
        from contracting.evaluations.permissions import HOLD_ACCEPTING
        from contracting.solicitations.permissions import hold_cancelling
        from contracting.submissions.permissions import hold_admitting

        hold_cancelling(no_draft_award)
        HOLD_ACCEPTING.append(no_award_drafted)
        hold_admitting(no_offered_award)
        offer_determinations("con", about_contract)
