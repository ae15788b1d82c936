"""Registers the app with Django."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "contracting.billing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What stands on an invoice is corrected there, not beneath it."""
        from contracting.billing.queries import invoiced_charge
        from contracting.charges.queries import tell_invoiced

        tell_invoiced(invoiced_charge)
