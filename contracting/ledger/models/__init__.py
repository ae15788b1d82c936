"""Tokens and dollars in motion: lines of accounting, accounts, transfers, balances.

A transfer is the fact. A balance is a sum of transfers, kept beside them so that a
database CHECK can bind it in one row; it can be rebuilt at any time and is no evidence.
"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models import Organization
from contracting.core.models import (
    Addressed,
    AppendOnly,
    LockingQuerySet,
    Timestamped,
)
from contracting.core.quantities import Dollars, Tokens
from contracting.ledger.models import deltas, funds, residuals
from contracting.ledger.models.funds import (
    dollars_field,
    micro_acu_field,
    none_negative,
    tokens_field,
)
from contracting.ledger.states import (
    OF_A_LINE_OF_ACCOUNTING,
    AccountKind,
    Holder,
    TransferKind,
)

LineOfAccounting = funds.LineOfAccounting
FundsBalance = funds.FundsBalance
ExpiredAdjustment = funds.ExpiredAdjustment
ResidualTokens = residuals.ResidualTokens
UsageDelta = deltas.UsageDelta
ParkedDelta = deltas.ParkedDelta

_PAYABLE = (
    F("consumed_dollars")
    + F("rounding_dollars")
    + F("tolerated_dollars")
    - F("given_up_dollars")
)


class ContractBalance(Timestamped):
    """What one contract allows, and what its orders have taken of it."""

    contract_id = models.BigIntegerField(unique=True)
    stream = models.CharField(max_length=80, help_text="Audit stream of the contract.")
    agency = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="contract_balances"
    )
    ceiling_dollars = dollars_field("The contract's maximum (FAR 16.504(a)).")
    ordered_dollars = dollars_field("Sum of the ceilings of its orders.")
    ceiling_tokens = tokens_field("The contract's maximum in tokens.")
    ordered_tokens = tokens_field("Sum of the token ceilings of its orders.")

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="orders_never_exceed_the_contract_ceiling_in_dollars",
                condition=Q(ordered_dollars__lte=F("ceiling_dollars")),
            ),
            models.CheckConstraint(
                name="orders_never_exceed_the_contract_ceiling_in_tokens",
                condition=Q(ordered_tokens__lte=F("ceiling_tokens")),
            ),
            none_negative(
                "what_is_ordered_is_never_negative", "ordered_dollars", "ordered_tokens"
            ),
        ]

    def __str__(self) -> str:
        return f"contract {self.contract_id}"

    @property
    def dollars_left(self) -> Dollars:
        """What may still be ordered."""
        return Dollars(self.ceiling_dollars - self.ordered_dollars)

    @property
    def tokens_left(self) -> Tokens:
        """What may still be ordered."""
        return Tokens(self.ceiling_tokens - self.ordered_tokens)


class HolderBalance(Addressed, Timestamped):
    """One line and its tokens, over all the ACRNs that pay for it.

    Dollars are bound to funds and therefore kept per ACRN. Tokens are not: their
    ceiling belongs to the line, and one row carries both sides of its CHECK.
    """

    PREFIX = "hld"

    holder_kind = models.CharField(max_length=60)
    holder_id = models.BigIntegerField()
    label = models.CharField(
        max_length=200, blank=True, help_text="How people call the line."
    )
    contract_id = models.BigIntegerField(db_index=True)
    ceiling_tokens = tokens_field("The line's token ceiling.")
    consumed_tokens = tokens_field("Used and funded.")
    unfunded_tokens = tokens_field("Used beyond the live limit: recorded, not payable.")
    accepted_tokens = tokens_field("Accepted by the Government.")
    tolerated_tokens = tokens_field("Of these, beyond our meter's count.")
    ceiling_micro_acu = models.BigIntegerField(
        null=True, blank=True, help_text="Of a pool: its ceiling, millionths of an ACU."
    )
    consumed_micro_acu = micro_acu_field("Used of the pool and funded.")
    unfunded_micro_acu = micro_acu_field("Used beyond the live limit.")
    limits_changed_at = models.DateTimeField(
        null=True, blank=True, help_text="Since the roller folded its usage last."
    )

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="funded_units_never_exceed_the_ceiling_of_their_pool",
                condition=Q(ceiling_micro_acu__isnull=True)
                | Q(consumed_micro_acu__lte=F("ceiling_micro_acu")),
            ),
            none_negative(
                "units_of_a_pool_are_never_negative",
                "consumed_micro_acu",
                "unfunded_micro_acu",
            ),
            models.UniqueConstraint(
                name="a_line_has_one_token_balance",
                fields=["holder_kind", "holder_id"],
            ),
            models.CheckConstraint(
                name="funded_tokens_never_exceed_the_token_ceiling",
                condition=Q(
                    ceiling_tokens__gte=F("consumed_tokens") + F("tolerated_tokens")
                ),
            ),
            none_negative(
                "tokens_of_a_line_are_never_negative",
                "ceiling_tokens",
                "consumed_tokens",
                "unfunded_tokens",
                "accepted_tokens",
                "tolerated_tokens",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="lines_with_changed_limits",
                fields=["limits_changed_at"],
                condition=Q(limits_changed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder_kind} {self.holder_id}"

    @property
    def title(self) -> str:
        """How a page calls the line: by its label, else "order line 7"."""
        if self.label:
            return self.label
        words = self.holder_kind.replace("s.", " ").replace(".", " ").replace("_", " ")
        return f"{words} {self.holder_id}"

    @property
    def holder(self) -> Holder:
        return Holder(self.holder_kind, self.holder_id)

    @property
    def micro_acu_left(self) -> int | None:
        """What may still be used of the pool; none on a line that is no pool."""
        if self.ceiling_micro_acu is None:
            return None
        left: int = self.ceiling_micro_acu - self.consumed_micro_acu
        return left

    @property
    def tokens_left(self) -> Tokens:
        """What may still be used under the token ceiling."""
        return Tokens(
            self.ceiling_tokens - self.consumed_tokens - self.tolerated_tokens
        )


class Balance(Timestamped):
    """One line × ACRN: its ceiling, what is bound to it, used, accepted and paid."""

    line = models.ForeignKey(
        HolderBalance, on_delete=models.PROTECT, related_name="balances"
    )
    acrn = models.CharField(
        "ACRN",
        max_length=2,
        help_text="Accounting classification reference number (FAR 4.1005).",
    )
    sequence = models.PositiveSmallIntegerField(
        help_text="Order of payment: usage draws on the lowest first."
    )
    line_of_accounting = models.ForeignKey(
        LineOfAccounting, on_delete=models.PROTECT, related_name="balances"
    )
    ceiling_dollars = dollars_field("This ACRN's part of the line's dollar ceiling.")
    committed_dollars = dollars_field("Certified, not signed yet.")
    obligated_dollars = dollars_field("Bound by signature, used or not.")
    consumed_dollars = dollars_field("Used and funded, exact, accepted or not.")
    unfunded_dollars = dollars_field(
        "Used beyond the live limit: recorded, not payable."
    )
    accepted_dollars = dollars_field("Accepted, rounded to the cent, paid or not.")
    rounding_dollars = dollars_field("Accepted less its exact amount; may be negative.")
    given_up_dollars = dollars_field("Used, and given up by the vendor: never payable.")
    tolerated_dollars = dollars_field("Accepted beyond what our meter has counted.")
    paid_dollars = dollars_field("Paid.")
    consumed_tokens = tokens_field("Used and funded.")
    unfunded_tokens = tokens_field("Used beyond the live limit.")
    accepted_tokens = tokens_field("Accepted by the Government.")
    tolerated_tokens = tokens_field("Of these, beyond our meter's count.")

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_line_has_one_balance_for_each_acrn", fields=["line", "acrn"]
            ),
            models.UniqueConstraint(
                name="the_acrns_of_a_line_are_paid_in_one_order",
                fields=["line", "sequence"],
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                name="funded_usage_never_exceeds_the_obligation",
                condition=Q(obligated_dollars__gte=_PAYABLE),
            ),
            models.CheckConstraint(
                name="obligations_never_exceed_the_ceiling",
                condition=Q(
                    ceiling_dollars__gte=F("committed_dollars") + F("obligated_dollars")
                ),
            ),
            models.CheckConstraint(
                name="accepted_never_exceeds_funded_usage",
                condition=Q(accepted_dollars__lte=_PAYABLE),
            ),
            models.CheckConstraint(
                name="accepted_never_exceeds_the_obligation",
                condition=Q(accepted_dollars__lte=F("obligated_dollars")),
            ),
            models.CheckConstraint(
                name="accepted_tokens_never_exceed_funded_tokens",
                condition=Q(
                    accepted_tokens__lte=F("consumed_tokens") + F("tolerated_tokens")
                ),
            ),
            models.CheckConstraint(
                name="paid_never_exceeds_accepted",
                condition=Q(paid_dollars__lte=F("accepted_dollars")),
            ),
            none_negative(
                "a_balance_is_never_negative",
                "ceiling_dollars",
                "committed_dollars",
                "obligated_dollars",
                "consumed_dollars",
                "unfunded_dollars",
                "accepted_dollars",
                "given_up_dollars",
                "tolerated_dollars",
                "paid_dollars",
                "consumed_tokens",
                "unfunded_tokens",
                "accepted_tokens",
                "tolerated_tokens",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="balances_used_beyond_the_funds",
                fields=["line"],
                condition=Q(unfunded_dollars__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line}, ACRN {self.acrn}"

    @property
    def holder_kind(self) -> str:
        return self.line.holder_kind

    @property
    def holder_id(self) -> int:
        return self.line.holder_id

    @property
    def holder(self) -> Holder:
        return self.line.holder

    @property
    def contract_id(self) -> int:
        return self.line.contract_id

    @property
    def ceiling_tokens(self) -> int:
        """The whole line's token ceiling: it binds over the sum of its ACRNs."""
        tokens: int = self.line.ceiling_tokens
        return tokens

    @property
    def payable_dollars(self) -> Decimal:
        """Used, funded and not given up, with what is accepted rounded to the cent.

        What is accepted beyond our meter is funded as what it has counted.
        """
        payable: Decimal = (
            self.consumed_dollars
            + self.rounding_dollars
            + self.tolerated_dollars
            - self.given_up_dollars
        )
        return payable

    @property
    def funds_left(self) -> Dollars:
        """Obligated and not used yet, in what is or will be payable."""
        return Dollars(self.obligated_dollars - self.payable_dollars)

    @property
    def ceiling_left(self) -> Dollars:
        """Room under the ceiling for a further commitment or obligation."""
        bound = self.committed_dollars + self.obligated_dollars
        return Dollars(self.ceiling_dollars - bound)

    @property
    def unaccepted(self) -> Dollars:
        """Used, funded and not given up, not accepted yet: the accrual."""
        return Dollars(self.payable_dollars - self.accepted_dollars)

    @property
    def unaccepted_tokens(self) -> Tokens:
        metered = self.accepted_tokens - self.tolerated_tokens
        return Tokens(self.consumed_tokens - metered)

    @property
    def unpaid(self) -> Dollars:
        """Accepted and not paid yet: what is owed."""
        return Dollars(self.accepted_dollars - self.paid_dollars)

    @property
    def unliquidated(self) -> Dollars:
        """Obligated and not paid yet (ULO)."""
        return Dollars(self.obligated_dollars - self.paid_dollars)


class Account(Timestamped):
    """A side of a transfer: of a line of accounting, or of a line × ACRN."""

    kind = models.CharField(max_length=13, choices=AccountKind.choices)
    line_of_accounting = models.ForeignKey(
        LineOfAccounting,
        on_delete=models.PROTECT,
        related_name="accounts",
        null=True,
        blank=True,
    )
    balance = models.ForeignKey(
        Balance,
        on_delete=models.PROTECT,
        related_name="accounts",
        null=True,
        blank=True,
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_line_of_accounting_has_one_account_of_each_kind",
                fields=["line_of_accounting", "kind"],
            ),
            models.UniqueConstraint(
                name="a_balance_has_one_account_of_each_kind",
                fields=["balance", "kind"],
            ),
            models.CheckConstraint(
                name="an_account_belongs_to_funds_or_to_a_balance",
                condition=Q(
                    kind__in=OF_A_LINE_OF_ACCOUNTING,
                    line_of_accounting__isnull=False,
                    balance__isnull=True,
                )
                | Q(
                    ~Q(kind__in=OF_A_LINE_OF_ACCOUNTING),
                    line_of_accounting__isnull=True,
                    balance__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Transfer(AppendOnly):
    """Value moved from the debit to the credit account: the one fact of the ledger."""

    kind = models.CharField(max_length=10, choices=TransferKind.choices)
    debit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="debits")
    credit = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="credits"
    )
    tokens = models.BigIntegerField(default=0)
    micro_acu = models.BigIntegerField(
        default=0, help_text="Millionths of an AI consumption unit, on a pool."
    )
    dollars = models.DecimalField(max_digits=24, decimal_places=12)
    because_kind = models.CharField(max_length=60, help_text="What caused it.")
    because_id = models.BigIntegerField()
    stream = models.CharField(max_length=80, help_text="Audit stream of the cause.")
    note = models.CharField(
        max_length=200, blank=True, help_text="What was used, or why it was reversed."
    )
    by_name = models.CharField(max_length=160)
    by_user_id = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField(help_text="The business instant, UTC.")
    reverses = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        related_name="reversal",
        null=True,
        blank=True,
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_transfer_moves_between_two_accounts",
                condition=~Q(debit=F("credit")),
            ),
            none_negative("a_transfer_is_never_negative", "tokens", "dollars"),
            none_negative("a_transfer_moves_no_negative_units", "micro_acu"),
            models.CheckConstraint(
                name="only_a_reversal_names_what_it_reverses",
                condition=Q(kind=TransferKind.REVERSE, reverses__isnull=False)
                | Q(~Q(kind=TransferKind.REVERSE), reverses__isnull=True),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="transfers_by_cause", fields=["because_kind", "because_id"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.dollars}"
