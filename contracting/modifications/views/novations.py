"""Pages of a novation: drafted by the office, signed by the successor."""

from __future__ import annotations

from typing import Any

from contracting.contracts.models import Contract
from contracting.contracts.queries import get_contract_for
from contracting.core.views import OperationView
from contracting.modifications import permissions
from contracting.modifications.forms import novations as forms
from contracting.modifications.operations.assume import assume_contract
from contracting.modifications.operations.draft_novation import draft_novation
from contracting.modifications.views import ModificationVerb, today_of


class DraftNovation(OperationView):
    """Who takes the contract over, and on what does that rest?"""

    template_name = "modifications/draft_novation.html"
    form_class = forms.DraftNovationForm
    submit_label = "Draft the novation"
    done_message = "The novation is drafted; both vendors' signers are asked."
    can = permissions.can_draft_novation
    operation = draft_novation
    takes = ("proposal", "novation")

    def thing(self, *_: Any, **ids: Any) -> Contract:
        return get_contract_for(self.actor, ids["public_id"])

    def keys(self, thing: Contract) -> dict[str, int]:
        return {"contract_id": thing.pk}

    def leads_to(self, thing: Contract) -> str:
        return f"{thing.path}/modifications"

    def initial(self, thing: Contract) -> dict[str, Any]:
        return {"effective_on": today_of(thing)}

    def form_options(self, thing: Contract) -> dict[str, Any]:
        return {"contract": thing}

    def extra(self, thing: Contract) -> dict[str, Any]:
        return {"contract": thing, "cancel_url": f"{thing.path}/modifications"}


class AssumeContract(ModificationVerb):
    """Does the successor assume the contract?"""

    template_name = "modifications/assume_contract.html"
    form_class = forms.AssumeContractForm
    submit_label = "Sign for the successor"
    done_message = "You have signed. The contracting officer signs last."
    may = staticmethod(permissions.can_assume_contract)
    do = staticmethod(assume_contract)
