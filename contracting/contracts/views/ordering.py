"""Pages of who places orders on a contract."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contracting.contracts import permissions
from contracting.contracts.forms.ordering import (
    AppointOrderingOfficerForm,
    RevokeOrderingOfficerForm,
)
from contracting.contracts.models import Contract
from contracting.contracts.models.ordering import OrderingOfficer
from contracting.contracts.operations.appoint_ordering_officer import (
    appoint_ordering_officer,
)
from contracting.contracts.operations.revoke_ordering_officer import (
    revoke_ordering_officer,
)
from contracting.contracts.queries import get_contract_for
from contracting.contracts.queries.ordering import ordering_officers
from contracting.contracts.views.awards import ContractVerbView
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import accounting_day
from contracting.core.permissions import Verdict
from contracting.core.quantities import Dollars
from contracting.core.views import PageView


class OrderingGuidePage(PageView):
    """Who may order on this contract, within which limits, and how?"""

    template_name = "contracts/ordering_guide.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        contract = get_contract_for(self.actor, ids["public_id"])
        if contract.piid is None:
            raise NotVisible("There is no such contract.")
        on = accounting_day(clock.now(), contract.time_zone)
        letters = [(each, each.gap(on)) for each in ordering_officers(contract)]
        by = self.actor
        return {
            "contract": contract,
            "letters": letters,
            "standing": [each for each, gap in letters if not gap],
            "may_appoint": permissions.can_appoint_ordering_officer(
                by, contract, Dollars(), on
            ),
            "may_revoke": permissions.can_revoke_ordering_officer(by, contract, on),
        }


class AppointOrderingOfficerView(ContractVerbView):
    """Who shall place orders beside you, up to which amounts?"""

    template_name = "contracts/appoint_ordering_officer.html"
    form_class = AppointOrderingOfficerForm
    submit_label = "Sign the letter"
    done_message = "The letter is signed. They may sign orders from its first day on."

    def initial(self, thing: Contract) -> dict[str, Any]:
        return {"valid_from": self.today(thing), "valid_to": thing.ordering_end}

    def form_options(self, thing: Contract) -> dict[str, Any]:
        return {"contract": thing}

    def verdict(self, thing: Contract) -> Verdict:
        return permissions.can_appoint_ordering_officer(
            self.actor, thing, Dollars(), self.today(thing)
        )

    def perform(
        self, *, thing: Contract, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        total = data["total_limit"]
        appoint_ordering_officer(
            contract_id=thing.pk,
            membership_id=data["membership"].pk,
            office=data["office"],
            order_limit=Dollars(data["order_limit"]),
            total_limit=None if total is None else Dollars(total),
            valid_from=data["valid_from"],
            valid_to=data["valid_to"],
            by=by,
            at=at,
        )
        return f"{thing.path}/ordering_guide"


class RevokeOrderingOfficerView(ContractVerbView):
    """Shall they place no more orders from now on?"""

    template_name = "contracts/revoke_ordering_officer.html"
    form_class = RevokeOrderingOfficerForm
    submit_label = "Revoke the appointment"
    done_message = "The appointment is revoked. What was signed under it stands."
    letter: OrderingOfficer

    def thing(self, **ids: Any) -> Contract:
        contract = super().thing(**ids)
        found = ordering_officers(contract).filter(public_id=ids["letter"]).first()
        if found is None:
            raise NotVisible("There is no such appointment.")
        self.letter = found
        return contract

    def extra(self, thing: Contract) -> dict[str, Any]:
        return super().extra(thing) | {"letter": self.letter}  # noqa: S610

    def verdict(self, thing: Contract) -> Verdict:
        return permissions.can_revoke_ordering_officer(
            self.actor, thing, self.today(thing)
        )

    def perform(
        self, *, thing: Contract, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        revoke_ordering_officer(
            appointment_id=self.letter.pk, reason=data["reason"], by=by, at=at
        )
        return f"{thing.path}/ordering_guide"
