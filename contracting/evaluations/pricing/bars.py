"""The totals of an analysis as bars; the SVG itself is a template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from contracting.evaluations.pricing.comparisons import is_ranked

BAR_WIDTH: Final = 480


@dataclass(frozen=True, slots=True)
class Bar:
    """One offer in the plot: its price on the workload, and the same at list."""

    vendor: str
    is_complete: bool
    evaluated: Decimal
    at_list: Decimal | None
    width: str
    list_width: str


def bars(kept_totals: Sequence[Mapping[str, Any]]) -> list[Bar]:
    """The totals as bars from zero, the longest of them as wide as the plot."""
    amounts = [
        (row, Decimal(row["evaluated"]), _decimal(row["at_list"]))
        for row in kept_totals
    ]
    longest = max(
        (max(own, listed or Decimal(0)) for _row, own, listed in amounts),
        default=Decimal(0),
    )
    return [
        Bar(
            vendor=row["vendor"],
            is_complete=is_ranked(row),
            evaluated=own,
            at_list=listed,
            width=_width(own, longest),
            list_width=_width(listed, longest),
        )
        for row, own, listed in amounts
    ]


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _width(amount: Decimal | None, longest: Decimal) -> str:
    if amount is None or not longest:
        return "0"
    return f"{BAR_WIDTH * amount / longest:.1f}"
