"""Use beyond the funds of an order: what becomes payable, and what was ratified."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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
    """What was metered beyond the order's limits, to the cent, and is not payable.

    A charge by the month, the hour or the piece that was unfunded stays unfunded.
    """
    return _sum(
        Dollars(row.unfunded_dollars)
        for line in order.current_lines()
        if not line.is_by_unit
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


def left_ratified(order: TaskOrder) -> Dollars:
    """What was ratified on the order, less what a signature has made payable of it."""
    signed = order.modifications.filter(state=ModificationState.ISSUED)
    spent = signed.aggregate(sum=Sum("ratifies_dollars"))["sum"] or 0
    noticed = AvailabilityNotice.objects.filter(order=order)
    spent += noticed.aggregate(sum=Sum("ratifies_dollars"))["sum"] or 0
    return ratified(order.subject) - Dollars(spent)


def require_ratified(order: TaskOrder, added: Mapping[Holder, Dollars]) -> Dollars:
    """Insist that what a signature makes payable beyond the funds is ratified.

    :returns: what it makes payable
    :raises NotRatified: if less is ratified than that (R-FND-08, FAR 1.602-3)
    """
    payable = made_payable(added)
    left = left_ratified(order)
    if payable > left:
        message = (
            f"{payable} was used beyond the limits of this order and would become "
            f"payable with this signature; {left} of it is ratified. Nobody but the "
            "head of the contracting activity can make it payable: have it ratified "
            "first, or place another order for what comes later."
        )
        raise NotRatified(message, payable=payable, short_by=payable - left)
    return payable


def _sum(amounts: Iterable[Dollars]) -> Dollars:
    return total_dollars(amounts).to_cents()
