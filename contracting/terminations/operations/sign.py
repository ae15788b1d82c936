"""The contracting officer's signature under a termination."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts import calculations as contracts
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256, plain
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.orders import calculations as orders
from contracting.orders.models import TaskOrder
from contracting.reference.queries import threshold
from contracting.terminations import calculations, events, permissions, queries
from contracting.terminations.models import Letter, Termination
from contracting.terminations.operations.stop import _print_and_tell
from contracting.terminations.refusals import CureNotOver, NotRunning
from contracting.terminations.states import (
    PROPOSAL_DAYS,
    LetterKind,
    TerminationState,
)


@transaction.atomic
def sign_termination(*, termination_id: int, by: Actor, at: datetime) -> Termination:
    """End it: the notice goes out, and performance ends with the last day.

    What was accepted, what was used and is not accepted, and what is obligated and free
    are set down as they stand. Usage after the last day lies outside the period and is
    held. Of a contract every signed order ends, and nothing more is ordered.
    FAR 52.212-4(l), (m); 49.102.

    :raises NotAllowed: without a warrant for all of it, or if ``by`` drafted it
        (R-ROL-01 to R-ROL-03)
    :raises NotRunning: if its last day is over before it is signed
    :raises CureNotOver: for cause, before the days of the cure notice are over, or
        before a show-cause notice is answered or its days are over
    """
    termination = _lock_termination(termination_id)
    contract = termination.contract
    on = accounting_day(at, contract.time_zone)
    require(permissions.can_sign_termination(by, termination, on))
    _guard(termination, on)
    owed = calculations.owed_of(queries.balances_ended_by(termination))
    days = int(threshold(PROPOSAL_DAYS, on).value)
    termination.owed = plain(owed.plain())
    termination.proposal_due = on + timedelta(days=days)
    termination.notice = Letter.objects.create(
        contract=contract,
        order=termination.order,
        kind=LetterKind.TERMINATION,
        text=termination.text,
        due_on=termination.proposal_due,
        signed_by_id=by.own_membership_id,
        sent_at=at,
    )
    termination.save(update_fields=["owed", "proposal_due", "notice"])
    termination.move_to(TerminationState.SIGNED)
    shortened = _shorten(termination)
    _print_and_tell(termination.notice, termination, by, at)
    record_event(
        events.TERMINATION_SIGNED,
        subject=termination.subject,
        by=by,
        at=at,
        data={
            "about": termination.about,
            "ground": termination.ground,
            "stop_on": termination.stop_on,
            "periods": shortened,
            "proposal_due": termination.proposal_due,
            "threshold": {PROPOSAL_DAYS: days},
            **owed.plain(),
        },
    )
    return termination


def _lock_termination(termination_id: int) -> Termination:
    """Lock contract, orders and termination, in this order."""
    contract_id = Termination.objects.values_list("contract_id", flat=True).get(
        pk=termination_id
    )
    Contract.objects.locked().get(pk=contract_id)
    list(TaskOrder.objects.locked().filter(contract=contract_id))
    return (
        Termination.objects.locked()
        .select_related(
            "contract__agency", "contract__vendor", "order__contract", "drafted_by"
        )
        .get(pk=termination_id)
    )


def _guard(termination: Termination, on: date) -> None:
    if termination.stop_on < on:
        message = (
            f"Its last day, {termination.stop_on}, is over: nothing is ended before "
            "its notice. Discard it and draft it again."
        )
        raise NotRunning(message)
    cure = termination.cure
    if cure is None or cure.due_on is None or on > cure.due_on:
        return
    if cure.kind == LetterKind.SHOW_CAUSE and not hasattr(cure, "answer"):
        message = (
            f"The vendor may show cause until {cure.due_on} and has not answered yet. "
            "Sign after its answer or that day."
        )
        raise CureNotOver(message, due_on=cure.due_on)
    if cure.kind == LetterKind.CURE:
        answered = "has answered" if hasattr(cure, "answer") else "has not answered yet"
        message = (
            f"The vendor may cure until {cure.due_on} and {answered}. Sign after that "
            "day, if it is not cured."
        )
        raise CureNotOver(message, due_on=cure.due_on)


def _shorten(termination: Termination) -> list[dict[str, str]]:
    """End the periods that run longer; from when until when, for the record."""
    stop = termination.stop_on
    moved = []
    for order in queries.orders_ended_by(termination):
        if order.period_end > stop:
            moved.append(_moved(order.name, order.period_end, stop))
            order.period_end = max(stop, order.period_start)
            order.version += 1
            order.content_sha256 = content_sha256(orders.content(order))
            order.save(update_fields=["period_end", "version", "content_sha256"])
    contract = termination.contract
    if termination.order_id is None and contract.ordering_end > stop:
        moved.append(_moved(contract.piid or "", contract.ordering_end, stop))
        contract.ordering_end = stop
        contract.version += 1
        contract.content_sha256 = content_sha256(contracts.content(contract))
        contract.save(update_fields=["ordering_end", "version", "content_sha256"])
    return moved


def _moved(name: str, old: date, new: date) -> dict[str, str]:
    return {"number": name, "old": old.isoformat(), "new": new.isoformat()}
