"""Pages of what is owed not by tokens: charges, receipts and quantities in force."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.urls import reverse

from contracting.charges import forms, permissions, queries
from contracting.charges.models import Receipt
from contracting.charges.operations.change import change_quantity
from contracting.charges.operations.record import record_receipt
from contracting.charges.operations.reverse import reverse_receipt
from contracting.charges.states import BY_CALENDAR
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.permissions import Verdict
from contracting.core.quantities import total_dollars
from contracting.core.views import PageView, VerbView
from contracting.orders.models import TaskOrder
from contracting.orders.queries import get_task_order_for
from contracting.reference.states import PriceStructure


class ChargesPage(PageView):
    """What is owed on an order beside its tokens, and what is left of it?"""

    template_name = "charges/charges.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        order = get_task_order_for(self.actor, ids["public_id"])
        lines = queries.charged_lines(order)
        on = queries.day_of(clock.now(), order)
        return {
            "order": order,
            "contract": order.contract,
            "lines": lines,
            "dollars": total_dollars(line.dollars for line in lines),
            "unfunded": total_dollars(line.unfunded for line in lines),
            "has_services": any(line.is_service for line in lines),
            "has_calendar": any(line.is_by_calendar for line in lines),
            "may_record": permissions.can_record_receipt(self.actor, order, on),
            "may_change": permissions.can_change_quantity(self.actor, order, on),
        }


class OrderVerbView(VerbView):
    """A verb on an order that the actor may see."""

    def thing(self, *_: Any, **ids: Any) -> TaskOrder:
        return get_task_order_for(self.actor, ids["public_id"])

    structures: ClassVar[tuple[PriceStructure, ...]]
    """Of the lines that the verb may be about."""

    def form_options(self, thing: TaskOrder) -> dict[str, Any]:
        return {
            "lines": [
                line
                for line in thing.current_lines()
                if line.contract_line.structure in self.structures
            ]
        }

    def extra(self, thing: TaskOrder) -> dict[str, Any]:
        return {
            "order": thing,
            "contract": thing.contract,
            "lines": [
                line
                for line in queries.charged_lines(thing)
                if line.line.contract_line.structure in self.structures
            ],
            "cancel_url": _charges_of(thing),
        }


class RecordReceipt(OrderVerbView):
    """The representative says what was received."""

    structures = (PriceStructure.SERVICE,)
    template_name = "charges/record_receipt.html"
    form_class = forms.RecordReceiptForm
    submit_label = "Record the receipt"
    done_message = "The receipt is recorded; what was in order is charged."

    def verdict(self, thing: TaskOrder) -> Verdict:
        on = queries.day_of(clock.now(), thing)
        return permissions.can_record_receipt(self.actor, thing, on)

    def initial(self, thing: TaskOrder) -> dict[str, Any]:
        return {"received_on": queries.day_of(clock.now(), thing)}

    def perform(
        self, *, thing: TaskOrder, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        record_receipt(
            order_line_id=data["line"],
            received_on=data["received_on"],
            received=data["received"],
            rejected=data["rejected"] or Decimal(0),
            words=data["words"],
            evidence=data["evidence"],
            by=by,
            at=at,
        )
        return _charges_of(thing)


class ChangeQuantity(OrderVerbView):
    """Another quantity is in force from a day on."""

    structures = BY_CALENDAR
    template_name = "charges/change_quantity.html"
    form_class = forms.ChangeQuantityForm
    submit_label = "Record the quantity"
    done_message = "The quantity is recorded; what is charged follows it."

    def verdict(self, thing: TaskOrder) -> Verdict:
        on = queries.day_of(clock.now(), thing)
        return permissions.can_change_quantity(self.actor, thing, on)

    def perform(
        self, *, thing: TaskOrder, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        change_quantity(
            order_line_id=data["line"],
            effective_on=data["effective_on"],
            quantity=data["quantity"],
            reason=data["reason"],
            by=by,
            at=at,
        )
        return _charges_of(thing)


class ReverseReceipt(VerbView):
    """The representative takes a wrong receipt back."""

    template_name = "charges/reverse_receipt.html"
    form_class = forms.ReverseReceiptForm
    submit_label = "Take the receipt back"
    done_message = "The receipt is taken back. It stays listed."

    def thing(self, *_: Any, **ids: Any) -> Receipt:
        return queries.get_receipt_for(self.actor, ids["public_id"])

    def verdict(self, thing: Receipt) -> Verdict:
        on = queries.day_of(clock.now(), thing.line.order)
        return permissions.can_reverse_receipt(self.actor, thing, on)

    def extra(self, thing: Receipt) -> dict[str, Any]:
        order = thing.line.order
        return {"receipt": thing, "order": order, "cancel_url": _charges_of(order)}

    def perform(
        self, *, thing: Receipt, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        reverse_receipt(receipt_id=thing.pk, reason=data["reason"], by=by, at=at)
        return _charges_of(thing.line.order)


def _charges_of(order: TaskOrder) -> str:
    return reverse("charges:charges", args=[order.public_id])
