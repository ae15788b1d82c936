"""Pages of who has which contract in hand."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import Membership, Organization
from contracting.contracts import permissions
from contracting.contracts.forms.officers import ReassignContractsForm
from contracting.contracts.models import Contract
from contracting.contracts.operations.reassign import reassign_contracts
from contracting.contracts.queries.officers import (
    assignable,
    contracts_with,
    get_officer_for,
    officers_of,
)
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.permissions import Verdict
from contracting.core.views import PageView, VerbView

MOST: Final = 200
"""So many contracts go over at once; the rest is listed once they have."""


class OfficersPage(PageView):
    """Which officer has how many contracts in hand, and who cannot go on?"""

    template_name = "contracts/officers.html"

    def context(self, **_: Any) -> dict[str, Any]:
        by = self.actor
        if not by.is_agency or by.organization_id is None:
            raise NotVisible("There is no such page.")
        agency = Organization.objects.get(pk=by.organization_id)
        officers = officers_of(agency.pk, agency.local_day(clock.now()))
        return {
            "officers": officers,
            "without": [each for each in officers if each.gap],
            "may_reassign": permissions.can_reassign_contracts(by, by.organization_id),
        }


class ReassignContractsView(VerbView):
    """Who takes over which contracts, and why?"""

    template_name = "contracts/reassign_contracts.html"
    form_class = ReassignContractsForm
    submit_label = "Hand them over"
    done_message = "They are handed over, and everybody concerned is told."

    def thing(self, **ids: Any) -> Membership:
        return get_officer_for(self.actor, ids["public_id"])

    def verdict(self, thing: Membership) -> Verdict:
        return permissions.can_reassign_contracts(self.actor, thing.organization_id)

    def today(self, thing: Membership) -> date:
        return thing.organization.local_day(clock.now())

    def form_options(self, thing: Membership) -> dict[str, Any]:
        on = self.today(thing)
        people = assignable(thing.organization_id, on).exclude(user_id=thing.user_id)
        return {"contracts": self.shown(thing), "officers": people}

    def shown(self, thing: Membership) -> QuerySet[Contract]:
        """The oldest of their contracts, as many as fit a page."""
        every = contracts_with(thing)
        return every.filter(pk__in=list(every.values_list("pk", flat=True)[:MOST]))

    def initial(self, thing: Membership) -> dict[str, Any]:
        return {"contracts": list(self.shown(thing))}

    def extra(self, thing: Membership) -> dict[str, Any]:
        count = contracts_with(thing).count()
        return {"officer": thing, "count": count, "more": max(count - MOST, 0)}

    def perform(
        self, *, thing: Membership, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        reassign_contracts(
            former_id=thing.pk,
            officer_id=data["officer"].pk,
            contract_ids=[each.pk for each in data["contracts"]],
            reason=data["reason"],
            by=by,
            at=at,
        )
        return reverse("contracts:officers")
