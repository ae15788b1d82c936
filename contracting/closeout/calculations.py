"""What became of everything, as figures that page and paper print alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from contracting.core.quantities import Dollars, Tokens

LABELS: Final = {
    "ceiling": "Contract ceiling",
    "minimum": "Guaranteed minimum",
    "ordered": "Ordered",
    "used": "Used and funded",
    "unfunded": "Used beyond the limit, not payable",
    "accepted": "Accepted",
    "rounding": "Rounding to the cent",
    "given_up": "Given up by the vendor",
    "paid": "Paid",
    "residual": "Not used",
    "deobligated": "Deobligated at close-out",
}
"""Every figure of a completion statement, in the order in which it is read."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure in dollars, in tokens, or in both."""

    label: str
    dollars: Dollars | None
    tokens: Tokens | None


@dataclass(frozen=True, slots=True)
class Clock:
    """By when a file is closed, counted from which day, by which dated number."""

    due_on: date
    counted_from: date
    code: str
    basis: str

    def is_late(self, on: date) -> bool:
        """Whether the last day is over."""
        return on > self.due_on


def figure_rows(figures: Mapping[str, Any]) -> list[Figure]:
    """The figures of a completion statement in their order, from their stored form.

    :param figures: dollars by name, tokens by name and ``_tokens``
    """
    return [
        Figure(
            label=label,
            dollars=_dollars(figures.get(name)),
            tokens=_tokens(figures.get(f"{name}_tokens")),
        )
        for name, label in LABELS.items()
        if name in figures or f"{name}_tokens" in figures
    ]


def _dollars(value: Any) -> Dollars | None:
    if value is None or isinstance(value, Dollars):
        return value
    return Dollars(Decimal(value))


def _tokens(value: Any) -> Tokens | None:
    return None if value is None else Tokens(int(value))
