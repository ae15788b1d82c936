"""The page on which a small need is bought from one quotation."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from contracting.contracts import permissions
from contracting.contracts.forms.ordering import BuyTokensForm
from contracting.contracts.operations.buy import Quotation, buy_tokens
from contracting.contracts.views.awards import contract_url
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.permissions import Verdict
from contracting.core.quantities import UnitPrice
from contracting.core.views import VerbView
from contracting.reference.models import AiModel
from contracting.reference.queries import list_price, token_classes
from contracting.requisitions.models import Requisition
from contracting.requisitions.queries import get_requisition_for, latest_estimate
from contracting.solicitations.publishing.openly import classes_of, micro_purchase
from contracting.submissions.calculations import OfferedFile


class BuyTokensView(VerbView):
    """Is one quotation enough, and is its price fair?"""

    template_name = "contracts/buy_tokens.html"
    form_class = BuyTokensForm
    submit_label = "Draft the purchase"
    done_message = "The purchase is drafted. Next, its funds are certified."

    def thing(self, requisition: str, **_ids: Any) -> Requisition:
        return get_requisition_for(self.actor, requisition)

    def verdict(self, thing: Requisition) -> Verdict:
        return permissions.can_buy_tokens(self.actor, thing)

    def form_options(self, thing: Requisition) -> dict[str, Any]:
        names = {each.code: each.label for each in token_classes()}
        today, wanted = clock.now().date(), classes_of(thing)
        models = AiModel.objects.in_force(today)
        return {
            "agency_id": thing.agency_id,
            "models": models.order_by("provider", "snapshot"),
            "classes": {
                code: f"US dollars per million, {names[code]} ({tokens:,} tokens)"
                for code, tokens in wanted.items()
            },
            "listed": listed_prices(thing, wanted, today),
        }

    def initial(self, thing: Requisition) -> dict[str, Any]:
        row = thing.estimate_rows.order_by("month").first()
        funds = thing.line_of_accounting
        return {
            "model": row.model.public_id if row else None,
            "line_of_accounting": funds.public_id if funds else None,
        }

    def extra(self, thing: Requisition) -> dict[str, Any]:
        return {
            "requisition": thing,
            "estimate": latest_estimate(thing),
            "most": micro_purchase(thing.agency.local_day(clock.now())),
        }

    def perform(
        self, *, thing: Requisition, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        contract = buy_tokens(
            requisition_id=thing.pk,
            quotation=Quotation(
                vendor_id=data["vendor"].pk,
                model_id=data["model"].pk,
                boundary=data["boundary"],
                prices={
                    code: UnitPrice(data[f"price_{code}"]) for code in classes_of(thing)
                },
                reference=data["reference"],
                files=tuple(
                    OfferedFile(file.name, file.media_type, file.content)
                    for file in data["attachments"]
                ),
            ),
            start=data["start"],
            end=data["end"],
            line_of_accounting_id=data["line_of_accounting"].pk,
            reason=data["reason"],
            by=by,
            at=at,
        )
        return contract_url(contract)


def listed_prices(
    requisition: Requisition, codes: Collection[str], on: date
) -> dict[str, str]:
    """What the public list says of the estimate's model, by class, to judge by."""
    row = requisition.estimate_rows.order_by("month").first()
    if row is None:
        return {}
    found = {
        each.code: list_price(row.model, each, on)
        for each in token_classes()
        if each.code in codes
    }
    return {
        code: f"${price.usd_per_million_tokens:f} for {row.model.snapshot} on the "
        f"public list of {price.imported_on}."
        for code, price in found.items()
        if price is not None
    }
