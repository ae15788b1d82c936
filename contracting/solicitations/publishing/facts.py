"""What is known of a package on the day on which its publication is weighed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from contracting.reference.models import Instrument
from contracting.reference.states import PriceStructure
from contracting.solicitations.publishing.options import dollars_of

AMOUNTS: Final = (
    "MPT",
    "SAT",
    "SYNOPSIS",
    "SYNOPSIS_WAIT",
    "RESPONSE_WINDOW",
    "RESPONSE_WINDOW_COMMERCIAL",
    "BRAND_NAME_POSTING",
    "NOMINAL_MINIMUM",
    "SINGLE_AWARD_IDIQ",
)
"""The numbers that decide, each a dated row."""


@dataclass(frozen=True, slots=True)
class Prescription:
    """On which conditions a package must carry a clause; empty ones always hold."""

    number: str
    above: Decimal | None
    procedure: str
    is_set_aside: bool | None
    reason: str
    citation: str
    regime: str
    is_multiple_award: bool | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the price schedule, as far as its publication is concerned."""

    clin: str
    workload_tokens: int
    boundary: str = ""
    structure: str = PriceStructure.UNIT_PRICE.value
    quantity: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Day:
    """What holds on the day of release; a draft that is only read has none."""

    at: datetime
    on: date
    released_on: date
    deadline_on: date | None
    amounts: Mapping[str, Decimal]
    attachments: Mapping[str, str]
    """Papers that offers for AI bring along, by code."""
    prescriptions: tuple[Prescription, ...] = ()
    instrument: Instrument | None = None
    """What the kind of contract is on that day; nothing if none is awarded."""


@dataclass(frozen=True, slots=True)
class Facts:
    """One package: its terms by name, its rows, and what was determined on it."""

    terms: Mapping[str, Any]
    lines: tuple[Line, ...]
    factors_are_price: tuple[bool, ...]
    clauses: frozenset[str]
    """Numbers of the clauses that it carries."""
    zone_exists: bool
    day: Day | None = None
    determined: frozenset[str] = frozenset()
    named: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Vendors and makers of models that its words name, with the names found."""

    @property
    def instrument(self) -> Instrument | None:
        """What the kind of contract is; nothing without a day."""
        return self.day.instrument if self.day else None

    @property
    def value(self) -> Decimal:
        """What it may cost with every option, US dollars."""
        value: Decimal = self.terms["maximum_dollars"]
        return value + dollars_of(self.options).amount

    @property
    def options(self) -> list[dict[str, Any]]:
        """Its options in their plain form."""
        return list(self.terms.get("options") or ())

    @property
    def brand(self) -> str:
        """The one vendor or model that the package names, or nothing."""
        declared = str(self.terms["named_brand"]).strip()
        if declared or len(self.named) != 1:
            return declared
        ((_, names),) = self.named.items()
        return ", ".join(sorted(names))
