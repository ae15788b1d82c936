"""Registers the app with Django."""

from django.apps import AppConfig


class RecountsConfig(AppConfig):
    name = "contracting.recounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The watch looks at what vendors report beside what is metered.

        A flagged count stands on the list of the contract.
        """
        from contracting.contracts.queries.administration import tell_tasks
        from contracting.recounts.queries import tasks_on
        from contracting.recounts.queries.drift import report_drifts
        from contracting.watch.queries.findings import look_also

        look_also(report_drifts)
        tell_tasks(tasks_on)
