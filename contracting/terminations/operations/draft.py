"""Draft the termination of an order or of a contract."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.terminations import events, permissions
from contracting.terminations.models import Termination
from contracting.terminations.operations.issue_cure import _order
from contracting.terminations.queries import (
    notices_before_cause,
    standing_termination,
)
from contracting.terminations.refusals import (
    CureNotOver,
    TerminationStands,
    WordsMissing,
)
from contracting.terminations.states import Ground


@transaction.atomic
def draft_termination(
    *,
    contract_id: int,
    order_id: int | None = None,
    ground: str,
    text: str,
    stop_on: date,
    by: Actor,
    at: datetime,
) -> Termination:
    """Draft it for another officer to sign; nothing is ended by a draft.

    FAR 52.212-4(l) for convenience, 52.212-4(m) for cause; the latter rests on the
    latest cure or show-cause notice.

    :param stop_on: the last day of performance, not before today
    :raises NotAllowed: unless ``by`` is of the contracting office
    :raises NotRunning: unless the contract is awarded, and the order one of its issued
    :raises TerminationStands: if one is drafted or signed
    :raises CureNotOver: for cause, without a cure notice
    :raises WordsMissing: without the ground and its words, or with a day that is over
        or lies behind the end
    """
    contract = (
        Contract.objects.locked().select_related("agency", "vendor").get(pk=contract_id)
    )
    require(permissions.can_draft_termination(by, contract))
    order = _order(contract, order_id)
    if standing_termination(contract, order) is not None:
        message = "A termination is drafted or signed already."
        raise TerminationStands(message)
    if ground not in Ground.values or not text.strip():
        message = "Name the clause, and say why: the vendor reads it in the notice."
        raise WordsMissing(message, pointer="/text")
    today = accounting_day(at, contract.time_zone)
    last = order.period_end if order else contract.ordering_end
    if not today <= stop_on <= last:
        message = f"The last day lies between today, {today}, and the end, {last}."
        raise WordsMissing(message, pointer="/stop_on")
    notices = notices_before_cause(contract, order)
    cure = notices.first() if ground == Ground.CAUSE else None
    if ground == Ground.CAUSE and cure is None:
        message = "Before a termination for cause the vendor gets a cure notice."
        raise CureNotOver(message)
    termination = Termination.objects.create(
        contract=contract,
        order=order,
        ground=ground,
        text=text.strip(),
        stop_on=stop_on,
        cure=cure,
        drafted_by_id=by.own_membership_id,
        drafted_at=at,
    )
    record_event(
        events.TERMINATION_DRAFTED,
        subject=termination.subject,
        by=by,
        at=at,
        data={
            "about": termination.about,
            "ground": ground,
            "text": termination.text,
            "stop_on": stop_on,
            "cure": cure.public_id if cure else None,
        },
    )
    return termination
