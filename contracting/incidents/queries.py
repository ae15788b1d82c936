"""The incidents that somebody may see, and what is overdue."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import QuerySet

from contracting.contracts.models import Contract
from contracting.contracts.queries.administration import Task
from contracting.contracts.queries.file import Filed
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import accounting_day
from contracting.incidents.models import Incident


def visible_to(actor: Actor) -> QuerySet[Incident]:
    """Those on the contracts of the agency, or of the vendor."""
    rows = Incident.objects.select_related(
        "contract__agency", "contract__vendor", "reported_by__user", "closure"
    )
    if actor.is_agency and (actor.role or actor.is_key):
        return rows.filter(contract__agency_id=actor.organization_id)
    if actor.is_vendor and (actor.role or actor.is_key):
        return rows.filter(contract__vendor_id=actor.organization_id)
    return rows.none()


def get_incident_for(actor: Actor, public_id: str) -> Incident:
    """One incident.

    :raises NotVisible: if it is not there for this actor
    """
    found = visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such incident."
        raise NotVisible(message)
    return found


def next_update_due(incident: Incident) -> datetime | None:
    """By when the vendor tells how far it is; ``None`` once it is closed (R-AI-03)."""
    if hasattr(incident, "closure"):
        return None
    last = incident.updates.order_by("-pk").values_list("updated_at", flat=True).first()
    return (last or incident.reported_at) + timedelta(hours=incident.update_hours)


def is_overdue(incident: Incident, at: datetime) -> bool:
    """Whether an update is missing."""
    due = next_update_due(incident)
    return due is not None and at > due


def overdue(actor: Actor, at: datetime) -> list[Incident]:
    """The open incidents whose update is missing, oldest first."""
    rows = visible_to(actor).filter(closure__isnull=True).order_by("pk")
    return [each for each in rows if is_overdue(each, at)]


def tasks_on(contract: Contract, actor: Actor, at: datetime) -> Iterable[Task]:
    """Open incidents, each with the day of the vendor's next update (R-AI-03)."""
    rows = visible_to(actor).filter(contract=contract, closure__isnull=True)
    for incident in rows.order_by("pk"):
        due = next_update_due(incident)
        yield Task(
            "Incidents",
            f"Next update on the incident: {incident.title}",
            incident.path,
            accounting_day(due, contract.time_zone) if due else None,
            contract.vendor.name,
            "R-AI-03",
        )


def filed_on(contract: Contract, actor: Actor) -> Iterable[Filed]:
    """Reported incidents, for the file of the contract."""
    for incident in visible_to(actor).filter(contract=contract).order_by("pk"):
        day = accounting_day(incident.reported_at, contract.time_zone)
        yield Filed("INCIDENTS", incident.title, incident.path, day)
