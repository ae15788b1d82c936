"""Registers the app with Django, and its tasks with the contract's list."""

from django.apps import AppConfig


class PeriodsConfig(AppConfig):
    name = "contracting.periods"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What is to be done here stands on the list of the contract."""
        from contracting.contracts.queries.administration import tell_tasks
        from contracting.contracts.queries.file import tell_file
        from contracting.periods.queries.lists import filed_on, tasks_on

        tell_tasks(tasks_on)
        tell_file(filed_on)
