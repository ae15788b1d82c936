"""The pages on which funds of an order are certified, and become available."""

from __future__ import annotations

from typing import Any

from contracting.core.permissions import Verdict
from contracting.ledger.queries import funds_of
from contracting.orders import calculations, forms, permissions
from contracting.orders.models import TaskOrder
from contracting.orders.operations.certify import certify_task_order_funds
from contracting.orders.operations.record_availability import record_availability
from contracting.orders.views import OrderVerb, _order_context, _today


class FundsVerb(OrderVerb):
    """A verb on the funds of an order, beside where they stand."""

    def extra(self, thing: TaskOrder) -> dict[str, Any]:
        bound = calculations.obligations_of(thing)
        used = {each.line_of_accounting_id for each in bound}
        positions = funds_of(thing.contract.agency_id)
        return {
            **_order_context(thing),
            "planned": calculations.funded(thing),
            "positions": [each for each in positions if each.line.pk in used],
        }


class CertifyTaskOrderFunds(FundsVerb):
    """Are the funds there for exactly this version?"""

    template_name = "orders/certify_task_order_funds.html"
    form_class = forms.CertifyForm
    submit_label = "Certify the funds"
    done_message = "The funds are certified and committed until the order is signed."
    may = staticmethod(permissions.can_certify_task_order_funds)
    do = staticmethod(certify_task_order_funds)


class RecordAvailability(FundsVerb):
    """Are the funds there that this order waits for?"""

    template_name = "orders/record_availability.html"
    form_class = forms.AvailabilityForm
    submit_label = "Record the availability"
    done_message = "Recorded. The funds are obligated, and usage is funded from now on."
    do = staticmethod(record_availability)

    def verdict(self, thing: TaskOrder) -> Verdict:
        return permissions.can_record_availability(self.actor, thing, _today(thing))
