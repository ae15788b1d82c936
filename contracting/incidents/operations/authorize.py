"""Record that a data boundary of a contract is authorized for use."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.periods import day_bounds
from contracting.core.permissions import require
from contracting.incidents import events, permissions
from contracting.incidents.models import Authorization
from contracting.incidents.refusals import AuthorizationIncomplete
from contracting.reference.states import Boundary


@transaction.atomic
def authorize_boundary(
    *,
    contract_id: int,
    boundary: str,
    number: str,
    first_day: date,
    last_day: date,
    by: Actor,
    at: datetime,
) -> Authorization:
    """Record until when a boundary may be used, for the authorizing official.

    From the day after the last one its orders are flagged and usage on the boundary is
    held (R-AI-02).

    :param number: what the authorization is called, such as a FedRAMP package id
    :param first_day: in the contract's time zone; ``last_day`` is included
    :raises NotAllowed: unless ``by`` is the agency's security reviewer
    :raises AuthorizationIncomplete: without a boundary and a number, or for days that
        end before they begin
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_authorize_boundary(by, contract))
    if boundary not in Boundary.values or not number.strip():
        message = "Name the boundary and the authorization."
        raise AuthorizationIncomplete(message, pointer="/number")
    if last_day < first_day:
        message = "An authorization ends after it begins."
        raise AuthorizationIncomplete(message, pointer="/last_day")
    zone = contract.time_zone
    authorization = Authorization(
        contract=contract,
        boundary=boundary,
        in_force=DateTimeTZRange(
            day_bounds(first_day, zone).start, day_bounds(last_day, zone).end, "[)"
        ),
        stated_at=at,
        stated_by=by.name,
        says_so=number.strip()[:200],
    )
    same = Authorization.objects.filter(contract=contract, boundary=boundary)
    authorization.save(among=same)
    record_event(
        events.BOUNDARY_AUTHORIZED,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            "rule": "R-AI-02",
            "boundary": boundary,
            "number": authorization.says_so,
            "first_day": first_day,
            "last_day": last_day,
        },
    )
    return authorization
