"""Registers the app with Django, and its tasks with the contract's list."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "contracting.billing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What is accepted stands; what is to be done or filed is on the lists."""
        from contracting.billing.queries import accepted_charge, filed_on, tasks_on
        from contracting.charges.queries import tell_accepted
        from contracting.contracts.queries.administration import tell_tasks
        from contracting.contracts.queries.file import tell_file

        tell_accepted(accepted_charge)
        tell_tasks(tasks_on)
        tell_file(filed_on)
