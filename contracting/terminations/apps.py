"""Registers the app with Django, its tasks, and waivers on what it drafts."""

from django.apps import AppConfig


class TerminationsConfig(AppConfig):
    name = "contracting.terminations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What is to be done is on the contract's list; a small office has waivers."""
        from contracting.contracts.queries.administration import tell_tasks
        from contracting.determinations.queries import offer_determinations
        from contracting.terminations.permissions import about_termination
        from contracting.terminations.queries import tasks_on

        tell_tasks(tasks_on)
        offer_determinations("ter", about_termination)
