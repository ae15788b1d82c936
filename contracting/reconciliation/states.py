"""Codes of findings and of their resolutions, and the values that are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import TextChoices

from contracting.core.quantities import Dollars, UnitPrice


class FindingCode(TextChoices):
    """What kind of difference it is."""

    MISSING_A = "MISSING_A", "vendor reports what our meter has not"
    MISSING_B = "MISSING_B", "our meter has what the vendor has not reported"
    EXTRA_C = "EXTRA_C", "invoiced and not reported"
    QTY = "QTY", "quantities differ"
    CLASS_SHIFT = "CLASS_SHIFT", "same sum in other classes"
    RATE = "RATE", "another unit price than in force"
    DUPLICATE = "DUPLICATE", "the vendor lists the same call twice"
    RETRY = "RETRY", "a retried attempt is billed"
    CACHE = "CACHE", "cached input billed at the uncached price"
    ROUNDING = "ROUNDING", "rounded otherwise than half-up on the line"
    UNFUNDED = "UNFUNDED", "usage beyond the obligated funds"
    LATE_REPORT = "LATE_REPORT", "reported after the due day"


class ResolutionCode(TextChoices):
    """How a finding was settled."""

    ACCEPT_A = "accept-A", "our meter's count is right"
    CREDIT = "credit", "credited: not paid on this invoice"
    REBILL = "rebill", "the vendor invoices it anew"
    WITHDRAWN = "withdrawn", "withdrawn by the vendor"
    ARRIVED = "arrived", "closed on arrival of the late rows"
    EXPLAINED = "explained", "explained by usage or reports that came later"
    SUPERSEDED = "superseded", "found anew with other figures"


class FindingState(TextChoices):
    """Open until a resolution is recorded."""

    OPEN = "OPEN", "open"
    DISPUTED = "DISPUTED", "disputed with the vendor"
    RESOLVED = "RESOLVED", "resolved"


Span = tuple[datetime, datetime]
Kind = tuple[int, int, str]
"""Order line, model and tier."""
Key = tuple[int, int, str, str]
"""Order line, model, tier and token class."""


@dataclass(frozen=True, slots=True)
class Metered:
    """One rated line of our meter (A): a class of one attempt of one request."""

    request_id: str
    attempt: int
    order_line_id: int
    model_id: int
    token_class: str
    tier: str
    occurred_at: datetime
    day: date
    tokens: int
    price: UnitPrice

    @property
    def kind(self) -> Kind:
        return (self.order_line_id, self.model_id, self.tier)

    @property
    def key(self) -> Key:
        return (*self.kind, self.token_class)


@dataclass(frozen=True, slots=True)
class Reported(Metered):
    """One row of the vendor's report (B), with the line and model it was mapped to."""

    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Invoiced:
    """One line of the invoice (C), and the price in force where its period begins."""

    invoice_line_id: int
    order_line_id: int
    model_id: int
    token_class: str
    tier: str
    start: datetime
    end: datetime
    tokens: int
    price: UnitPrice
    rate: UnitPrice

    @property
    def kind(self) -> Kind:
        return (self.order_line_id, self.model_id, self.tier)

    @property
    def key(self) -> Key:
        return (*self.kind, self.token_class)


@dataclass(frozen=True, slots=True)
class Rate:
    """A price of the order and the instants in which it is in force."""

    start: datetime
    end: datetime | None
    price: UnitPrice


Rates = Mapping[Key, Sequence[Rate]]


@dataclass(frozen=True, slots=True)
class Match:
    """What is compared.

    ``metered`` and ``reported`` hold whole accounting days. ``covered`` are the periods
    that reports cover, ``overdue`` the days whose report is due and has not come.
    ``invoice_period`` and ``invoiced_elsewhere`` (kinds and periods on other live
    invoices) say what one invoice could have asked for.
    """

    metered: tuple[Metered, ...]
    reported: tuple[Reported, ...]
    invoiced: tuple[Invoiced, ...]
    covered: tuple[Span, ...]
    overdue: frozenset[date] = frozenset()
    unfunded: tuple[tuple[int, int, Dollars], ...] = ()
    rates: Rates = field(default_factory=dict)
    invoice_period: Span | None = None
    invoiced_elsewhere: tuple[tuple[Kind, Span], ...] = ()
