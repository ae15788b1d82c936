"""Pages of incidents: what is open, what is late, and what was told when."""

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
from contracting.core.permissions import Verdict
from contracting.core.views import PageView, VerbView
from contracting.incidents import forms, permissions, queries
from contracting.incidents.models import Incident
from contracting.incidents.operations.close import close_incident
from contracting.incidents.operations.report import report_incident
from contracting.incidents.operations.update import update_incident


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
