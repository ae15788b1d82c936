"""What kinds of modification a contract knows, and what somebody proposes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import TextChoices

from contracting.core.quantities import Dollars, PricePerUnit, Tokens, UnitPrice
from contracting.core.states import moves
from contracting.orders.states import ModificationAuthority
from contracting.reference.states import (
    BY_TOKENS,
    CountedOver,
    CountedPer,
    PartMonths,
    PriceStructure,
    Unit,
)
from contracting.solicitations.publishing.options import OptionDraft


class ModificationKind(TextChoices):
    """What a modification of a contract is for; each carries what its rules ask."""

    TERMS = "TERMS", "change of terms"
    ON_RAMP = "ON_RAMP", "on-ramp of a new model"
    RATCHET = "RATCHET", "lower price by the ratchet clause"
    OPTION = "OPTION", "exercise of an option"
    NOVATION = "NOVATION", "novation to a successor in interest"


_A = ModificationAuthority

AUTHORITIES: Final[Mapping[str, frozenset[str]]] = {
    ModificationKind.TERMS: frozenset(
        {_A.ADMINISTRATIVE, _A.SUPPLEMENTAL_AGREEMENT, _A.OTHER}
    ),
    ModificationKind.ON_RAMP: frozenset({_A.SUPPLEMENTAL_AGREEMENT}),
    ModificationKind.RATCHET: frozenset({_A.ADMINISTRATIVE}),
    ModificationKind.OPTION: frozenset({_A.OTHER}),
    ModificationKind.NOVATION: frozenset({_A.SUPPLEMENTAL_AGREEMENT}),
}
"""Which choices of block 13 carry a kind. A commercial contract knows no 13A."""

ONE_SIDED: Final[frozenset[str]] = frozenset(
    {ModificationKind.RATCHET, ModificationKind.OPTION}
)
"""Kinds to which the vendor has agreed beforehand, by a clause of the contract."""


class RatchetState(TextChoices):
    """What became of a fall of the public list below a contract's price."""

    OPEN = "OPEN", "waits for the contracting officer"
    CONFIRMED = "CONFIRMED", "confirmed"
    HELD = "HELD", "held"


RATCHET_MOVES: Final = moves(
    {RatchetState.OPEN: (RatchetState.CONFIRMED, RatchetState.HELD)}
)


class Series(TextChoices):
    """By whom it is issued, as the first character of its number says (FAR 4.1603)."""

    PROCURING = "P", "the office that awarded the contract"
    ADMINISTERING = "A", "another office, which administers the contract"


class Counted(TextChoices):
    """Whose count of the corpus an equivalence test stands on."""

    VENDOR = "VENDOR", "vendor's figure"
    AGENCY = "AGENCY", "recounted by the agency"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnRampDraft:
    """What brings a new model onto a contract, beside its prices (R-MOD-08).

    The normalisation factor is the model's count of the published corpus over that of
    the reference tokenizer. ``documents`` names each required paper by its SHA-256;
    ``price_exception`` is the officer's memo on a price above the list.
    """

    snapshot: str
    corpus: str
    corpus_sha256: str
    model_tokens: Tokens
    reference_tokens: Tokens
    counted_by: str = Counted.VENDOR
    predecessor: str = ""
    predecessor_tokens: Tokens = Tokens(0)
    security_evidence: str = ""
    security_sha256: str = ""
    documents: Mapping[str, str] = field(default_factory=dict)
    price_exception: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NovationDraft:
    """What shows that another vendor succeeds to the contract (FAR 42.1204(e), (f)).

    ``successor_id`` is the organization that takes over. ``instrument`` names what
    transfers the assets, ``agreement`` the three-party agreement, each with the SHA-256
    of its file; ``capability`` is the officer's finding that the successor is
    responsible, ``guarantee`` how the transferor stands in for its performance.
    """

    successor_id: int
    transferred_on: date
    instrument: str
    instrument_sha256: str
    agreement: str
    agreement_sha256: str
    capability: str
    guarantee: str


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a checklist: what is asked, and how it stands."""

    what: str
    is_done: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class StepDraft:
    """Another price, for the tokens after so many of the line's volume."""

    from_tokens: Tokens
    price: UnitPrice


@dataclass(frozen=True, slots=True)
class RateDraft:
    """A price that a modification puts in force from a day on, in the contract's zone.

    What it replaces is the price of the same model, class, tier, band and boundary. On
    a line with tiers ``price`` is the first step and the highest, ``steps`` are the
    others. On a pool the multiplier and the price of a unit say what ``price`` is.
    """

    clin: str
    slin: str
    snapshot: str
    token_class: str
    price: UnitPrice
    first_day: date
    boundary: str
    tier: str = "STANDARD"
    context_band: str = "ALL"
    steps: Sequence[StepDraft] = ()
    acu_per_million_tokens: Decimal | None = None
    usd_per_acu: Decimal | None = None


@dataclass(frozen=True, slots=True)
class UnitRateDraft:
    """A price per unit that a modification puts in force from a day on."""

    clin: str
    price: PricePerUnit
    first_day: date


@dataclass(frozen=True, slots=True)
class LineDraft:
    """A contract line that a modification adds; of tokens, or of units.

    ``counted_over`` and ``counted_per`` say of a line with tiers whose usage counts
    towards its steps, and how long.
    """

    clin: str
    description: str
    psc: str
    estimated_tokens: Tokens
    ceiling_dollars: Dollars
    structure: str = PriceStructure.UNIT_PRICE
    unit: str = Unit.MTOK
    estimated_units: Decimal = Decimal(0)
    part_months: str = PartMonths.BY_DAY
    counted_over: str = CountedOver.ORDER
    counted_per: str = CountedPer.MONTH
    option_number: int | None = None
    orders_from: date | None = None

    @property
    def is_by_unit(self) -> bool:
        """Whether it is bought by the month, hour or piece."""
        return self.unit not in BY_TOKENS


@dataclass(frozen=True, slots=True)
class Exercised:
    """An option that a modification exercises, with the days that it adds, if any."""

    option_id: int
    number: int
    first_day: date | None
    last_day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Everything that a modification says before anybody signs it.

    ``scope`` is the scope determination in words. ``consideration`` is what the vendor
    gives or gets for a dearer price; ``price_memo`` why a new or dearer price is fair;
    ``credit_memo`` why a lower price reaches back before accepted usage.
    """

    kind: str = ModificationKind.TERMS
    authority: str
    citation: str
    description: str
    effective_on: date
    scope: str
    is_within_scope: bool = True
    administering_office: str = ""
    consideration: str = ""
    price_memo: str = ""
    credit_memo: str = ""
    terms: Mapping[str, Any] = field(default_factory=dict)
    line_ceilings: Mapping[str, Dollars] = field(default_factory=dict)
    new_lines: Sequence[LineDraft] = ()
    rates: Sequence[RateDraft] = ()
    unit_rates: Sequence[UnitRateDraft] = ()
    new_options: Sequence[OptionDraft] = ()
    exercises: Exercised | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A figure or day before and after; ``change`` is their difference in words."""

    label: str
    before: str
    after: str
    change: str
