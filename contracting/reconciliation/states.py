"""Codes of findings and of their resolutions, and the values that are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Final, NamedTuple

from django.db.models import TextChoices

from contracting.core.canonical import content_sha256
from contracting.core.quantities import Dollars, PricePerUnit, UnitPrice


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
    MODEL_ALIAS = "MODEL_ALIAS", "reported under another model or tier"
    REASONING = "REASONING", "reasoning counted as text, or text as reasoning"
    ATTRIBUTION = "ATTRIBUTION", "counted on another order or line than our meter's"
    OUT_OF_POP = "OUT_OF_POP", "outside the period of performance"
    FAILED_CHARGED = "FAILED_CHARGED", "a call that is not chargeable is billed"
    RATE_DATE = "RATE_DATE", "the price of another date"
    UNIT = "UNIT", "counted or priced in another unit on every row"
    ROUNDING = "ROUNDING", "rounded otherwise than the contract says"
    CREDIT_MISSING = "CREDIT_MISSING", "a credit that is due is not on the invoice"
    SLA_CREDIT = "SLA_CREDIT", "a credit for missed service is not on the invoice"
    SYSTEMATIC = "SYSTEMATIC", "nearly every day differs in the same direction"
    TZ_CUTOFF = "TZ_CUTOFF", "billed by another clock than our meter's"
    UNFUNDED = "UNFUNDED", "usage beyond the obligated funds"
    OVER_CEILING = "OVER_CEILING", "usage beyond the ceiling of the line"
    LATE_REPORT = "LATE_REPORT", "reported after the due day"


LISTED: Final = frozenset(
    {FindingCode.LATE_REPORT, FindingCode.UNFUNDED, FindingCode.OVER_CEILING}
)
"""What is said of usage on which the views may agree: no part of any difference."""


class ResolutionCode(TextChoices):
    """How a finding was settled."""

    ACCEPT_A = "accept-A", "our meter's count is right"
    CREDIT = "credit", "credited: not paid on this invoice"
    REBILL = "rebill", "the invoice goes back and is sent anew"
    WITHDRAWN = "withdrawn", "withdrawn by the vendor"
    ACCEPT_B = "accept-B", "the vendor's report is right"
    ACCEPT_C = "accept-C", "the invoice is right"
    SHIFT_PERIOD = "shift-period", "belongs to another period"
    REASSIGN = "reassign", "belongs to another line or order"
    WRITE_OFF = "write-off", "too small to pursue: written off"
    ESCALATE = "escalate", "escalated to a claim"
    TOLERATED = "tolerated", "within the contract's tolerance"
    ARRIVED = "arrived", "closed on arrival of the late rows"
    EXPLAINED = "explained", "explained by usage or reports that came later"
    SUPERSEDED = "superseded", "found anew with other figures"


BY_THE_JOB: Final = frozenset(
    {ResolutionCode.ARRIVED, ResolutionCode.EXPLAINED, ResolutionCode.SUPERSEDED}
)
"""Resolutions that a comparison records by itself, of what is there no longer."""

BY_RULE: Final = frozenset({ResolutionCode.TOLERATED})
"""Resolutions of a comparison that stand as long as the difference is the same."""


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
Attempt = tuple[str, int]
"""A request and the number of its attempt."""
Side = tuple[date, str, str]
"""A day, and SHA-256 of the rows of our meter and of the report on it."""


class Slot(NamedTuple):
    """The period of a sum, and the accounting day on which it begins.

    Without instants it is a day of which there is no sum.
    """

    start: datetime | None
    end: datetime | None
    day: date


@dataclass(frozen=True, slots=True)
class Metered:
    """One rated line of our meter (A): a class of one attempt of one request.

    ``said_at`` is the vendor's instant of the same attempt, where it has one.
    """

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
    event_id: str = ""
    said_at: datetime | None = None

    @property
    def kind(self) -> Kind:
        return (self.order_line_id, self.model_id, self.tier)

    @property
    def key(self) -> Key:
        return (*self.kind, self.token_class)


@dataclass(frozen=True, slots=True)
class Reported(Metered):
    """One row of the vendor's report (B), with the line and model it was mapped to.

    ``occurred_at`` and ``day`` are our meter's where it knows the call; ``said_at`` is
    the vendor's own instant. ``named`` is the vendor's model and tier where the order
    has no price for them or nobody knows them; else it is empty. ``bucket`` is the
    sum of the vendor's report that it is part of, where no single calls are named.
    """

    is_late: bool = False
    named: str = ""
    bucket: Slot | None = None


@dataclass(frozen=True, slots=True)
class Bucket:
    """A sum of the vendor's report: tokens of a class in a period, of no single call.

    ``places`` are the order's kinds that the vendor's model and tier may stand for,
    each with its price; what none of ours accounts for belongs to the last.
    """

    places: tuple[tuple[Kind, UnitPrice], ...]
    token_class: str
    start: datetime
    end: datetime
    day: date
    tokens: int
    is_late: bool = False
    named: str = ""


@dataclass(frozen=True, slots=True)
class Invoiced:
    """One line of the invoice (C), and the price in force where its period begins.

    ``amount`` is the extension that the line states, in cents; none where it is not
    tokens times price.
    """

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
    amount: Dollars | None = None

    @property
    def kind(self) -> Kind:
        return (self.order_line_id, self.model_id, self.tier)

    @property
    def key(self) -> Key:
        return (*self.kind, self.token_class)


@dataclass(frozen=True, slots=True)
class Charged:
    """One invoice line of units, and what is posted in its period.

    ``posted`` is exact and has what no funds carry; ``funded`` is what may be payable.
    """

    charge_line_id: int
    order_line_id: int
    kind: str
    start: datetime
    end: datetime
    units: Decimal
    price: PricePerUnit
    amount: Dollars
    posted_units: Decimal
    posted: Dollars
    funded: Dollars


@dataclass(frozen=True, slots=True)
class Adjusted:
    """What a run has rated anew of usage that is accepted: its difference is owed.

    ``gap`` is what was accepted for it less what it costs by what is known now.
    """

    run: str
    order_line_id: int
    model_id: int
    token_class: str
    tier: str
    first_day: date
    last_day: date
    tokens: int
    gap: Dollars


@dataclass(frozen=True, slots=True)
class Late(Invoiced):
    """One invoice line for usage that came after its period was accepted.

    ``a_tokens`` and ``b_tokens`` are what meter and report have of the period now, less
    what is accepted of it: what is still to be paid, or below zero, what was too much.
    """

    a_tokens: int = 0
    b_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Limit:
    """What an order line may come to, and what its usage has come to so far."""

    order_line_id: int
    used_tokens: int
    used: Dollars
    ceiling_tokens: int | None
    ceiling: Dollars | None


@dataclass(frozen=True, slots=True)
class Credited:
    """A credit that is due to the agency, and what the invoice takes off for it."""

    credit: str
    order_line_id: int | None
    due: Dollars
    stated: Dollars
    is_for_service: bool = False


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
    ``invoice_period`` and ``invoiced_elsewhere`` (keys and periods on other live
    invoices) say what one invoice could have asked for. ``known_requests`` were metered
    on other days. ``bucketed`` are the covered periods of which the vendor reports sums
    and no calls. ``uncharged`` are calls of our meter that the contract does not charge
    because of how they ended. Attempts that the meter or a report has on another order
    are in ``metered_elsewhere`` and ``reported_elsewhere``. ``agreed`` counts the rows
    of a key and day that were compared before and found equal, and stand here as sums;
    ``digests`` say of each day which they are.
    Sums that begin in the ``window`` are compared, also where they go beyond it: what
    lies outside of it and in the same sums stands beside the other rows.
    ``versions`` are the contract and the rules by which it is compared.
    Where the days were told before, rows are sums by key, price and day; then
    ``waiting`` are those of our meter that no report has so far, and ``sides`` the
    digests of the rows that they stand for, by day.
    """

    metered: tuple[Metered, ...]
    reported: tuple[Reported, ...]
    invoiced: tuple[Invoiced, ...]
    covered: tuple[Span, ...]
    overdue: frozenset[date] = frozenset()
    unfunded: tuple[tuple[int, int, Dollars], ...] = ()
    rates: Rates = field(default_factory=dict)
    invoice_period: Span | None = None
    invoiced_elsewhere: tuple[tuple[Key, Span], ...] = ()
    invoice_id: int | None = None
    known_requests: frozenset[str] = frozenset()
    charged: tuple[Charged, ...] = ()
    accepted_otherwise: tuple[tuple[int, Dollars], ...] = ()
    adjusted: tuple[Adjusted, ...] = ()
    late: tuple[Late, ...] = ()
    bucketed: tuple[Span, ...] = ()
    uncharged: tuple[Metered, ...] = ()
    limits: tuple[Limit, ...] = ()
    credits: tuple[Credited, ...] = ()
    performance: Span | None = None
    metered_elsewhere: frozenset[Attempt] = frozenset()
    reported_elsewhere: frozenset[Attempt] = frozenset()
    agreed: Mapping[tuple[Key, date], int] = field(default_factory=dict)
    window: Span | None = None
    beside_metered: tuple[Metered, ...] = ()
    beside_reported: tuple[Reported, ...] = ()
    digests: tuple[tuple[date, str], ...] = ()
    versions: tuple[tuple[str, str], ...] = ()
    waiting: tuple[Metered, ...] | None = None
    sides: tuple[Side, ...] | None = None


@dataclass(frozen=True)
class Difference:
    """One coded difference with its exact amount and the keys behind it."""

    code: str
    order_line_id: int | None
    token_classes: tuple[str, ...]
    tokens: int
    amount: Dollars
    level: str
    arrived: bool = False
    evidence: Mapping[str, Any] = field(default_factory=dict)
    invoice_id: int | None = None

    @cached_property
    def fingerprint(self) -> str:
        """The same difference found again has the same fingerprint."""
        return content_sha256(
            {
                "place": list(self.place),
                "classes": list(self.token_classes),
                "tokens": self.tokens,
                "amount": self.amount,
                "keys": self.evidence.get("keys", []),
            }
        )

    @cached_property
    def content_sha256(self) -> str:
        """SHA-256 of all that was found of it."""
        return content_sha256(
            [self.code, self.order_line_id, self.token_classes, self.tokens]
            + [self.amount, self.level, self.arrived, dict(self.evidence)]
        )

    @property
    def place(self) -> tuple[Any, ...]:
        """Where it is, whatever its size: a later look at it has the same place."""
        return (
            str(self.code),
            self.order_line_id,
            self.invoice_id,
            *(self.evidence.get(name) for name in PLACE),
        )


PLACE: Final = ("model", "tier", "day", "period_start", "period_end", "reported_as")
"""What of its evidence says where a difference is."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One key and span with its three counts; ``c_tokens`` is none without invoice."""

    order_line_id: int
    model_id: int
    token_class: str
    tier: str
    start: datetime
    end: datetime
    a_tokens: int
    b_tokens: int
    c_tokens: int | None
    a_dollars: Dollars
    c_dollars: Dollars | None
    rate: UnitPrice | None
    invoiced_price: UnitPrice | None

    @property
    def agrees(self) -> bool:
        counts = {self.a_tokens, self.b_tokens}
        if self.c_tokens is not None:
            counts.add(self.c_tokens)
        same_price = self.invoiced_price is None or self.invoiced_price == self.rate
        return len(counts) == 1 and same_price


@dataclass(frozen=True, slots=True)
class Step:
    """One reason why more (or less, below zero) is asked for than our meter counts."""

    code: str
    count: int
    amount: Dollars


@dataclass(frozen=True, slots=True)
class Bar:
    """All findings of one code as a bar from the line of zero."""

    code: str
    count: int
    amount: Dollars
    x: str
    width: str
    y: int
