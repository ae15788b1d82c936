"""Registers the app with Django, and its tasks with the contract's list."""

from django.apps import AppConfig


class DisputesConfig(AppConfig):
    name = "contracting.disputes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Open disputes and claims stand on the contract's list and in its file.

        Its service levels are printed with it.
        """
        from contracting.contracts.queries.administration import tell_tasks
        from contracting.contracts.queries.file import tell_file
        from contracting.contracts.queries.stated import tell_annex
        from contracting.disputes.paperwork import levels_on
        from contracting.disputes.queries.cases import filed_on, tasks_on

        tell_tasks(tasks_on)
        tell_file(filed_on)
        tell_annex(levels_on)
