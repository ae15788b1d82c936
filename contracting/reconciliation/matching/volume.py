"""What usage of lines priced by volume comes to, and its average price in a period.

An invoice names one price for each class. On such a line that is the average of the
steps, or of the units of the pool, over the period of the invoice line, rounded to the
sixth decimal; what is owed is the exact amount and not the average times the tokens.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import QuerySet

from contracting.billing.models import InvoiceLine
from contracting.contracts.models import ContractLine
from contracting.core.periods import accounting_day, day_bounds, months_after
from contracting.core.quantities import (
    TOKENS_PER_MTOK,
    Dollars,
    Tokens,
    UnitPrice,
)
from contracting.core.tariffs import Portion, allot
from contracting.metering.calculations.allotment import costs_of
from contracting.metering.queries import uses_of
from contracting.orders.models import TaskOrder
from contracting.reconciliation.matching.late import accepted_exactly
from contracting.reconciliation.states import Key, Rate, Rates, Span


def _average(tokens: int, exact: Dollars) -> UnitPrice:
    average = exact.amount * TOKENS_PER_MTOK / Decimal(tokens)
    return UnitPrice(average.quantize(Decimal("0.000001"), ROUND_HALF_UP))


def is_by_volume(order: TaskOrder) -> bool:
    """Whether a line of the order is priced by volume."""
    return any(line.is_by_volume for line in _lines_of(order))


def _lines_of(order: TaskOrder) -> QuerySet[ContractLine]:
    return ContractLine.objects.filter(
        order_lines__order=order, order_lines__is_removed=False
    ).select_related("contract")


class Volume:
    """Usage of an order on lines priced by volume, on its steps and in its pools."""

    def __init__(self, order: TaskOrder) -> None:
        lines = _lines_of(order)
        self._zone = order.contract.time_zone
        own = {line.pk for line in order.current_lines()}
        found: dict[Key, list[Portion]] = defaultdict(list)
        by_volume = [line for line in lines if line.is_by_volume]
        self._is_any = bool(by_volume)
        for line in by_volume:
            for portion in allot(uses_of(line)):
                use = portion.use
                if use.order_line_id in own:
                    found[(use.order_line_id, *use.kind)].append(portion)
        for rows in found.values():
            rows.sort(key=lambda row: row.use.occurred_at)
        self._portions: Mapping[Key, Sequence[Portion]] = found
        self._instants = {
            key: [each.use.occurred_at for each in rows] for key, rows in found.items()
        }

    def __bool__(self) -> bool:
        return self._is_any

    def comes_to(self, key: Key, span: Span) -> tuple[int, Dollars]:
        """Tokens of a key in a period, and their exact amount."""
        instants = self._instants.get(key, [])
        low, high = bisect_left(instants, span[0]), bisect_left(instants, span[1])
        rows = self._portions.get(key, [])[low:high]
        return sum(row.tokens for row in rows), costs_of(rows)

    def billed_by(self, line: InvoiceLine, tokens: Tokens) -> Dollars | None:
        """The exact amount of an invoice line, if it bills just what was used."""
        key = (line.order_line_id, line.model_id, line.tier, line.token_class.code)
        if line.adjusts is not None:
            whole = line.adjusts.period
            used, exact = self.left(key, (whole.lower, whole.upper))
        else:
            used, exact = self.comes_to(key, (line.period.lower, line.period.upper))
        return exact if used == tokens.count else None

    def left(self, key: Key, whole: Span) -> tuple[int, Dollars]:
        """What of an accepted period is not accepted yet: tokens, and what they cost.

        What was accepted keeps its steps, so that what came after it stands on those
        that were reached. Below zero where less is used now than was accepted.
        """
        tokens, exact = self.comes_to(key, whole)
        paid, dollars = accepted_exactly(key, whole)
        return tokens - paid, exact - dollars

    def price_left(self, key: Key, whole: Span) -> UnitPrice | None:
        """The average price of what is left of a period; none where nothing is."""
        tokens, exact = self.left(key, whole)
        return _average(tokens, exact) if tokens > 0 and exact > Dollars() else None

    def price(self, key: Key, span: Span) -> UnitPrice | None:
        """The average price of a key in a period; none where nothing was used."""
        tokens, exact = self.comes_to(key, span)
        return _average(tokens, exact) if tokens else None

    def rates(self, spans: Iterable[tuple[Key, Span]]) -> Rates:
        """The average prices of every key: of the invoice's periods, else of months.

        :param spans: the keys and periods of the lines of the invoice
        """
        billed: dict[Key, list[Span]] = defaultdict(list)
        for key, span in spans:
            billed[key].append(span)
        return {key: self._rates_of(key, sorted(billed[key])) for key in self._portions}

    def _rates_of(self, key: Key, billed: Sequence[Span]) -> list[Rate]:
        months = self._months(key)
        cuts = sorted({at for span in [*months, *billed] for at in span})
        found = []
        for start, end in zip(cuts, cuts[1:], strict=False):
            whole = next(
                (s for s in [*billed, *months] if s[0] <= start and end <= s[1]),
                (start, end),
            )
            price = self.price(key, whole)
            if price is not None:
                found.append(Rate(start, end, price))
        return found

    def _months(self, key: Key) -> list[Span]:
        """The calendar months in which the key was used, in the contract's zone."""
        days = {
            accounting_day(instant, self._zone).replace(day=1)
            for instant in self._instants[key]
        }
        return [
            (
                day_bounds(first, self._zone).start,
                day_bounds(months_after(first, 1), self._zone).start,
            )
            for first in sorted(days)
        ]
