"""Registers the app with Django, and determinations on what it drafts."""

from django.apps import AppConfig


class ModificationsConfig(AppConfig):
    name = "contracting.modifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What is out of scope is justified on the modification itself.

        The lines of a definitive contract are modified in the series of the contract.
        Who takes a contract over reads the papers that bind it.
        """
        from contracting.contracts.queries.administration import tell_tasks
        from contracting.determinations.queries import offer_determinations
        from contracting.documents.models import ALSO_READ_BY_VENDORS
        from contracting.modifications.permissions import about_modification
        from contracting.modifications.queries import numbered_on, tasks_on
        from contracting.modifications.queries.novations import papers_taken_over
        from contracting.orders.queries.numbering import count_numbers

        if papers_taken_over not in ALSO_READ_BY_VENDORS:
            ALSO_READ_BY_VENDORS.append(papers_taken_over)
        offer_determinations("cmd", about_modification)
        count_numbers(numbered_on)
        tell_tasks(tasks_on)
