"""Tell the vendor what endangers performance, and by when it is cured."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.contracts.states import ContractState
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.orders.models import TaskOrder
from contracting.orders.states import TaskOrderState
from contracting.reference.queries import threshold
from contracting.terminations import events, permissions
from contracting.terminations.models import Letter
from contracting.terminations.operations.stop import _send
from contracting.terminations.refusals import NotRunning, WordsMissing
from contracting.terminations.states import CURE_DAYS, LetterKind


@transaction.atomic
def issue_cure_notice(
    *,
    contract_id: int,
    order_id: int | None = None,
    text: str,
    due_on: date,
    by: Actor,
    at: datetime,
) -> Letter:
    """Before a termination for cause the vendor has days to cure (FAR 49.607(a)).

    :param due_on: the last day; at least as many days off as the threshold says
    :raises NotAllowed: unless ``by`` is a contracting officer with a warrant
    :raises NotRunning: unless the contract is awarded, and the order one of its issued
    :raises WordsMissing: without the failure in words, or with too short a time
    """
    contract = (
        Contract.objects.locked().select_related("agency", "vendor").get(pk=contract_id)
    )
    on = accounting_day(at, contract.time_zone)
    require(permissions.can_issue_cure_notice(by, contract, on))
    order = _order(contract, order_id)
    days = int(threshold(CURE_DAYS, on).value)
    _require_words(text, "what would cure it")
    _require_days(due_on, on, days, "cure it")
    letter = _send(
        by,
        at,
        contract=contract,
        order=order,
        kind=LetterKind.CURE,
        text=text.strip(),
        due_on=due_on,
    )
    record_event(
        events.CURE_NOTICE_ISSUED,
        subject=letter.subject,
        by=by,
        at=at,
        data={
            "about": letter.about,
            "text": letter.text,
            "due_on": due_on,
            "threshold": {CURE_DAYS: days},
        },
    )
    return letter


def _require_words(text: str, what: str) -> None:
    if not text.strip():
        message = f"Say what the vendor has failed to do, and {what}."
        raise WordsMissing(message, pointer="/text")


def _require_days(due_on: date, on: date, days: int, doing: str) -> None:
    if (due_on - on).days < days:
        message = f"The vendor has at least {days} days from today, {on}, to {doing}."
        raise WordsMissing(message, pointer="/due_on", days=days)


def _order(contract: Contract, order_id: int | None) -> TaskOrder | None:
    """The order of the contract that the letter is about.

    :raises NotRunning: if what is named is over
    """
    if order_id is None:
        if contract.state != ContractState.AWARDED:
            message = f"This contract is {contract.get_state_display()}."
            raise NotRunning(message)
        return None
    order: TaskOrder = contract.orders.get(pk=order_id)
    if order.state != TaskOrderState.ISSUED:
        message = f"This order is {order.get_state_display()}."
        raise NotRunning(message)
    return order
