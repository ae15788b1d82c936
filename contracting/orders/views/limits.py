"""The page on which a vendor takes an order outside the limits of its contract."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from contracting.core import clock
from contracting.core.periods import accounting_day
from contracting.orders import forms, permissions
from contracting.orders.models import TaskOrder
from contracting.orders.operations.accept import accept_order_limits
from contracting.orders.queries.placing import get_order_to_accept_for, limit_gaps
from contracting.orders.views import OrderVerb


class AcceptOrderLimits(OrderVerb):
    """Do we take an order that we need not take?"""

    template_name = "orders/accept_order_limits.html"
    form_class = forms.AcceptOrderLimitsForm
    submit_label = "Accept the order's size"
    done_message = "You have accepted. The contracting officer signs last."
    may = staticmethod(permissions.can_accept_order_limits)
    do = staticmethod(accept_order_limits)

    def thing(self, *_: Any, **ids: Any) -> TaskOrder:
        return get_order_to_accept_for(self.actor, ids["public_id"], clock.now())

    def extra(self, thing: TaskOrder) -> dict[str, Any]:
        on = accounting_day(clock.now(), thing.contract.time_zone)
        shown = super().extra(thing)  # noqa: S610 (ours, not a queryset)
        return {**shown, "outside": limit_gaps(thing, on).values()}

    def perform(self, *, thing: TaskOrder, data: dict[str, Any], **who: Any) -> str:
        super().perform(thing=thing, data=data, **who)
        return reverse("orders:orders")
