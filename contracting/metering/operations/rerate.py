"""Ask what usage would cost by what is known now; an operation works it out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.db import transaction

from accounts.states import Scope as KeyScope
from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.documents.operations.start_operation import start_operation
from contracting.metering import events, permissions
from contracting.metering.models import RatingRequest
from contracting.metering.queries import METERED_STATES
from contracting.metering.queries.rating_parts import lines_in
from contracting.metering.queries.reratings import MOST_LINES, Scope
from contracting.metering.refusals import (
    NothingToRerate,
    ReasonMissing,
    TooMuchToRerate,
)
from contracting.orders.models import TaskOrder

WORK: Final = "rerating"


@transaction.atomic
def rerate_usage(
    *,
    contract_id: int,
    order_id: int | None = None,
    first_day: date,
    last_day: date,
    reason: str,
    by: Actor,
    at: datetime,
) -> RatingRequest:
    """Ask for a run over the calls of some days; nothing is changed by it.

    An operation rates each call by the prices, names and keys that are known then,
    beside the rating that it has, and prepares a run with its report, which waits for a
    contracting officer.

    :param order_id: one order of the contract; every order without it
    :param last_day: inclusive; both are days in the contract's time zone
    :returns: what was asked for, with its operation
    :raises NotAllowed: unless ``by`` answers for the contract
    :raises ReasonMissing: without a reason
    :raises TooMuchToRerate: for more lines than one run looks at
    :raises NothingToRerate: if no rated line lies in these days
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_rerate_usage(by, contract))
    scope = scope_of(contract, order_id, first_day, last_day)
    reason = _why(reason)
    lines = _lines(scope)
    piid = (scope.orders[0] if order_id else contract).piid
    operation = start_operation(
        kind=WORK,
        title=f"Rating {piid} anew, {first_day} to {last_day}",
        organization_id=contract.agency_id,
        scope=KeyScope.USAGE_READ,
        total=lines,
        unit="lines",
        by=by,
        at=at,
    )
    request = RatingRequest(
        contract=contract,
        order_id=order_id,
        first_day=first_day,
        last_day=last_day,
        reason=reason,
        operation=operation,
        asked_at=at,
    )
    request.save()
    record_event(
        events.RERATING_ASKED,
        subject=request.subject,
        by=by,
        at=at,
        data={
            "request": request.public_id,
            "operation": operation.public_id,
            "order": piid if order_id else None,
            "first_day": first_day,
            "last_day": last_day,
            "reason": reason,
            "lines": lines,
        },
    )
    return request


def scope_of(
    contract: Contract, order_id: int | None, first_day: date, last_day: date
) -> Scope:
    """The orders whose usage is looked at.

    :raises TooMuchToRerate: if the days are in the wrong order, or no such order is
    """
    orders = TaskOrder.objects.filter(contract=contract, state__in=METERED_STATES)
    if order_id is not None:
        orders = orders.filter(pk=order_id)
    found = list(orders.order_by("pk"))
    if first_day > last_day:
        message = "The last day is before the first."
        raise TooMuchToRerate(message)
    if not found:
        message = "There is no open order whose usage could be rated anew."
        raise TooMuchToRerate(message)
    return Scope(contract, found, first_day, last_day)


def _why(reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason:
        message = "Say why this usage is rated anew: which price, name or key changed."
        raise ReasonMissing(message)
    return reason[:400]


def _lines(scope: Scope) -> int:
    lines = lines_in(scope)
    if lines > MOST_LINES:
        message = (
            f"{lines:,} rated lines lie in these days; one run looks at {MOST_LINES:,} "
            "at most. Choose fewer days, or one order."
        )
        raise TooMuchToRerate(message, lines=lines)
    if not lines:
        message = "Nothing changes: no rated usage lies in these days."
        raise NothingToRerate(message, calls=0, left=0)
    return lines
