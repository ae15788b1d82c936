"""Registers the app with Django, its orders with bans and with determinations."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "contracting.orders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """A ban lists the orders that it touches, and the head may let one go on."""
        from contracting.bans.queries import tell_affected
        from contracting.determinations.queries import offer_determinations
        from contracting.orders.permissions import about_task_order, affected_by_ban

        tell_affected(affected_by_ban)
        offer_determinations("ord", about_task_order)
