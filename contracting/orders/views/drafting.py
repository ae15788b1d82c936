"""The page on which an order is drafted, on a selection where one is needed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contracting.contracts.models import Contract
from contracting.contracts.queries import get_contract_for
from contracting.contracts.queries.room import room_of
from contracting.core.actors import Actor
from contracting.core.permissions import Verdict
from contracting.core.views import VerbView
from contracting.fair_opportunity.queries import usable_for
from contracting.ledger.queries import contract_balance
from contracting.orders import calculations, forms, permissions
from contracting.orders.operations.draft import draft_task_order
from contracting.orders.views import _today_in


class DraftTaskOrder(VerbView):
    """What is ordered, at which price, from which funds?"""

    template_name = "orders/draft_task_order.html"
    form_class = forms.DraftTaskOrderForm
    submit_label = "Save draft"
    done_message = "The draft is saved. It binds nothing until it is signed."

    def thing(self, *_: Any, **ids: Any) -> Contract:
        return get_contract_for(self.actor, ids["public_id"])

    def verdict(self, thing: Contract) -> Verdict:
        return permissions.can_draft_task_order(self.actor, thing)

    def initial(self, thing: Contract) -> dict[str, Any]:
        start = max(thing.ordering_start, _today_in(thing))
        return {
            "fair_opportunity": thing.fair_opportunity,
            "opportunity": self.request.GET.get("opportunity", ""),
            "period_start": start,
            "period_end": thing.ordering_end,
        }

    def form_options(self, thing: Contract) -> dict[str, Any]:
        waiting = usable_for(thing)
        return {**forms.offered_by(thing), "opportunities": list(waiting)}

    def extra(self, thing: Contract) -> dict[str, Any]:
        return {
            "contract": thing,
            "balance": contract_balance(thing.pk),
            "room": room_of(thing),
        }

    def perform(
        self, *, thing: Contract, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        order = draft_task_order(
            contract_id=thing.pk,
            lines=data["lines"],
            **{name: data[name] for name in calculations.TERMS},
            opportunity_id=data["opportunity"],
            by=by,
            at=at,
        )
        return order.path
