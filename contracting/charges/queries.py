"""Reads of charges: what is due, posted, funded and left, and what is accepted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet, Sum

from contracting.charges.calculations import Quantities, due_of_line
from contracting.charges.models import Charge, QuantityChange, Receipt
from contracting.charges.states import (
    BY_CALENDAR,
    WITHOUT_A_PRICE,
    ChargeSource,
    Due,
    PriceOfDays,
)
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import accounting_day, days_bounds
from contracting.core.quantities import Dollars, PricePerUnit, total_dollars
from contracting.ledger.queries import LiveLimit, balances_of, live_limit
from contracting.ledger.queries.charged import drawn_because
from contracting.orders.models import OrderLine, TaskOrder
from contracting.orders.queries import visible_to
from contracting.orders.queries.ratified import Raised
from contracting.orders.states import TaskOrderState
from contracting.reference.states import PriceStructure

_MICROSECOND = timedelta(microseconds=1)


def prices_of(line: OrderLine) -> list[PriceOfDays]:
    """The prices per unit of an order line by whole days, the earliest first."""
    zone = line.order.contract.time_zone
    found = []
    for rate in line.current_unit_rates():
        held = rate.unit_rate.in_force
        last = held.upper and accounting_day(held.upper - _MICROSECOND, zone)
        found.append(
            PriceOfDays(
                unit_rate_id=rate.unit_rate_id,
                price=PricePerUnit(rate.usd_per_unit),
                first=accounting_day(held.lower, zone),
                last=last,
            )
        )
    return found


def quantities_of(line: OrderLine) -> Quantities:
    """From which day how many were in force, in the order in which it was recorded."""
    rows = QuantityChange.objects.filter(line=line).order_by("pk")
    return list(rows.values_list("effective_on", "quantity"))


def lines_by_calendar(order: TaskOrder) -> list[OrderLine]:
    """The lines of an order that time makes due."""
    return [
        line
        for line in order.current_lines()
        if line.contract_line.structure in BY_CALENDAR
    ]


def orders_by_calendar() -> QuerySet[TaskOrder]:
    """The signed orders that are open and have such a line."""
    found = TaskOrder.objects.filter(
        state__in=[TaskOrderState.ISSUED, TaskOrderState.COMPLETED],
        lines__is_removed=False,
        lines__contract_line__structure__in=[str(each) for each in BY_CALENDAR],
    )
    return found.distinct().order_by("pk")


def due_now(line: OrderLine, at: datetime) -> list[Due]:
    """What time has made due on a line until now; what is free is left out."""
    order = line.order
    due = due_of_line(
        unit=line.unit,
        part_months=line.contract_line.part_months,
        first=order.period_start,
        last=order.period_end,
        until=day_of(at, order),
        quantities=quantities_of(line),
        prices=prices_of(line),
        zone=order.contract.time_zone,
    )
    return [each for each in due if each.dollars > Dollars()]


def not_charged(order: TaskOrder, at: datetime) -> list[OrderLine]:
    """The lines on which something is due and neither charged nor accepted."""
    zone = order.contract.time_zone
    found = []
    for line in lines_by_calendar(order):
        periods = [days_bounds(due.first, due.last, zone) for due in due_now(line, at)]
        charged = set(calendar_charges(line).values_list("period", flat=True))
        if any(
            DateTimeTZRange(each.start, each.end, "[)") not in charged
            and not accepted_on(line, each.start, each.end)
            for each in periods
        ):
            found.append(line)
    return found


def accepted_otherwise(order: TaskOrder, at: datetime) -> list[tuple[int, Dollars]]:
    """By line, what is accepted less what would be due for the same days now.

    A price that fell with effect from before, or a quantity that was wrong, changes
    nothing beneath an acceptance: the difference is owed by one side to the other.
    """
    zone = order.contract.time_zone
    found = []
    for line in lines_by_calendar(order):
        stands = [
            Dollars(each.dollars)
            for each in calendar_charges(line)
            if accepted_on(line, each.period.lower, each.period.upper)
        ]
        if not stands:
            continue
        due = [
            each.dollars
            for each in due_now(line, at)
            for period in [days_bounds(each.first, each.last, zone)]
            if accepted_on(line, period.start, period.end)
        ]
        gap = total_dollars(stands) - total_dollars(due)
        if gap:
            found.append((line.pk, gap))
    return found


def charged_span(order: TaskOrder) -> tuple[datetime, datetime] | None:
    """From the first to the last instant of what is charged on an order."""
    periods = list(
        Charge.objects.filter(line__order=order).values_list("period", flat=True)
    )
    if not periods:
        return None
    return min(each.lower for each in periods), max(each.upper for each in periods)


def orders_charged() -> QuerySet[Charge, Any]:
    """The orders of everything that was ever charged, for a condition on orders."""
    return Charge.objects.values("line__order")


def standing_charges(line: OrderLine) -> QuerySet[Charge]:
    """The charges of a line that are not reversed, the earliest first."""
    rows = Charge.objects.filter(line=line, reversed_at__isnull=True)
    return rows.order_by("period", "pk")


def calendar_charges(line: OrderLine) -> QuerySet[Charge]:
    """Those of them that time has made due."""
    return standing_charges(line).filter(source=ChargeSource.CALENDAR)


def charges_within(
    line: OrderLine, start: datetime, end: datetime, *, decided: str = ""
) -> QuerySet[Charge]:
    """The standing charges of a line whose whole period lies in this one.

    :param decided: of :data:`WITHOUT_A_PRICE`; else all that a price has made due
    """
    rows = standing_charges(line).filter(
        period__contained_by=DateTimeTZRange(start, end, "[)")
    )
    if decided:
        return rows.filter(source=decided)
    return rows.exclude(source__in=WITHOUT_A_PRICE)


def charged_units(line: OrderLine) -> Decimal:
    """How many units of a line are charged; what is decided on is none of them."""
    rows = standing_charges(line).exclude(source__in=WITHOUT_A_PRICE)
    return rows.aggregate(sum=Sum("units"))["sum"] or Decimal(0)


def charged_by_line() -> dict[int, Decimal]:
    """Dollars charged by order line, funded or not, reversals taken off."""
    rows = Charge.objects.filter(reversed_at__isnull=True).values_list("line")
    return dict(rows.annotate(sum=Sum("dollars")).order_by())


def drawn_by(charges: Iterable[Charge]) -> dict[int, tuple[Dollars, Dollars]]:
    """Funded and unfunded dollars by charge."""
    return drawn_because("charges.charge", [charge.pk for charge in charges])


def funded_of(charges: Iterable[Charge]) -> Dollars:
    """What of these charges is funded, and so may become payable."""
    return total_dollars(funded for funded, _ in drawn_by(charges).values())


AS_SHOWN: Final = Decimal("0.00001")
"""Parts of months are shown in six decimals; their last one is no excess."""


def payable_beyond(
    line: OrderLine, *, room: Dollars, ordered: Decimal
) -> list[tuple[Charge, Dollars, Dollars]]:
    """Charges that were unfunded when they were made, and what funds carry of them.

    In the order in which they were charged, each as far as its units are ordered.

    :param room: funds of the line that nothing draws on
    :param ordered: units of the line
    :returns: charge, what is unfunded of it, what of that has room
    """
    charges = list(standing_charges(line).order_by("pk"))
    drawn = drawn_by(charges)
    left, found = ordered, []
    for charge in charges:
        funded, unfunded = drawn[charge.pk]
        fundable = Dollars(charge.dollars)
        if charge.source not in WITHOUT_A_PRICE:
            if charge.units > left + AS_SHOWN:
                whole = PricePerUnit(charge.usd_per_unit).of(max(left, Decimal(0)))
                fundable = min(fundable, whole)
            left -= charge.units
        more = min(fundable - funded, unfunded, room)
        if more > Dollars():
            found.append((charge, unfunded, more))
            room -= more
    return found


def payable_with(raised: Raised) -> Dollars:
    """What of the charges of a line a signature that raises its limits makes payable.

    R-FND-08: it has to be ratified before.
    """
    line = raised.line
    room = total_dollars(row.funds_left for row in balances_of(line.holder))
    found = payable_beyond(
        line, room=room + raised.dollars, ordered=line.units + raised.units
    )
    return total_dollars(more for _charge, _unfunded, more in found)


@dataclass(frozen=True, slots=True)
class ChargedLine:
    """One order line with what is charged on it, and what is left of it."""

    line: OrderLine
    charges: list[tuple[Charge, Dollars, Dollars]]
    units: Decimal
    limit: LiveLimit
    changes: list[QuantityChange]
    receipts: list[Receipt]

    @property
    def units_left(self) -> Decimal:
        """What is ordered and not charged; never below zero."""
        return max(self.line.units - self.units, Decimal(0))

    @property
    def dollars(self) -> Dollars:
        """All that is charged, funded or not."""
        return total_dollars(
            funded + unfunded for _charge, funded, unfunded in self.charges
        )

    @property
    def unfunded(self) -> Dollars:
        """What of it no funds and no order carries."""
        return total_dollars(unfunded for _charge, _funded, unfunded in self.charges)

    @property
    def is_service(self) -> bool:
        """Whether something may be received on it."""
        return self.line.contract_line.structure == PriceStructure.SERVICE

    @property
    def is_by_calendar(self) -> bool:
        """Whether time makes it due; else receipts do."""
        return self.line.contract_line.structure in BY_CALENDAR


def charged_lines(order: TaskOrder) -> list[ChargedLine]:
    """The lines that are bought by the unit, and any with a settlement on it."""
    found = []
    for line in order.current_lines():
        charges = list(Charge.objects.filter(line=line).order_by("period", "pk"))
        if not line.is_by_unit and not charges:
            continue
        drawn = drawn_by(charges)
        none = (Dollars(), Dollars())
        receipts = Receipt.objects.filter(line=line).select_related(
            "recorded_by__user", "reversal"
        )
        changes = QuantityChange.objects.filter(line=line).select_related(
            "recorded_by__user"
        )
        found.append(
            ChargedLine(
                line=line,
                charges=[(each, *drawn.get(each.pk, none)) for each in charges],
                units=charged_units(line),
                limit=live_limit(line.holder),
                changes=list(changes.order_by("effective_on", "pk")),
                receipts=list(receipts.order_by("received_on", "pk")),
            )
        )
    return found


def get_receipt_for(actor: Actor, public_id: str) -> Receipt:
    """One receipt on an order that the actor may see.

    :raises NotVisible: if it is not there for this actor
    """
    found = (
        Receipt.objects.filter(line__order__in=visible_to(actor), public_id=public_id)
        .select_related("line__order__contract", "line__contract_line")
        .first()
    )
    if found is None:
        message = "There is no such receipt."
        raise NotVisible(message)
    return found


_ACCEPTED: list[Callable[[int, datetime, datetime], str]] = []


def tell_accepted(number: Callable[[int, datetime, datetime], str]) -> None:
    """Let a later stage, which this one does not know, say what is accepted.

    :param number: gives the number of the invoice on which an instant of this period
        of an order line is accepted; empty where it is on none
    """
    if number not in _ACCEPTED:
        _ACCEPTED.append(number)


def accepted_on(line: OrderLine, start: datetime, end: datetime) -> str:
    """The number of the invoice on which an instant of the period is accepted."""
    for number in _ACCEPTED:
        found = number(line.pk, start, end)
        if found:
            return found
    return ""


def day_of(moment: datetime, order: TaskOrder) -> date:
    """The day in the contract's time zone."""
    return accounting_day(moment, order.contract.time_zone)
