"""Task orders: what is ordered, at which price, from which funds, and its changes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from contracting.core.models import (
    Addressed,
    AppendOnly,
    LockingQuerySet,
    Stateful,
    Timestamped,
    Versioned,
)
from contracting.core.subjects import Subject
from contracting.orders.states import (
    MODIFICATION_MOVES,
    MOVES,
    ModificationAuthority,
    ModificationState,
    TaskOrderState,
)


class TaskOrder(Addressed, Timestamped, Versioned, Stateful):
    """An order for tokens against a contract (PIID type F; FAR 16.505)."""

    PREFIX = "ord"
    MOVES = MOVES
    NOUN = "task order"

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="orders"
    )
    piid = models.CharField("PIID", max_length=17, unique=True, null=True, blank=True)
    title = models.CharField(max_length=200)
    description = models.TextField()
    requester = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="orders_requested"
    )
    editor_user_ids = models.JSONField(default=list)
    period_start = models.DateField(help_text="First day of performance.")
    period_end = models.DateField(help_text="Last day of performance.")
    place = models.CharField(max_length=200, default="Agency AI gateway")
    boundary = models.CharField(max_length=20, default="FEDRAMP_MOD")
    risk = models.CharField(max_length=10, default="LOW")
    payment_office = models.CharField(max_length=200, blank=True)
    fair_opportunity = models.CharField(max_length=120, blank=True)
    issued_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(
        "accounts.Membership",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="orders_signed",
    )
    state = models.CharField(
        max_length=10, choices=TaskOrderState.choices, default=TaskOrderState.DRAFT
    )

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="an_issued_order_has_a_number_and_a_signature",
                condition=Q(
                    state__in=["DRAFT", "SUBMITTED", "APPROVED", "CANCELLED"]
                    + ["DISCARDED"]
                )
                | Q(piid__isnull=False, signed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="a_period_of_performance_ends_after_it_begins",
                condition=Q(period_end__gte=F("period_start")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.piid or 'draft order'} {self.title}"

    @property
    def subject(self) -> Subject:
        return Subject(
            "orders.task_order", self.pk, f"contract:{self.contract_id}"
        )


class OrderLine(Addressed, Timestamped):
    """One contract line ordered: its token ceiling and its dollar ceiling."""

    PREFIX = "oln"

    order = models.ForeignKey(
        TaskOrder, on_delete=models.PROTECT, related_name="lines"
    )
    contract_line = models.ForeignKey(
        "contracts.ContractLine", on_delete=models.PROTECT, related_name="order_lines"
    )
    description = models.CharField(max_length=200)
    ceiling_tokens = models.BigIntegerField()
    ceiling_dollars = models.DecimalField(max_digits=18, decimal_places=2)
    is_removed = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_order_orders_a_contract_line_once",
                fields=["order", "contract_line"],
                condition=Q(is_removed=False),
            ),
            models.CheckConstraint(
                name="an_order_line_has_ceilings_above_zero",
                condition=Q(ceiling_tokens__gt=0, ceiling_dollars__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_line.clin} {self.description}"


class OrderRate(Timestamped):
    """The price of one rate row on this order; never above the contract's."""

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="rates")
    rate_row = models.ForeignKey(
        "contracts.RateRow", on_delete=models.PROTECT, related_name="order_rates"
    )
    usd_per_million_tokens = models.DecimalField(max_digits=12, decimal_places=6)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_order_line_prices_a_rate_row_once",
                fields=["line", "rate_row"],
            ),
            models.CheckConstraint(
                name="an_order_price_is_never_negative",
                condition=Q(usd_per_million_tokens__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rate_row} at {self.usd_per_million_tokens}"


class OrderFunding(Timestamped):
    """Funds of an order line by ACRN, paid in the stated sequence."""

    line = models.ForeignKey(
        OrderLine, on_delete=models.PROTECT, related_name="funding"
    )
    acrn = models.CharField("ACRN", max_length=2)
    sequence = models.PositiveSmallIntegerField(default=1)
    line_of_accounting = models.ForeignKey(
        "ledger.LineOfAccounting", on_delete=models.PROTECT
    )
    dollars = models.DecimalField(max_digits=18, decimal_places=2)
    is_removed = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_acrn_funds_an_order_line_once",
                fields=["line", "acrn"],
                condition=Q(is_removed=False),
            ),
            models.CheckConstraint(
                name="order_funds_are_above_zero", condition=Q(dollars__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.acrn} {self.dollars}"


class FundsCertification(AppendOnly):
    """A funds certifier's word that funds are there for one exact version."""

    subject_kind = models.CharField(max_length=60)
    order = models.ForeignKey(
        TaskOrder, on_delete=models.PROTECT, related_name="certifications"
    )
    modification = models.ForeignKey(
        "orders.Modification",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="certifications",
    )
    version = models.PositiveIntegerField()
    content_sha256 = models.CharField(max_length=64)
    dollars = models.DecimalField(max_digits=18, decimal_places=2)
    certified_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    certified_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.dollars} for version {self.version}"


class Modification(Addressed, Timestamped, Versioned, Stateful):
    """A change of an issued order (SF 30, FAR 43)."""

    PREFIX = "mod"
    MOVES = MODIFICATION_MOVES
    NOUN = "modification"

    order = models.ForeignKey(
        TaskOrder, on_delete=models.PROTECT, related_name="modifications"
    )
    number = models.CharField(max_length=6, blank=True)
    authority = models.CharField(max_length=1, choices=ModificationAuthority.choices)
    citation = models.CharField(max_length=120)
    description = models.TextField()
    effective_on = models.DateField()
    changes = models.JSONField(
        default=list, help_text="[{term, old, new}, …] as signed."
    )
    drafted_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    vendor_signed_by = models.ForeignKey(
        "accounts.Membership",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    vendor_signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(
        "accounts.Membership",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    issued_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(
        max_length=10,
        choices=ModificationState.choices,
        default=ModificationState.DRAFT,
    )

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_modification_number_is_used_once_on_an_order",
                fields=["order", "number"],
                condition=~Q(number=""),
            ),
            models.CheckConstraint(
                name="a_modification_has_a_number_once_it_is_issued",
                condition=~Q(state="ISSUED") | ~Q(number=""),
            ),
        ]

    def __str__(self) -> str:
        return self.number or "draft modification"

    @property
    def subject(self) -> Subject:
        return Subject(
            "orders.modification", self.pk, f"contract:{self.order.contract_id}"
        )


class ModificationEffect(Timestamped):
    """What a modification does to one order line and ACRN."""

    modification = models.ForeignKey(
        Modification, on_delete=models.PROTECT, related_name="effects"
    )
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT)
    acrn = models.CharField("ACRN", max_length=2)
    sequence = models.PositiveSmallIntegerField(default=1)
    line_of_accounting = models.ForeignKey(
        "ledger.LineOfAccounting", on_delete=models.PROTECT
    )
    add_dollars = models.DecimalField(
        max_digits=18, decimal_places=2, default=0, help_text="Funds added (+/−)."
    )
    add_ceiling_dollars = models.DecimalField(
        max_digits=18, decimal_places=2, default=0
    )
    add_ceiling_tokens = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_modification_touches_a_line_and_acrn_once",
                fields=["modification", "line", "acrn"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.acrn} {self.add_dollars:+}"
