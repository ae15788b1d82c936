"""Ask the vendor why its order or contract should not be terminated for cause."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.orders.models import TaskOrder
from contracting.reference.queries import threshold
from contracting.terminations import events, permissions
from contracting.terminations.models import Letter
from contracting.terminations.operations.issue_cure import (
    _order,
    _require_days,
    _require_words,
)
from contracting.terminations.operations.stop import _send
from contracting.terminations.queries import cure_notices
from contracting.terminations.refusals import CureNotOver
from contracting.terminations.states import CURE_DAYS, SHOW_CAUSE_DAYS, LetterKind


@transaction.atomic
def issue_show_cause_notice(
    *,
    contract_id: int,
    order_id: int | None = None,
    text: str,
    due_on: date,
    by: Actor,
    at: datetime,
) -> Letter:
    """Ask before a termination for cause (FAR 49.402-3(e)(1), 49.607(b)).

    It follows a cure notice whose days are over. Where less time is left than a cure
    notice would have to give, it stands in its place.

    :param due_on: the last day to answer; as many days off as the threshold says
    :raises NotAllowed: unless ``by`` is a contracting officer with a warrant
    :raises NotRunning: unless the contract is awarded, and the order one of its issued
    :raises WordsMissing: without the failure in words, or with too short a time
    :raises CureNotOver: while there is time to cure
    """
    contract = (
        Contract.objects.locked().select_related("agency", "vendor").get(pk=contract_id)
    )
    on = accounting_day(at, contract.time_zone)
    require(permissions.can_issue_show_cause_notice(by, contract, on))
    order = _order(contract, order_id)
    days = int(threshold(SHOW_CAUSE_DAYS, on).value)
    _require_words(text, "what it is to explain")
    _require_days(due_on, on, days, "answer")
    cure_days = int(threshold(CURE_DAYS, on).value)
    _require_no_time_to_cure(contract, order, on, cure_days)
    letter = _send(
        by,
        at,
        contract=contract,
        order=order,
        kind=LetterKind.SHOW_CAUSE,
        text=text.strip(),
        due_on=due_on,
    )
    record_event(
        events.SHOW_CAUSE_NOTICE_ISSUED,
        subject=letter.subject,
        by=by,
        at=at,
        data={
            "about": letter.about,
            "text": letter.text,
            "due_on": due_on,
            "threshold": {SHOW_CAUSE_DAYS: days, CURE_DAYS: cure_days},
        },
    )
    return letter


def _require_no_time_to_cure(
    contract: Contract, order: TaskOrder | None, on: date, days: int
) -> None:
    cure = cure_notices(contract, order).first()
    if cure is not None and cure.due_on is not None:
        if on > cure.due_on:
            return
        message = (
            f"The vendor may cure until {cure.due_on}. Ask it to show cause after that "
            "day, if it has not cured."
        )
        raise CureNotOver(message, due_on=cure.due_on)
    last = order.period_end if order else contract.ordering_end
    if (last - on).days >= days:
        message = (
            f"Until the end, {last}, there are {days} days or more: send a cure notice "
            "first."
        )
        raise CureNotOver(message)
