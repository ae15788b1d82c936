"""The vendor's page that fills in an invoice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from contracting.billing.forms import PeriodForm
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day, days_bounds
from contracting.core.permissions import Verdict
from contracting.core.views import VerbView
from contracting.orders.models import TaskOrder
from contracting.orders.queries import get_task_order_for
from contracting.reconciliation import permissions
from contracting.reconciliation.operations.draft_invoice import draft_invoice


class DraftInvoice(VerbView):
    """One click: an invoice with the lines that meter and report agree on."""

    template_name = "reconciliation/draft_invoice.html"
    form_class = PeriodForm
    submit_label = "Fill in an invoice"

    def thing(self, *_: Any, **ids: Any) -> TaskOrder:
        return get_task_order_for(self.actor, ids["public_id"])

    def form_options(self, thing: TaskOrder) -> dict[str, Any]:
        return {"zone": thing.contract.time_zone}

    def initial(self, thing: TaskOrder) -> dict[str, Any]:
        """The month before this one, as far as the order is performed in it."""
        zone = thing.contract.time_zone
        today = accounting_day(clock.now(), zone)
        last = today.replace(day=1) - timedelta(days=1)
        month = days_bounds(last.replace(day=1), last, zone)
        return {"period_start": month.start, "period_end": month.end}

    def verdict(self, thing: TaskOrder) -> Verdict:
        return permissions.can_draft_invoice(self.actor, thing)

    def extra(self, thing: TaskOrder) -> dict[str, Any]:
        return {"order": thing, "cancel_url": thing.path}

    def perform(
        self, *, thing: TaskOrder, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        draft = draft_invoice(
            order_id=thing.pk,
            period_start=data["period_start"],
            period_end=data["period_end"],
            by=by,
            at=at,
        )
        form = reverse("billing:receive_invoice", args=[thing.public_id])
        return f"{form}?draft={draft.public_id}"
