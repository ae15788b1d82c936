"""Registers the app with Django."""

from django.apps import AppConfig


class ReconciliationConfig(AppConfig):
    name = "contracting.reconciliation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What is accepted keeps its price, whatever a modification says.

        Open discrepancies stand on the list of the contract. A large order is compared
        in steps.
        """
        from contracting.contracts.queries.administration import tell_tasks
        from contracting.contracts.queries.file import tell_file
        from contracting.documents.queries import know_work
        from contracting.modifications.queries import tell_accepted
        from contracting.reconciliation.operations.reconcile_in_steps import WORK
        from contracting.reconciliation.operations.take_step import take_step
        from contracting.reconciliation.queries import (
            accepted_through,
            filed_on,
            tasks_on,
        )

        know_work(
            WORK,
            lambda operation, by, at: take_step(operation=operation, by=by, at=at),
        )
        tell_accepted(accepted_through)
        tell_tasks(tasks_on)
        tell_file(filed_on)
