"""What the months of an order go through, and the values that are read of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices

from contracting.core.quantities import Dollars, UnitPrice


class EntryKind(TextChoices):
    """What a link of the chain of an order's months says."""

    CLOSED = "CLOSED", "closed"
    REOPENED = "REOPENED", "opened again"


class SignOffPart(TextChoices):
    """Whose word a month needs before it is closed; two people give them."""

    REPRESENTATIVE = "REPRESENTATIVE", "representative"
    FINANCE = "FINANCE", "finance"


class Condition(TextChoices):
    """What must be so before a month is closed."""

    OVER = "OVER", "the month is over"
    EARLIER = "EARLIER", "every earlier month with usage is closed"
    WATERMARK = "WATERMARK", "every source has sent all of the month"
    GAPS = "GAPS", "no running number of a call is missing"
    SUSPENSE = "SUSPENSE", "no call of the month is in suspense"
    REPORTS = "REPORTS", "the vendor has reported every day of use"
    RATED = "RATED", "what is priced by volume stands on its steps"
    COMPARED = "COMPARED", "a comparison is younger than what it compares"
    FINDINGS = "FINDINGS", "every discrepancy is resolved, or carried by its owner"


EXPLAINABLE = frozenset({Condition.WATERMARK, Condition.GAPS, Condition.SUSPENSE})
"""What a person may explain where it cannot be mended; the rest has to be so."""


@dataclass(frozen=True, slots=True)
class Check:
    """Whether one condition holds of a month; if not, why not and what lifts it.

    :ivar facts: what was found, in words; an explanation holds for these words alone
    :ivar may_be_explained: whether somebody may explain it
    :ivar explanation: what somebody has said about these very facts
    """

    condition: Condition
    is_so: bool
    facts: str = ""
    lifts: str = ""
    url: str = ""
    may_be_explained: bool = False
    explanation: str = ""

    @property
    def is_met(self) -> bool:
        """Whether it stands in nobody's way."""
        return self.is_so or bool(self.explanation)

    @property
    def label(self) -> str:
        return str(self.condition.label)


class Basis(TextChoices):
    """What an accrual is of."""

    METER = "METER", "used and not accepted yet"
    SUSPENSE = "SUSPENSE", "in suspense, at its reserve"


class AccrualKind(TextChoices):
    """Posted for the end of a month, and taken back on the first day of the next."""

    ACCRUED = "ACCRUED", "accrual"
    REVERSED = "REVERSED", "reversal"


@dataclass(frozen=True, slots=True)
class Accruable:
    """What is to be accrued on a line and ACRN for the end of a month; exact."""

    order_line_id: int | None
    acrn: str
    basis: Basis
    dollars: Dollars


@dataclass(frozen=True, slots=True)
class Late:
    """What came late for a closed period of a line, and what became of it.

    :ivar invoice: on which its period was accepted; empty where only a month closed it
    :ivar asked: tokens on adjustment lines that are not decided yet
    :ivar left: tokens that may be invoiced; below zero the vendor owes a credit
    """

    clin: str
    model: str
    token_class_code: str
    tier: str
    start: datetime
    end: datetime
    first_at: datetime
    tokens: int
    dollars: Dollars
    invoice: str
    asked: int
    left: int
    price: UnitPrice | None

    @property
    def is_adjustment(self) -> bool:
        """Whether it is invoiced as an adjustment; else on an ordinary line."""
        return bool(self.invoice)
