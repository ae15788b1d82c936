"""Say what a call of a model can have at most on a contract."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.periods import day_bounds
from contracting.core.permissions import require
from contracting.metering import events, permissions
from contracting.metering.models import UsageLimit
from contracting.metering.refusals import TermIncomplete
from contracting.metering.states import Limits
from contracting.reference.models import AiModel


@transaction.atomic
def set_usage_limit(
    *,
    contract_id: int,
    model_id: int,
    limits: Limits,
    first_day: date,
    says_so: str,
    by: Actor,
    at: datetime,
) -> UsageLimit:
    """Say what the contract allows of a model from a day on (R-MET-06).

    Where it is silent the model's own limits hold. Calls that are attributed already
    stay as they are; held ones are tried again by the next assignment.

    :param limits: numbers above zero; ``None`` where the contract says nothing
    :param first_day: in the contract's time zone
    :param says_so: the clause, or the modification, in which it stands
    :raises NotAllowed: unless ``by`` is a contracting officer of the agency
    :raises TermIncomplete: without a limit, or where it stands
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_set_usage_limit(by, contract))
    stated = [each for each in limits if each is not None]
    if not stated or min(stated) <= 0:
        message = "Say at least one limit, each of them above zero."
        raise TermIncomplete(message, rule="R-MET-06", pointer="/limits")
    if not says_so.strip():
        message = "Name the clause or the modification in which the limit stands."
        raise TermIncomplete(message, rule="R-MET-06", pointer="/says_so")
    start = day_bounds(first_day, contract.time_zone).start
    limit = UsageLimit(
        contract=contract,
        model=AiModel.objects.get(pk=model_id),
        in_force=DateTimeTZRange(start, None, "[)"),
        stated_at=at,
        stated_by=by.name,
        says_so=says_so.strip()[:200],
        **limits._asdict(),
    )
    limit.save(among=UsageLimit.objects.filter(contract=contract, model_id=model_id))
    record_event(
        events.USAGE_LIMIT_SET,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            "rule": "R-MET-06",
            "model": limit.model.snapshot,
            "first_day": first_day,
            "says_so": limit.says_so,
            **limits._asdict(),
        },
    )
    return limit
