"""The states of a task order and of a modification, and the values orders give out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db.models import TextChoices

from contracting.core.quantities import Dollars, PricePerUnit, Tokens, UnitPrice
from contracting.core.states import moves


class TaskOrderState(TextChoices):
    """From a request for tokens to close-out."""

    DRAFT = "DRAFT", "draft"
    SUBMITTED = "SUBMITTED", "in review"
    APPROVED = "APPROVED", "approved, waiting for signature"
    ISSUED = "ISSUED", "issued"
    COMPLETED = "COMPLETED", "physically complete"
    CLOSED = "CLOSED", "closed"
    CANCELLED = "CANCELLED", "cancelled before issue"
    DISCARDED = "DISCARDED", "discarded"


_S = TaskOrderState

SIGNED = (_S.ISSUED, _S.COMPLETED, _S.CLOSED)
"""The states of an order that was signed: what its vendor sees."""

MOVES = moves(
    {
        _S.DRAFT: (_S.SUBMITTED, _S.DISCARDED),
        _S.SUBMITTED: (_S.APPROVED, _S.DRAFT, _S.CANCELLED),
        _S.APPROVED: (_S.ISSUED, _S.DRAFT, _S.CANCELLED),
        _S.ISSUED: (_S.COMPLETED,),
        _S.COMPLETED: (_S.CLOSED,),
    }
)


class Risk(TextChoices):
    """How much can go wrong; the approval policy may ask more of a higher one."""

    LOW = "LOW", "low"
    MODERATE = "MODERATE", "moderate"
    HIGH = "HIGH", "high"


class FundsClause(TextChoices):
    """Under which clause an order is signed before its funds are there."""

    NEXT_YEAR = "52.232-18", "52.232-18 Availability of Funds"
    BEYOND = "52.232-19", "52.232-19 Availability of Funds for the Next Fiscal Year"


class ModificationState(TextChoices):
    """From a draft to a signed SF 30."""

    DRAFT = "DRAFT", "draft"
    ISSUED = "ISSUED", "issued"
    DISCARDED = "DISCARDED", "discarded"


MODIFICATION_MOVES = moves(
    {
        ModificationState.DRAFT: (
            ModificationState.ISSUED,
            ModificationState.DISCARDED,
        ),
    }
)


class ModificationAuthority(TextChoices):
    """Block 13 of the SF 30: exactly one choice."""

    CHANGE_ORDER = "A", "13A change order"
    ADMINISTRATIVE = "B", "13B administrative (FAR 43.103(b))"
    SUPPLEMENTAL_AGREEMENT = "C", "13C supplemental agreement (FAR 43.103(a))"
    OTHER = "D", "13D other"


@dataclass(frozen=True, slots=True)
class RateOnOrder:
    """A price of an order as plain values: what metering rates usage with."""

    order_line_id: int
    clin: str
    slin: str
    rate_row_id: int
    model_id: int
    snapshot: str
    tokenizer: str
    token_class_id: int
    token_class: str
    token_class_label: str
    tier: str
    context_band: str
    boundary: str
    in_force_from: datetime
    in_force_to: datetime | None
    price: UnitPrice
    burn: Decimal | None = None

    def applies_at(self, instant: datetime) -> bool:
        """Whether usage of that instant has this price; the end is not included."""
        return self.in_force_from <= instant and (
            self.in_force_to is None or instant < self.in_force_to
        )


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the tokens and dollars that are left go at one mix, and what ends first.

    ``binding`` is ``"tokens"``, ``"ceiling"``, ``"funds"`` or ``"pool"``.
    """

    mix: str
    usd_per_million_tokens: Decimal
    tokens: Tokens
    binding: str

    @property
    def binding_words(self) -> str:
        return _BINDING_WORDS[self.binding]

    @property
    def is_singular(self) -> bool:
        """Whether what binds "ends"; funds and units "end"."""
        return self.binding not in {FUNDS, POOL}


TOKENS: Final = "tokens"
CEILING: Final = "ceiling"
FUNDS: Final = "funds"
POOL: Final = "pool"
_BINDING_WORDS: Final = {
    TOKENS: "token ceiling",
    CEILING: "dollar ceiling",
    FUNDS: "funds",
    POOL: "units of the pool",
}


@dataclass(frozen=True, slots=True)
class Totals:
    """The figures of an order over all its lines: as ordered, and as used."""

    ceiling_tokens: Tokens
    ceiling_dollars: Dollars
    funded_dollars: Dollars
    consumed_tokens: Tokens
    consumed_dollars: Dollars
    unfunded_tokens: Tokens
    unfunded_dollars: Dollars


@dataclass(frozen=True, slots=True)
class FundsDraft:
    """Funds of a line by ACRN as somebody writes them, in the order of payment.

    Without ``ceiling_dollars`` this ACRN takes the rest of the line's ceiling.
    """

    acrn: str
    line_of_accounting_id: int
    dollars: Dollars
    ceiling_dollars: Dollars | None = None


@dataclass(frozen=True, slots=True)
class LineDraft:
    """A contract line as somebody orders it; ``prices`` by subline are lower ones.

    Of a line that is bought by the month, hour or piece there are ``units`` and no
    tokens; ``price_per_unit`` is a lower one.

    ``ceiling_acu`` is the ceiling of a pool in its units (ACU), of 6 decimals at most.
    """

    clin: str
    ceiling_tokens: Tokens
    ceiling_dollars: Dollars
    funds: Sequence[FundsDraft] = ()
    prices: Mapping[str, UnitPrice] = field(default_factory=dict)
    description: str = ""
    units: Decimal = Decimal(0)
    price_per_unit: PricePerUnit | None = None
    ceiling_acu: Decimal | None = None


@dataclass(frozen=True, slots=True)
class EffectDraft:
    """What a modification does to one line and ACRN; negative takes away.

    ``line_of_accounting_id`` is needed only for an ACRN that the line does not have.
    """

    clin: str
    acrn: str
    line_of_accounting_id: int | None = None
    add_dollars: Dollars = Dollars()
    add_ceiling_dollars: Dollars = Dollars()
    add_ceiling_tokens: Tokens = Tokens()
    add_units: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be in place before the signature, and how it stands."""

    what: str
    is_done: bool
    why: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Clash:
    """One term of a draft whose base has moved: three texts, none of them lost."""

    term: str
    base: str
    in_force: str
    drafted: str

    @property
    def is_clash(self) -> bool:
        """Whether what was signed meanwhile changed this very term."""
        return self.base != self.in_force
