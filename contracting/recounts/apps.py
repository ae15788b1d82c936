"""Registers the app with Django."""

from django.apps import AppConfig


class RecountsConfig(AppConfig):
    name = "contracting.recounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The watch looks at what vendors report beside what is metered."""
        from contracting.recounts.queries.drift import report_drifts
        from contracting.watch.queries.findings import look_also

        look_also(report_drifts)
