"""Use beyond the funds of an order: what becomes payable, and what was ratified."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from django.db.models import QuerySet, Sum

from contracting.core.actors import Actor
from contracting.core.quantities import Dollars, total_dollars
from contracting.determinations.models import Determination
from contracting.determinations.queries import determinations_of, ratified
from contracting.determinations.states import DeterminationState, Kind
from contracting.ledger.queries import balances_of
from contracting.ledger.queries.beyond import holders_beyond
from contracting.ledger.states import Holder
from contracting.orders.models import (
    HOLDER_OF_A_LINE,
    AvailabilityNotice,
    OrderLine,
    TaskOrder,
)
from contracting.orders.queries import visible_to
from contracting.orders.refusals import NotRatified
from contracting.orders.states import ModificationState, TaskOrderState


@dataclass(frozen=True, slots=True)
class Beyond:
    """What was used of an order beyond its limits, and how far it is ratified.

    :ivar used: to the cent, and not payable
    :ivar ratified: what was ratified and no signature has made payable yet
    :ivar said: the ratifications, newest first
    """

    used: Dollars
    ratified: Dollars
    said: list[Determination]

    @property
    def left(self) -> Dollars:
        """What nobody has ratified; never negative."""
        return max(self.used - self.ratified, Dollars())

    @property
    def waits(self) -> bool:
        """Whether a ratification is in review."""
        return any(each.state == DeterminationState.IN_REVIEW for each in self.said)


def beyond(order: TaskOrder) -> Beyond:
    """How an order stands that was used beyond its limits (R-FND-08)."""
    said = determinations_of(order.subject).filter(kind=Kind.RATIFICATION)
    return Beyond(unfunded(order), left_ratified(order), list(said))


def unfunded(order: TaskOrder) -> Dollars:
    """What was used or charged beyond the order's limits, to the cent; not payable."""
    return _sum(
        Dollars(row.unfunded_dollars)
        for line in order.current_lines()
        for row in balances_of(line.holder)
    )


def orders_beyond(by: Actor) -> QuerySet[TaskOrder]:
    """The orders of an agency that were used beyond their limits, oldest first."""
    found: QuerySet[TaskOrder] = visible_to(by).filter(
        state=TaskOrderState.ISSUED, lines__in=holders_beyond(HOLDER_OF_A_LINE)
    )
    return found.distinct().order_by("pk")


def made_payable(added: Mapping[Holder, Dollars]) -> Dollars:
    """What of the use beyond the limits of these lines becomes payable, to the cent.

    Later funds pay what was used first (FAR 52.232-22(f)), so that no more becomes
    payable than stands beyond the limits of a line, or than it has of funds.

    :param added: the funds that each line gets with a change of its limits
    """
    found = []
    for holder, dollars in added.items():
        rows = balances_of(holder)
        beyond = total_dollars(Dollars(row.unfunded_dollars) for row in rows)
        room = total_dollars(row.funds_left for row in rows) + dollars
        found.append(min(beyond, room))
    return _sum(found)


@dataclass(frozen=True, slots=True)
class Raised:
    """What a signature gives a line that is bought by the month, hour or piece.

    :ivar dollars: funds, less what it takes from other ACRNs of the line
    :ivar units: of the line's own unit
    """

    line: OrderLine
    dollars: Dollars
    units: Decimal


class TakeUp(Protocol):
    """Makes the charges of one line payable, and says how much became so."""

    def __call__(self, *, line: OrderLine, by: Actor, at: datetime) -> Dollars: ...


Payable = Callable[[Raised], Dollars]
_CHARGES: list[tuple[Payable, TakeUp]] = []


def let_take_up(payable: Payable, take_up: TakeUp) -> None:
    """Let a later stage, which this one does not know, make charges payable.

    :param payable: what of the charges of a line beyond its limits a signature that
        raises them would make payable
    :param take_up: makes it payable once the limits are raised, and says how much
    """
    if (payable, take_up) not in _CHARGES:
        _CHARGES.append((payable, take_up))


def charges_made_payable(raised: Iterable[Raised]) -> Dollars:
    """What of the charges beyond the limits of these lines becomes payable."""
    return _sum(payable(each) for each in raised for payable, _ in _CHARGES)


def take_up_charges(lines: Iterable[OrderLine], by: Actor, at: datetime) -> Dollars:
    """Make the ratified charges of lines whose limits were raised payable."""
    return _sum(
        take_up(line=line, by=by, at=at) for line in lines for _, take_up in _CHARGES
    )


def left_ratified(order: TaskOrder) -> Dollars:
    """What was ratified on the order, less what a signature has made payable of it."""
    signed = order.modifications.filter(state=ModificationState.ISSUED)
    spent = signed.aggregate(sum=Sum("ratifies_dollars"))["sum"] or 0
    noticed = AvailabilityNotice.objects.filter(order=order)
    spent += noticed.aggregate(sum=Sum("ratifies_dollars"))["sum"] or 0
    return ratified(order.subject) - Dollars(spent)


def require_ratified(
    order: TaskOrder,
    added: Mapping[Holder, Dollars],
    raised: Sequence[Raised] = (),
) -> Dollars:
    """Insist that what a signature makes payable beyond the funds is ratified.

    :param added: the funds that each line of tokens gets
    :param raised: what each line gets that is bought by the month, hour or piece
    :returns: what it makes payable
    :raises NotRatified: if less is ratified than that (R-FND-08, FAR 1.602-3)
    """
    payable = made_payable(added) + charges_made_payable(raised)
    left = left_ratified(order)
    if payable > left:
        message = (
            f"{payable} was used or charged beyond the limits of this order and would "
            f"become payable with this signature; {left} of it is ratified. Nobody but "
            "the head of the contracting activity can make it payable: have it "
            "ratified first, or place another order for what comes later."
        )
        raise NotRatified(message, payable=payable, short_by=payable - left)
    return payable


def _sum(amounts: Iterable[Dollars]) -> Dollars:
    return total_dollars(amounts).to_cents()
