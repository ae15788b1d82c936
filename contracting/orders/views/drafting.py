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
from contracting.orders.queries.estimates import Estimated, estimated, estimates_for
from contracting.orders.views import _today_in
from contracting.reference.states import Boundary
from contracting.requisitions.queries import get_requisition_for


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
            **_from_estimate(self._estimated(thing)),
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
            "estimated": self._estimated(thing),
            "estimates": estimates_for(self.actor, thing)[:50],
            "chosen": self._asked_for(),
        }

    def _asked_for(self) -> str:
        return self.request.POST.get("requisition") or self.request.GET.get(
            "requisition", ""
        )

    def _estimated(self, thing: Contract) -> Estimated | None:
        """The estimate that was asked for, at the contract's prices."""
        public_id = self._asked_for()
        if not public_id:
            return None
        return estimated(
            get_requisition_for(self.actor, public_id),
            thing,
            boundary=Boundary.FEDRAMP_MOD,
            first=max(thing.ordering_start, _today_in(thing)),
            last=thing.ordering_end,
        )

    def perform(
        self, *, thing: Contract, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        order = draft_task_order(
            contract_id=thing.pk,
            lines=data["lines"],
            **{name: data[name] for name in calculations.TERMS},
            opportunity_id=data["opportunity"],
            requisition_id=_key(self.actor, data["requisition"]),
            estimate_version=data["estimate_version"],
            by=by,
            at=at,
        )
        return order.path


def _from_estimate(found: Estimated | None) -> dict[str, Any]:
    """Ceilings at P90 and funds at P50, to the cent, one row for each line."""
    if found is None:
        return {}
    return {
        "title": found.requisition.title,
        "description": found.requisition.need,
        "requisition": found.requisition.public_id,
        "estimate_version": found.version,
        "rows": [
            {
                "clin": line.clin,
                "acrn": "AA",
                "line_of_accounting": found.requisition.line_of_accounting_id,
                "ceiling_tokens": line.p90.count,
                "ceiling_dollars": line.p90_dollars.to_cents().amount,
                "dollars": line.p50_dollars.to_cents().amount,
            }
            for line in found.lines
        ],
    }


def _key(actor: Actor, public_id: str) -> int | None:
    return get_requisition_for(actor, public_id).pk if public_id else None
