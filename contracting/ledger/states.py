"""The words of the ledger: its accounts, its transfers, and the values verbs exchange.

One table, :data:`COLUMNS`, says which accounts make up each figure. The verbs post by
it, the invariants recompute by it and the pages open the rows behind a figure by it, so
the three can never disagree.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db.models import TextChoices

from contracting.core.quantities import Dollars, Tokens, UnitPrice


class AccountKind(TextChoices):
    """Where value can lie. A transfer moves it from the debit to the credit account."""

    APPROPRIATION = "APPROPRIATION", "appropriation"
    FUNDS = "FUNDS", "free funds"
    INTEREST = "INTEREST", "interest on late payments"
    COMMITTED = "COMMITTED", "committed"
    OBLIGATED = "OBLIGATED", "obligated, not used"
    CONSUMED = "CONSUMED", "used, not accepted"
    ACCEPTED = "ACCEPTED", "accepted, not paid"
    PAID = "PAID", "paid"
    UNFUNDED = "UNFUNDED", "unfunded usage"
    ROUNDING = "ROUNDING", "rounding"
    GIVEN_UP = "GIVEN_UP", "given up by the vendor"
    TOLERATED = "TOLERATED", "tolerated beyond our meter"
    METER = "METER", "meter"


class FundsType(TextChoices):
    """How long an appropriation may be obligated (31 U.S.C. 1502)."""

    ANNUAL = "ANNUAL", "annual funds"
    MULTI_YEAR = "MULTI_YEAR", "multi-year funds"
    NO_YEAR = "NO_YEAR", "no-year funds"


OF_A_LINE_OF_ACCOUNTING: Final = (
    AccountKind.APPROPRIATION,
    AccountKind.FUNDS,
    AccountKind.INTEREST,
)
OF_A_BALANCE: Final = tuple(
    kind for kind in AccountKind if kind not in OF_A_LINE_OF_ACCOUNTING
)


class TransferKind(TextChoices):
    """What a transfer does."""

    ALLOT = "ALLOT", "allotment"
    COMMIT = "COMMIT", "commitment"
    RELEASE = "RELEASE", "release of a commitment"
    OBLIGATE = "OBLIGATE", "obligation"
    DEOBLIGATE = "DEOBLIGATE", "deobligation"
    CONSUME = "CONSUME", "funded usage"
    UNFUNDED = "UNFUNDED", "unfunded usage"
    ACCEPT = "ACCEPT", "acceptance"
    ROUND = "ROUND", "rounding to the cent"
    PAY = "PAY", "payment"
    GIVE_UP = "GIVE_UP", "usage given up by the vendor"
    TOLERATE = "TOLERATE", "accepted beyond our meter"
    CREDIT = "CREDIT", "credit: paid, and taken back"
    INTEREST = "INTEREST", "interest on a late payment"
    REVERSE = "REVERSE", "reversal"


_K = AccountKind

ROUTES: Final[Mapping[str, frozenset[tuple[str, str]]]] = {
    TransferKind.ALLOT: frozenset({(_K.APPROPRIATION, _K.FUNDS)}),
    TransferKind.COMMIT: frozenset({(_K.FUNDS, _K.COMMITTED)}),
    TransferKind.RELEASE: frozenset({(_K.COMMITTED, _K.FUNDS)}),
    TransferKind.OBLIGATE: frozenset(
        {(_K.FUNDS, _K.OBLIGATED), (_K.COMMITTED, _K.OBLIGATED)}
    ),
    TransferKind.DEOBLIGATE: frozenset({(_K.OBLIGATED, _K.FUNDS)}),
    TransferKind.CONSUME: frozenset({(_K.OBLIGATED, _K.CONSUMED)}),
    TransferKind.UNFUNDED: frozenset({(_K.METER, _K.UNFUNDED)}),
    TransferKind.ACCEPT: frozenset({(_K.CONSUMED, _K.ACCEPTED)}),
    TransferKind.ROUND: frozenset(
        {(_K.ROUNDING, _K.ACCEPTED), (_K.ACCEPTED, _K.ROUNDING)}
    ),
    TransferKind.PAY: frozenset({(_K.ACCEPTED, _K.PAID)}),
    TransferKind.GIVE_UP: frozenset({(_K.GIVEN_UP, _K.OBLIGATED)}),
    TransferKind.TOLERATE: frozenset({(_K.TOLERATED, _K.ACCEPTED)}),
    TransferKind.CREDIT: frozenset({(_K.PAID, _K.CONSUMED)}),
    TransferKind.INTEREST: frozenset({(_K.FUNDS, _K.INTEREST)}),
}
"""From which account to which each kind of transfer may go; a reversal goes back."""


@dataclass(frozen=True, slots=True)
class Column:
    """A stored figure: the sum of some accounts, in dollars or in tokens.

    ``sign`` is -1 where the account is a source, so that the figure reads as a positive
    number.
    """

    name: str
    accounts: frozenset[str]
    label: str
    sign: int = 1

    @property
    def in_tokens(self) -> bool:
        return self.name.endswith("_tokens")

    @property
    def unit(self) -> str:
        """What of a transfer it sums: tokens, micro-ACU or dollars."""
        if self.name.endswith("_micro_acu"):
            return "micro_acu"
        return "tokens" if self.in_tokens else "dollars"

    def effect(self, debit: str, credit: str) -> int:
        """+1, 0 or -1: what a unit from ``debit`` to ``credit`` does to the figure."""
        return self.sign * ((credit in self.accounts) - (debit in self.accounts))


_USED = frozenset({_K.CONSUMED, _K.ACCEPTED, _K.PAID, _K.ROUNDING, _K.TOLERATED})
"""What was metered: the sources of rounding and of tolerance take off what they add."""

COLUMNS: Final[Mapping[str, Column]] = {
    column.name: column
    for column in (
        Column("available_dollars", frozenset({_K.APPROPRIATION}), "allotted", -1),
        Column("interest_dollars", frozenset({_K.INTEREST}), "interest paid"),
        Column("committed_dollars", frozenset({_K.COMMITTED}), "committed"),
        Column("obligated_dollars", _USED | {_K.OBLIGATED, _K.GIVEN_UP}, "obligated"),
        Column("consumed_dollars", _USED, "used, funded"),
        Column("unfunded_dollars", frozenset({_K.UNFUNDED}), "used, unfunded"),
        Column("accepted_dollars", frozenset({_K.ACCEPTED, _K.PAID}), "accepted"),
        Column("rounding_dollars", frozenset({_K.ROUNDING}), "rounding", -1),
        Column("given_up_dollars", frozenset({_K.GIVEN_UP}), "given up", -1),
        Column("tolerated_dollars", frozenset({_K.TOLERATED}), "beyond our meter", -1),
        Column("paid_dollars", frozenset({_K.PAID}), "paid"),
        Column("consumed_tokens", _USED, "used, funded"),
        Column("unfunded_tokens", frozenset({_K.UNFUNDED}), "used, unfunded"),
        Column("accepted_tokens", frozenset({_K.ACCEPTED, _K.PAID}), "accepted"),
        Column("tolerated_tokens", frozenset({_K.TOLERATED}), "beyond our meter", -1),
    )
}

ONLY_OF_FUNDS: Final = ("available_dollars", "interest_dollars")
"""Figures of a line of accounting that none of its order lines has."""

FUNDS_COLUMNS: Final = (*ONLY_OF_FUNDS, "committed_dollars", "obligated_dollars")
TOKEN_COLUMNS: Final = (
    "consumed_tokens",
    "unfunded_tokens",
    "accepted_tokens",
    "tolerated_tokens",
)
BALANCE_COLUMNS: Final = tuple(name for name in COLUMNS if name not in ONLY_OF_FUNDS)

POOL_COLUMNS: Final[Mapping[str, Column]] = {
    column.name: column
    for column in (
        Column("consumed_micro_acu", _USED, "used, funded"),
        Column("unfunded_micro_acu", frozenset({_K.UNFUNDED}), "used, unfunded"),
    )
}
"""The figures of a pool, which its line keeps over all of its ACRNs."""

EFFECTS: Final[Mapping[tuple[str, str], tuple[tuple[str, int], ...]]] = {
    (debit, credit): tuple(
        (name, effect)
        for name, column in (*COLUMNS.items(), *POOL_COLUMNS.items())
        if (effect := column.effect(debit, credit))
    )
    for debit in AccountKind.values
    for credit in AccountKind.values
    if debit != credit
}
"""For each pair of accounts, the figures that a transfer between them changes."""


@dataclass(frozen=True, slots=True, order=True)
class Holder:
    """The line that funds are bound to, such as ``Holder("orders.line", 7)``."""

    kind: str
    id: int

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Residual(TextChoices):
    """What becomes of tokens that were ordered and not used, by the clause."""

    EXPIRED = "EXPIRED", "expired"
    ROLLED_OVER = "ROLLED_OVER", "rolled over"
    REFUNDED = "REFUNDED", "refunded"


@dataclass(frozen=True, slots=True)
class Leftover:
    """Tokens of a line that are left, the funds that went back, where they roll to."""

    holder: Holder
    tokens: Tokens
    dollars: Dollars
    to: Holder | None = None


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """What one ACRN may carry on a line.

    ``ceiling_dollars`` is this ACRN's part: the parts sum to the line's dollar
    ceiling. ``ceiling_tokens`` is the whole line's, the same on each of its ACRNs:
    tokens are not bound to funds, so their ceiling holds over the sum.
    """

    acrn: str
    sequence: int
    line_of_accounting_id: int
    ceiling_dollars: Dollars
    ceiling_tokens: Tokens
    ceiling_micro_acu: int | None = None


@dataclass(frozen=True, slots=True)
class Obligation:
    """Dollars of one line of accounting on one ACRN of one line."""

    holder: Holder
    acrn: str
    line_of_accounting_id: int
    dollars: Dollars


@dataclass(frozen=True, slots=True)
class Consumption:
    """Tokens used at one price; ``key`` is the caller's name for what was used.

    ``acu_per_million_tokens`` is the multiplier of a line that is a pool.
    """

    key: Hashable
    unit_price: UnitPrice
    tokens: Tokens
    acu_per_million_tokens: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Allotted:
    """Tokens that a period run has put on a step or a pool, at their right price.

    On a step ``price`` is dollars per million tokens. On a pool ``burn`` is AI
    consumption units (ACU) per million tokens and ``price`` dollars per ACU; the
    micro-ACU of all tokens of one ``key`` are rounded once, half-up.
    """

    key: str
    tokens: int
    price: Decimal
    burn: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Beyond:
    """What is accepted beyond our meter's count, by tolerance or by decision."""

    exact: Dollars = Dollars()
    tokens: Tokens = Tokens(0)

    def __bool__(self) -> bool:
        return bool(self.exact) or bool(self.tokens)


@dataclass(frozen=True, slots=True)
class Consumed:
    """How much of one key one ACRN funded, and how much was not funded at all."""

    key: Hashable
    acrn: str
    funded_tokens: Tokens
    funded_dollars: Dollars
    unfunded_tokens: Tokens
    unfunded_dollars: Dollars
    funded_transfer_id: int | None = None
    unfunded_transfer_id: int | None = None


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Where a call stands among all calls: by instant, then source, then its id."""

    at: datetime
    source: str
    event_id: str


@dataclass(frozen=True, slots=True)
class Delta:
    """Usage of one line at one price in one UTC hour, on its way to the roller.

    ``tokens`` and ``dollars`` are signed: a correction takes back. ``rate_row_id`` is
    the caller's number of the price, ``day`` the accounting day of the contract.
    """

    holder: Holder
    key: str
    unit_price: UnitPrice
    rate_row_id: int
    hour: datetime
    day: date
    events: int
    tokens: int
    dollars: Dollars
    first: Position
    last: Position
    acu_per_million_tokens: Decimal | None = None
    is_correction: bool = False


@dataclass(frozen=True, slots=True)
class Use:
    """Tokens of one key at one price: of a call, or of all calls of an hour."""

    key: str
    unit_price: UnitPrice
    tokens: int
    acu_per_million_tokens: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Hour:
    """What was used in one UTC hour, by key and price."""

    start: datetime
    uses: tuple[Use, ...]
