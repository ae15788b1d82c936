"""Pages of incidents and authorizations: what is open, late, told, about to lapse."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from contracting.audit.queries import events_of
from contracting.contracts.models import Contract
from contracting.contracts.queries import get_contract_for
from contracting.contracts.queries import visible_to as contracts_visible_to
from contracting.contracts.states import ContractState
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.permissions import Verdict
from contracting.core.views import PageView, VerbView
from contracting.incidents import forms, permissions, queries
from contracting.incidents.models import Authorization, Incident
from contracting.incidents.operations.authorize import authorize_boundary
from contracting.incidents.operations.close import close_incident
from contracting.incidents.operations.report import report_incident
from contracting.incidents.operations.update import update_incident
from contracting.incidents.operations.withdraw import withdraw_authorization


class IncidentsPage(PageView):
    """Which incidents are open, and which update is missing?"""

    template_name = "incidents/incidents.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        at = clock.now()
        rows = list(queries.visible_to(self.actor).order_by("-pk"))
        running = contracts_visible_to(self.actor).filter(state=ContractState.AWARDED)
        return {
            "incidents": [
                (each, queries.next_update_due(each), queries.is_overdue(each, at))
                for each in rows
            ],
            "open": sum(not hasattr(each, "closure") for each in rows),
            "overdue": len(queries.overdue(self.actor, at)),
            "contracts": running.order_by("pk") if self.actor.is_vendor else [],
        }


class IncidentPage(PageView):
    """What happened, was it told in time, and what is due next?"""

    template_name = "incidents/incident.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        by, at = self.actor, clock.now()
        incident = queries.get_incident_for(by, ids["public_id"])
        return {
            "incident": incident,
            "contract": incident.contract,
            "updates": incident.updates.select_related("updated_by__user").order_by(
                "-pk"
            ),
            "closure": getattr(incident, "closure", None),
            "next_due": queries.next_update_due(incident),
            "is_overdue": queries.is_overdue(incident, at),
            "may_update": permissions.can_update_incident(by, incident),
            "may_close": permissions.can_close_incident(by, incident),
            "events": events_of(incident.subject) if by.is_agency else [],
        }


class ReportIncident(VerbView):
    """Tell the agency."""

    template_name = "incidents/report_incident.html"
    form_class = forms.ReportIncidentForm
    submit_label = "Report the incident"
    done_message = "The agency has been told. Updates are due daily until it is closed."

    def thing(self, *_: Any, **ids: Any) -> Contract:
        return get_contract_for(self.actor, ids["public_id"])

    def verdict(self, thing: Contract) -> Verdict:
        return permissions.can_report_incident(self.actor, thing)

    def extra(self, thing: Contract) -> dict[str, Any]:
        return {"contract": thing, "cancel_url": "/incidents/"}

    def perform(
        self, *, thing: Contract, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        words = {name: data[name] for name in ("title", "severity", "text")}
        found = data["discovered_at"].replace(tzinfo=UTC)
        return report_incident(
            contract_id=thing.pk, **words, discovered_at=found, by=by, at=at
        ).path


class _OnIncident(VerbView):
    """A verb on an incident."""

    form_class = forms.IncidentWordsForm
    label = ""

    def thing(self, *_: Any, **ids: Any) -> Incident:
        return queries.get_incident_for(self.actor, ids["public_id"])

    def form_options(self, thing: Incident) -> dict[str, Any]:
        return {"label": self.label}

    def extra(self, thing: Incident) -> dict[str, Any]:
        return {
            "incident": thing,
            "next_due": queries.next_update_due(thing),
            "cancel_url": thing.path,
        }


class UpdateIncident(_OnIncident):
    """How far is it?"""

    template_name = "incidents/update_incident.html"
    label = "How far it is"
    submit_label = "Send the update"
    done_message = "The agency has your update."

    def verdict(self, thing: Incident) -> Verdict:
        return permissions.can_update_incident(self.actor, thing)

    def perform(
        self, *, thing: Incident, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        update_incident(incident_id=thing.pk, text=data["text"], by=by, at=at)
        return thing.path


class CloseIncident(_OnIncident):
    """What came of it?"""

    template_name = "incidents/close_incident.html"
    label = "What came of it"
    submit_label = "Close the incident"
    done_message = "The incident is closed; the vendor has been told."

    def verdict(self, thing: Incident) -> Verdict:
        return permissions.can_close_incident(self.actor, thing)

    def perform(
        self, *, thing: Incident, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        close_incident(incident_id=thing.pk, text=data["text"], by=by, at=at)
        return thing.path


class AuthorizationsPage(PageView):
    """Until when may each data boundary of a contract be used?"""

    template_name = "incidents/authorizations.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        at = clock.now()
        contract = get_contract_for(self.actor, ids["public_id"])
        rows = [
            (each, queries.state_of(each, at))
            for each in Authorization.objects.known()
            .filter(contract=contract)
            .order_by("boundary", "-in_force")
        ]
        return {
            "contract": contract,
            "rows": rows,
            "lapsed": queries.lapsed_boundaries(contract, at),
            "without": queries.boundaries_without(contract),
            "may_authorize": permissions.can_authorize_boundary(self.actor, contract),
        }


class AuthorizeBoundary(VerbView):
    """Record an authorization."""

    template_name = "incidents/authorize_boundary.html"
    form_class = forms.AuthorizeBoundaryForm
    submit_label = "Record the authorization"
    done_message = "The authorization is on record."

    def thing(self, *_: Any, **ids: Any) -> Contract:
        return get_contract_for(self.actor, ids["public_id"])

    def verdict(self, thing: Contract) -> Verdict:
        return permissions.can_authorize_boundary(self.actor, thing)

    def extra(self, thing: Contract) -> dict[str, Any]:
        return {"contract": thing, "cancel_url": f"{thing.path}/authorizations"}

    def perform(
        self, *, thing: Contract, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        authorize_boundary(contract_id=thing.pk, **data, by=by, at=at)
        return f"{thing.path}/authorizations"


class WithdrawAuthorization(VerbView):
    """Let it end earlier."""

    template_name = "incidents/withdraw_authorization.html"
    form_class = forms.WithdrawAuthorizationForm
    submit_label = "Withdraw the authorization"
    done_message = "The authorization ends with that day; usage after it is held."

    def thing(self, *_: Any, **ids: Any) -> Authorization:
        found = (
            Authorization.objects.known()
            .filter(public_id=ids["public_id"])
            .select_related("contract")
            .first()
        )
        if found is None or self.actor.organization_id != found.contract.agency_id:
            message = "There is no such authorization."
            raise NotVisible(message)
        return found

    def verdict(self, thing: Authorization) -> Verdict:
        return permissions.can_authorize_boundary(self.actor, thing.contract)

    def extra(self, thing: Authorization) -> dict[str, Any]:
        return {
            "authorization": thing,
            "contract": thing.contract,
            "cancel_url": f"{thing.contract.path}/authorizations",
        }

    def perform(
        self, *, thing: Authorization, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        withdraw_authorization(authorization_id=thing.pk, **data, by=by, at=at)
        return f"{thing.contract.path}/authorizations"
