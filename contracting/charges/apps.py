"""Registers the app with Django, and what a signature on funds does to charges."""

from django.apps import AppConfig


class ChargesConfig(AppConfig):
    name = "contracting.charges"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """A signature that brings funds makes charges beyond them payable."""
        from contracting.charges.operations.fund import fund_charges
        from contracting.charges.queries import payable_with
        from contracting.orders.queries.ratified import let_take_up

        let_take_up(payable_with, fund_charges)
