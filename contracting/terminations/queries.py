"""What was stopped, what is being ended, and what a vendor has yet to answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from contracting.charges.models import Charge
from contracting.charges.states import ChargeSource
from contracting.contracts.models import Contract
from contracting.contracts.queries.administration import Task
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.errors import NotVisible
from contracting.core.periods import days_bounds
from contracting.core.quantities import Dollars
from contracting.core.visibility import of_either_side
from contracting.ledger.queries import LineBalance, balances_of
from contracting.orders.models import TaskOrder
from contracting.orders.states import TaskOrderState
from contracting.terminations.models import Letter, Termination
from contracting.terminations.states import ANSWERED, OPEN, LetterKind, TerminationState


def letters_visible_to(actor: Actor) -> QuerySet[Letter]:
    """The letters of the agency, and those that a vendor received."""
    rows = Letter.objects.select_related(
        "contract__agency",
        "contract__vendor",
        "order",
        "signed_by__user",
        "receipt__received_by__user",
        "answer__answered_by__user",
    )
    return of_either_side(
        rows, actor, agency="contract__agency", vendor="contract__vendor"
    )


def get_letter_for(actor: Actor, public_id: str) -> Letter:
    """One letter.

    :raises NotVisible: if it is not there for this actor
    """
    found = letters_visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such letter."
        raise NotVisible(message)
    return found


def terminations_visible_to(actor: Actor) -> QuerySet[Termination]:
    """Those of the agency; to the vendor, what was signed."""
    rows = Termination.objects.select_related(
        "contract__agency",
        "contract__vendor",
        "order",
        "drafted_by__user",
        "notice__signed_by__user",
        "settlement__decided_by__user",
        "cure__answer",
    )
    if actor.is_agency and (actor.role or actor.is_key):
        return rows.filter(contract__agency_id=actor.organization_id)
    if actor.is_vendor and (actor.role or actor.is_key):
        signed = (TerminationState.SIGNED, TerminationState.SETTLED)
        return rows.filter(contract__vendor_id=actor.organization_id, state__in=signed)
    return rows.none()


def get_termination_for(actor: Actor, public_id: str) -> Termination:
    """One termination.

    :raises NotVisible: if it is not there for this actor
    """
    found = terminations_visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such termination."
        raise NotVisible(message)
    return found


def running_stop(order: TaskOrder) -> Letter | None:
    """The stop-work order that no order to resume has ended."""
    stops = order.letters.filter(kind=LetterKind.STOP_WORK, lifted_by__isnull=True)
    return stops.order_by("pk").last()


def stops_of(
    orders: Iterable[TaskOrder] | Iterable[int],
) -> dict[int, list[tuple[datetime, datetime | None]]]:
    """From when until when work was stopped, by order; the last may have no end yet."""
    stops = Letter.objects.filter(order__in=list(orders), kind=LetterKind.STOP_WORK)
    found: dict[int, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    for order_id, since, until in stops.order_by("pk").values_list(
        "order_id", "sent_at", "lifted_by__sent_at"
    ):
        found[order_id].append((since, until))
    return found


def cure_notices(contract: Contract, order: TaskOrder | None) -> QuerySet[Letter]:
    """The cure notices on an order, or on its contract as a whole, newest first."""
    return notices_before_cause(contract, order).filter(kind=LetterKind.CURE)


def notices_before_cause(
    contract: Contract, order: TaskOrder | None
) -> QuerySet[Letter]:
    """What a termination for cause may rest on, newest first."""
    about = Q(order=order) | Q(order__isnull=True) if order else Q(order__isnull=True)
    return contract.letters.filter(about, kind__in=ANSWERED).order_by("-pk")


def standing_termination(
    contract: Contract, order: TaskOrder | None
) -> Termination | None:
    """The termination of an order, or of its contract, that was not discarded."""
    rows = contract.terminations.exclude(state=TerminationState.DISCARDED)
    about = Q(order=order) | Q(order__isnull=True) if order else Q(order__isnull=True)
    return rows.filter(about).order_by("pk").last()


def open_terminations(
    contract: Contract, order: TaskOrder | None = None
) -> list[Termination]:
    """What is drafted or signed and not settled on an order, or on all of a contract.

    The termination of a contract is open on each of its orders.
    """
    rows = contract.terminations.filter(state__in=OPEN)
    if order is not None:
        rows = rows.filter(Q(order=order) | Q(order__isnull=True))
    return list(rows.select_related("order", "contract").order_by("pk"))


def unpaid_settlement(order: TaskOrder) -> Dollars:
    """What a settlement of the order granted and nobody has charged on its lines.

    What is charged is invoiced and paid like everything else, and counted with it.
    """
    if Charge.objects.filter(
        line__order=order, source=ChargeSource.SETTLEMENT
    ).exists():
        return Dollars()
    rows = Termination.objects.filter(order=order, settlement__dollars__gt=0)
    found = rows.values_list("settlement__dollars", flat=True).first()
    return Dollars(found or 0)


def orders_ended_by(termination: Termination) -> list[TaskOrder]:
    """The signed orders that a termination ends."""
    rows = TaskOrder.objects.filter(contract=termination.contract_id)
    if termination.order_id:
        rows = rows.filter(pk=termination.order_id)
    running = (TaskOrderState.ISSUED, TaskOrderState.COMPLETED)
    rows = rows.filter(state__in=running).select_related("contract")
    return list(rows.order_by("pk"))


def balances_ended_by(termination: Termination) -> list[LineBalance]:
    """Every balance of the orders that a termination ends."""
    return [
        LineBalance(line.clin, row)
        for order in orders_ended_by(termination)
        for line in order.current_lines()
        for row in balances_of(line.holder)
    ]


def seen_of(termination: Termination) -> str:
    """SHA-256 of what is read before a settlement is decided.

    What the vendor asks for, and every balance of the orders that are ended.
    """
    proposal = termination.proposals.order_by("pk").last()
    return content_sha256(
        {
            "termination": termination.public_id,
            "asked": [proposal.pk, proposal.dollars, proposal.text] if proposal else [],
            "balances": [
                [
                    *(each.balance.line_id, each.balance.acrn),
                    *(each.balance.obligated_dollars, each.balance.consumed_dollars),
                    *(each.balance.accepted_dollars, each.balance.paid_dollars),
                    each.balance.line.consumed_tokens,
                ]
                for each in balances_ended_by(termination)
            ],
        }
    )


def has_stopped(termination: Termination, at: datetime) -> bool:
    """Whether its last day of performance is over."""
    zone = termination.contract.time_zone
    return at >= days_bounds(termination.stop_on, termination.stop_on, zone).end


def tasks_on(contract: Contract, actor: Actor, at: datetime) -> Iterable[Task]:
    """Letters without a receipt or an answer, stopped work, and open terminations."""
    letters = letters_visible_to(actor).filter(contract=contract).order_by("pk")
    vendor = contract.vendor.name
    for letter in letters.filter(receipt__isnull=True):
        what = f"{letter.get_kind_display().capitalize()} on {letter.about}: receipt"
        yield Task("Letters", what, letter.path, None, vendor)
    for letter in letters.filter(kind__in=ANSWERED, answer__isnull=True):
        what = f"{letter.get_kind_display().capitalize()} on {letter.about}: answer"
        yield Task("Letters", what, letter.path, letter.due_on, vendor)
    for letter in letters.filter(kind=LetterKind.STOP_WORK, lifted_by__isnull=True):
        what = f"Work under {letter.about} is stopped: let it go on, or end it"
        path = f"{letter.order.path}/ending" if letter.order else letter.path
        yield Task("Letters", what, path, None, "Contracting officer")
    for each in terminations_visible_to(actor).filter(
        contract=contract, state__in=OPEN
    ):
        signed = each.state == TerminationState.SIGNED
        yield Task(
            "Terminations",
            f"The termination of {each.about} is {each.get_state_display()}",
            each.path,
            each.proposal_due if signed else None,
            f"{vendor}, then contracting officer" if signed else "Contracting officer",
        )
