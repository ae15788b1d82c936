"""Registers the app with Django, and what it tells of orders to bans and the like."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "contracting.orders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """A ban lists the orders that it touches, and the head may let one go on.

        What is out of the scope of an order is justified on the modification itself.
        Contracts learn what orders in review reserve of their maximum, and the award of
        a definitive one is told how its lines are bound.
        """
        from contracting.bans.queries import tell_affected
        from contracting.contracts.permissions import POST_SCHEDULE
        from contracting.contracts.queries.administration import tell_tasks
        from contracting.contracts.queries.room import count_reserved
        from contracting.determinations.queries import offer_determinations
        from contracting.orders.operations.post_schedule import post_schedule
        from contracting.orders.permissions import (
            about_modification,
            about_task_order,
            affected_by_ban,
        )
        from contracting.orders.queries.placing import reserved_on
        from contracting.orders.queries.tasks import tasks_on

        tell_affected(affected_by_ban)
        offer_determinations("ord", about_task_order)
        offer_determinations("mod", about_modification)
        count_reserved(reserved_on)
        tell_tasks(tasks_on)
        if post_schedule not in POST_SCHEDULE:
            POST_SCHEDULE.append(post_schedule)
