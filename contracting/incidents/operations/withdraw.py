"""Let an authorization end earlier than it said."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.periods import day_bounds
from contracting.core.permissions import require
from contracting.incidents import events, permissions
from contracting.incidents.models import Authorization
from contracting.incidents.refusals import AuthorizationIncomplete


@transaction.atomic
def withdraw_authorization(
    *, authorization_id: int, last_day: date, reason: str, by: Actor, at: datetime
) -> Authorization:
    """End an authorization with a day; usage of the boundary after it is held.

    :param last_day: the last day on which it holds, in the contract's time zone
    :returns: the row that stands in its place
    :raises NotAllowed: unless ``by`` is the agency's security reviewer
    :raises AuthorizationIncomplete: if it does not hold beyond that day, or no reason
        is given
    """
    earlier = (
        Authorization.objects.locked()
        .select_related("contract")
        .get(pk=authorization_id)
    )
    contract = earlier.contract
    require(permissions.can_authorize_boundary(by, contract))
    end = day_bounds(last_day, contract.time_zone).end
    starts, ends = earlier.in_force.lower, earlier.in_force.upper
    if earlier.superseded_at or not starts < end < ends:
        message = "The authorization does not hold beyond that day."
        raise AuthorizationIncomplete(message, pointer="/last_day")
    if not reason.strip():
        message = "Say why it ends."
        raise AuthorizationIncomplete(message, pointer="/reason")
    earlier.superseded_at = at
    earlier.save(update_fields=["superseded_at"])
    shorter = Authorization(
        contract=contract,
        boundary=earlier.boundary,
        in_force=DateTimeTZRange(starts, end, "[)"),
        stated_at=at,
        stated_by=by.name,
        says_so=earlier.says_so,
    )
    shorter.save()
    record_event(
        events.AUTHORIZATION_WITHDRAWN,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            "rule": "R-AI-02",
            "boundary": earlier.boundary,
            "number": earlier.says_so,
            "last_day": last_day,
            "reason": reason.strip(),
        },
    )
    return shorter
