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
from contracting.core.visibility import of_either_side
from contracting.incidents.models import Authorization, Incident
from contracting.reference.states import Boundary


def visible_to(actor: Actor) -> QuerySet[Incident]:
    """Those on the contracts of the agency, or of the vendor."""
    rows = Incident.objects.select_related(
        "contract__agency", "contract__vendor", "reported_by__user", "closure"
    )
    return of_either_side(
        rows, actor, agency="contract__agency", vendor="contract__vendor"
    )


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

    yield from _lapses_on(contract, at)


SOON = timedelta(days=60)
"""So long before it ends an authorization is on the list of what is to be done."""


def _lapses_on(contract: Contract, at: datetime) -> Iterable[Task]:
    """Authorizations that end soon or have ended (R-AI-02)."""
    for each in last_authorizations(contract):
        ends = each.in_force.upper
        if ends - SOON <= at:
            what = "has ended" if ends <= at else "ends"
            yield Task(
                "Authorizations",
                f"The authorization of {each.boundary_label} {what}: {each.says_so}",
                f"{contract.path}/authorizations",
                accounting_day(ends - timedelta(microseconds=1), contract.time_zone),
                "authorizing official",
                "R-AI-02",
            )


def last_authorizations(contract: Contract) -> list[Authorization]:
    """Of each boundary the authorization that ends last, as known now."""
    last: dict[str, Authorization] = {}
    for each in Authorization.objects.known().filter(contract=contract):
        known = last.get(each.boundary)
        if known is None or each.in_force.upper > known.in_force.upper:
            last[each.boundary] = each
    return [last[boundary] for boundary in sorted(last)]


def lapse_of(contract: Contract, boundary: str, at: datetime) -> Authorization | None:
    """The authorization of a boundary that has lapsed, if none is in force (R-AI-02).

    Where none was ever recorded none can have lapsed.
    """
    rows = Authorization.objects.known().filter(contract=contract, boundary=boundary)
    if rows.in_force(at).exists():
        return None
    ended = [each for each in rows if each.in_force.upper <= at]
    return max(ended, key=lambda each: each.in_force.upper, default=None)


def lapsed_boundaries(contract: Contract, at: datetime) -> list[str]:
    """The boundaries whose authorization has ended and none is in force, in words."""
    return [
        each.boundary_label
        for each in last_authorizations(contract)
        if lapse_of(contract, each.boundary, at) is not None
    ]


def state_of(authorization: Authorization, at: datetime) -> str:
    """Whether it is in force, is yet to begin or has ended, in words."""
    if authorization.in_force.upper <= at:
        return "ended"
    return "in force" if authorization.in_force.lower <= at else "yet to begin"


def boundaries_without(contract: Contract) -> list[str]:
    """The boundaries of the contract's prices for which nothing is recorded."""
    priced = set(contract.lines.values_list("rate_rows__boundary", flat=True))
    known = set(
        Authorization.objects.known()
        .filter(contract=contract)
        .values_list("boundary", flat=True)
    )
    return sorted(str(Boundary(code).label) for code in priced - known if code)


def filed_on(contract: Contract, actor: Actor) -> Iterable[Filed]:
    """Reported incidents, for the file of the contract."""
    for incident in visible_to(actor).filter(contract=contract).order_by("pk"):
        day = accounting_day(incident.reported_at, contract.time_zone)
        yield Filed("INCIDENTS", incident.title, incident.path, day)
