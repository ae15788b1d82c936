"""Registers the app with Django, and its step of each opening with submissions."""

from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    name = "contracting.evaluations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Whoever offers is kept with the registration that counts at submission."""
        from contracting.evaluations.operations.keep import keep_registration
        from contracting.submissions.permissions import AT_OPENING

        if keep_registration not in AT_OPENING:
            AT_OPENING.append(keep_registration)
