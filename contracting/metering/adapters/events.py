"""What an adapter yields: calls, buckets, charges, and rows that are refused.

Plain values. Only a call may burn funds down; a bucket of a provider's usage report and
a charge of its bill are evidence that reconciliation compares with the calls.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from msgspec import Struct

from contracting.metering.states import Grain, Provenance, ReportKind

MAX_ROWS: Final = 10_000
MAX_BYTES: Final = 50 * 1024 * 1024
MAX_TOKENS: Final = 10**12
"""The most tokens of one class that one call can have, far above any real one."""

MAX_COUNT: Final = 2**53 - 1


class Unreadable(ValueError):
    """The payload is not of its format at all, or is too large."""


class ReadEvent(Struct, frozen=True):
    """One row that is well-formed; whether its names are known is not decided here.

    ``lines`` are disjoint; ``other_units`` are what is counted and is no token, such as
    web searches. What a source does not say is empty or ``None``, never guessed.
    """

    index: int
    event_id: str
    source: str
    occurred_at: datetime
    operation_id: str
    attempt: int
    order_ref: str
    model_served: str
    model_requested: str
    tier: str
    context_band: str
    boundary: str
    basis: str
    lines: tuple[tuple[str, int], ...]
    unknown_class: str
    reported_total: int | None
    sha256: str
    canonical: str
    source_kind: str = ReportKind.GATEWAY.value
    grain: str = Grain.CALL.value
    adapter: str = "cloudevents"
    adapter_version: str = "1"
    provider: str = ""
    channel: str = ""
    model_billed: str = ""
    service_tier: str = ""
    processing: str = ""
    region_scope: str = ""
    period_start: datetime | None = None
    period_end: datetime | None = None
    meter_seq: int | None = None
    key_ref: str = ""
    project: str = ""
    outcome: str = ""
    latency_ms: int | None = None
    provenance: str = Provenance.MEASURED.value
    requests: int | None = None
    other_units: tuple[tuple[str, int], ...] = ()
    reported_cost: Decimal | None = None
    reported_currency: str = ""
    response_id: str = ""
    revision: int = 1
    original_sha256: str = ""


@dataclass(frozen=True, slots=True)
class BadRow:
    """One row that is refused: its place, a stable code and where in the row it is."""

    index: int
    event_id: str
    code: str
    pointer: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Span:
    """Tokens that a report does not split further than into these classes together."""

    classes: tuple[str, ...]
    tokens: int


@dataclass(frozen=True, slots=True)
class ReadBucket:
    """Usage that a provider reports for an interval; it reconciles, it never burns.

    ``bucket_id`` is composed of the interval and of every dimension. A bucket that
    comes again with other content is a restatement: the next revision of the same id.
    """

    index: int
    bucket_id: str
    adapter: str
    adapter_version: str
    provider: str
    channel: str
    period_start: datetime
    period_end: datetime
    model: str
    tier: str
    region_scope: str
    dimensions: tuple[tuple[str, str], ...]
    lines: tuple[Span, ...]
    requests: int | None
    other_units: tuple[tuple[str, int], ...]
    reported_total: int | None
    sha256: str
    canonical: str
    grain: str = Grain.BUCKET.value
    source_kind: str = ReportKind.VENDOR_REPORT.value
    revision: int = 1

    @property
    def tokens(self) -> int:
        """All tokens of the bucket."""
        return sum(line.tokens for line in self.lines)


@dataclass(frozen=True, slots=True)
class ReadCharge:
    """A line of a bill or of a cost report, with its amount exactly as it was stated.

    :ivar classes: the token classes that it charges together; none if it is no token
    :ivar tokens: the quantity in tokens, already by the unit of its own row
    :ivar amount: in ``currency``, unrounded; it may be negative (a credit)
    """

    index: int
    charge_id: str
    adapter: str
    adapter_version: str
    provider: str
    channel: str
    period_start: datetime
    period_end: datetime
    model_billed: str
    classes: tuple[str, ...]
    tier: str
    region_scope: str
    dimensions: tuple[tuple[str, str], ...]
    charge_class: str
    quantity: Decimal | None
    unit: str
    tokens: int | None
    unit_price: Decimal | None
    amount: Decimal
    currency: str
    invoice_ref: str
    sha256: str
    canonical: str
    grain: str = Grain.INVOICE_LINE.value
    source_kind: str = ReportKind.INVOICE.value
    revision: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """What is known of a source before its rows are read; a row may say more.

    A provider's own answer names neither our order nor our boundary: they stand here,
    or in the ``call`` that the gateway writes beside the answer.
    """

    source: str
    order_ref: str = ""
    key_ref: str = ""
    boundary: str = ""
    context_band: str = "ALL"
    channel: str = ""
