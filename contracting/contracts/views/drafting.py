"""The page on which an award is drafted from a selected offer."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from contracting.contracts import calculations, forms, permissions, queries
from contracting.contracts.acceptance.offers import declined_on
from contracting.contracts.operations.draft import MinimumFunding, draft_contract
from contracting.contracts.views.awards import contract_url
from contracting.core.actors import Actor
from contracting.core.permissions import Verdict
from contracting.core.quantities import Dollars
from contracting.core.views import VerbView
from contracting.evaluations.models import SelectedOffer
from contracting.reference.states import InstrumentKind
from contracting.solicitations.queries import get_solicitation_for, lines_of


class DraftContractView(VerbView):
    """From a selected offer to a draft award."""

    template_name = "contracts/draft_contract.html"
    form_class = forms.DraftContractForm
    submit_label = "Draft the award"
    done_message = "The award is drafted. Next, its funds are certified."

    def thing(self, **ids: Any) -> Any:
        return get_solicitation_for(self.actor, ids["public_id"])

    def verdict(self, thing: Any) -> Verdict:
        return permissions.can_draft_contract(self.actor, thing)

    def form_options(self, thing: Any) -> dict[str, Any]:
        return {
            "agency_id": thing.agency_id,
            "clins": sorted({line.clin for line in lines_of(thing)}),
            "minimum": thing.minimum_dollars,
            "prices": self._prices(thing),
            "offers": [each.submission for each in self._left(thing)],
        }

    def initial(self, thing: Any) -> dict[str, Any]:
        return {"offer": self.request.GET.get("offer", "")}

    def extra(self, thing: Any) -> dict[str, Any]:
        decision = getattr(thing, "selection_decision", None)
        left = self._left(thing)
        return {
            "solicitation": thing,
            "decision": decision,
            "left": left,
            "prices": self._prices(thing),
            "declined": declined_on(thing.pk),
            **_captions(thing),
        }

    def _prices(self, thing: Any) -> dict[str, Decimal] | None:
        """What each line of a definitive contract costs; nothing for other kinds."""
        left = self._left(thing)
        if thing.instrument != InstrumentKind.DEFINITIVE or not left:
            return None
        prices = calculations.line_prices(thing, left[0].submission.opened_offer)
        return {clin: price.amount for clin, price in prices.items()}

    def _left(self, thing: Any) -> list[SelectedOffer]:
        return list(queries.undrafted().filter(decision__solicitation=thing))

    def perform(
        self, *, thing: Any, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        contract = draft_contract(
            solicitation_id=thing.pk,
            submission_id=data.get("offer"),
            funding=[
                MinimumFunding(
                    clin=row["clin"],
                    acrn=row["acrn"],
                    line_of_accounting_id=row["line_of_accounting"].pk,
                    dollars=Dollars(row["dollars"]),
                )
                for row in data["rows"]
            ],
            notice_percent=data["notice_percent"],
            report_due_days=data["report_due_days"],
            by=by,
            at=at,
        )
        return contract_url(contract)


def _captions(thing: Any) -> dict[str, str]:
    """What the rows of funds are for, by the kind of contract."""
    if thing.instrument == InstrumentKind.DEFINITIVE:
        return {
            "caption": "Funds of the lines",
            "hint": "Each line cites its funds, at most what it costs. What is left "
            "unfunded is added later by modification.",
        }
    if thing.instrument == InstrumentKind.BPA:
        return {"caption": "Funds", "hint": "None: leave the rows empty."}
    return {
        "caption": "Funds that bear the guaranteed minimum",
        "hint": "Their dollars sum to the minimum. Empty rows are ignored.",
    }
