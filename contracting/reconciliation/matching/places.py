"""Where a row of the vendor's report belongs: the call, order line, model and price."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from contracting.core.quantities import UnitPrice
from contracting.reconciliation.matching.apart import CLOCKS_APART
from contracting.reconciliation.matching.rows import order_of, rate_at
from contracting.reconciliation.states import Kind, Metered, Rates


class ReportedRow(NamedTuple):
    """What is read of a row of a vendor's report."""

    report_id: int
    request_id: str
    attempt: int
    occurred_at: datetime
    model_name: str
    token_class_code: str
    tier: str
    tokens: int


class Places:
    """Finds the order line, model, tier and price of what the vendor reports."""

    def __init__(self, rates: Rates, metered: Sequence[Metered]) -> None:
        self._rates = rates
        self._calls: dict[tuple[str, int], list[Metered]] = defaultdict(list)
        self._requests: dict[str, list[Metered]] = defaultdict(list)
        for row in sorted(metered, key=order_of):
            self._calls[row.request_id, row.attempt].append(row)
            self._requests[row.request_id].append(row)

    def same_call(self, row: ReportedRow, kind: Kind) -> Metered | None:
        """Our row of the same attempt: of this kind, class and instant as near as may
        be."""
        return min(
            _near(self._calls.get((row.request_id, row.attempt), ()), row),
            key=lambda ours: (
                ours.kind != kind,
                ours.token_class != row.token_class_code,
                abs(ours.occurred_at - row.occurred_at),
            ),
            default=None,
        )

    def of(self, row: ReportedRow, model_id: int | None) -> tuple[Kind, UnitPrice, str]:
        """Where the row belongs, its price, and the vendor's words if they are strange.

        What the vendor names counts, as long as the order has a price for it. Otherwise
        the call stays where our meter has it. What nobody knows is priced at the
        highest rate there is.
        """
        ours = _near(self._calls.get((row.request_id, row.attempt), ()), row)
        ours = ours or _near(self._requests.get(row.request_id, ()), row)
        stated = self._priced(row, model_id, row.tier) if model_id else []
        if stated:
            known = {each.kind for each in ours}
            price, kind = max(stated, key=lambda each: (each[1] in known, *each))
            named = f"{row.model_name} {row.tier}" if kind not in known and ours else ""
            return kind, self._own_price(ours, kind, row) or price, named
        if ours:
            return self._unpriced(row, model_id, ours)
        found = self._priced(row, model_id, None)
        if found:
            price, kind = max(found)
            return kind, price, ""
        line_id, known_model, tier, _ = min(self._rates)
        return (line_id, model_id or known_model, tier), _highest(self._rates), ""

    def _unpriced(
        self, row: ReportedRow, model_id: int | None, ours: Sequence[Metered]
    ) -> tuple[Kind, UnitPrice, str]:
        """A known call under a name or tier for which the order has no price."""
        same = [each for each in ours if each.token_class == row.token_class_code]
        kind = (same or ours)[0].kind
        price = self._own_price(ours, kind, row) or rate_at(
            self._rates, (*kind, row.token_class_code), row.occurred_at
        )
        is_ours = (model_id, row.tier) == kind[1:]
        named = "" if is_ours else f"{row.model_name} {row.tier}"
        return kind, price or _highest(self._rates), named

    def _priced(
        self, row: ReportedRow, model_id: int | None, tier: str | None
    ) -> list[tuple[UnitPrice, Kind]]:
        return [
            (price, key[:3])
            for key in self._rates
            if key[3] == row.token_class_code
            and (model_id is None or key[1] == model_id)
            and (tier is None or key[2] == tier)
            and (price := rate_at(self._rates, key, row.occurred_at)) is not None
        ]

    @staticmethod
    def _own_price(
        ours: Iterable[Metered], kind: Kind, row: ReportedRow
    ) -> UnitPrice | None:
        """The price at which our meter has rated it."""
        key = (*kind, row.token_class_code)
        return next((each.price for each in ours if each.key == key), None)


def _near(calls: Iterable[Metered], row: ReportedRow) -> list[Metered]:
    """Our rows that may be the same call: no further apart than two clocks may be.

    Whatever lies further off is another call, so that a day is compared alike whether
    it is looked at alone or among all others.
    """
    return [
        each
        for each in calls
        if abs(each.occurred_at - row.occurred_at) <= CLOCKS_APART
    ]


def _highest(rates: Rates) -> UnitPrice:
    return max(rate.price for row in rates.values() for rate in row)
