"""Task orders: what is ordered, at which price, from which funds, and its changes."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from contracting.core.models import (
    Addressed,
    LockingQuerySet,
    Stateful,
    Timestamped,
    Versioned,
)
from contracting.core.periods import Period, days_bounds
from contracting.core.quantities import Dollars
from contracting.core.subjects import Subject
from contracting.ledger.states import Holder
from contracting.orders.models import records, units
from contracting.orders.models.changes import SignedChange
from contracting.orders.states import (
    MOVES,
    FundsClause,
    Risk,
    TaskOrderState,
)
from contracting.reference.states import BY_TOKENS, Boundary, Unit

AvailabilityNotice = records.AvailabilityNotice
FundsCertification = records.FundsCertification
LimitAcceptance = records.LimitAcceptance

HOLDER_OF_A_LINE = "orders.line"
OrderUnitRate = units.OrderUnitRate

HOLDER_OF_AN_EFFECT = "orders.modification_effect"


class TaskOrder(Addressed, Timestamped, Versioned, Stateful):
    """An order for tokens against a contract (PIID type F; FAR 16.505).

    Under an agreement it is a call. The own lines of a definitive contract are held as
    one order too, its schedule: it is made by the award, carries the contract's number,
    and usage, reports and invoices draw on it as on any other.
    """

    PREFIX = "ord"
    MOVES = MOVES
    NOUN = "task order"
    IN_TURN = 7_021_970
    """Its number among the locks that are waited for in turn: usage never ends."""

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="orders"
    )
    piid = models.CharField("PIID", max_length=17, unique=True, null=True, blank=True)
    is_schedule = models.BooleanField(
        default=False, help_text="The own lines of a definitive contract."
    )
    title = models.CharField(max_length=200)
    description = models.TextField()
    requester = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="orders_requested"
    )
    editor_user_ids = models.JSONField(default=list)
    period_start = models.DateField(help_text="First day of performance.")
    period_end = models.DateField(help_text="Last day of performance.")
    place = models.CharField(max_length=200, default="Agency AI gateway")
    boundary = models.CharField(
        "data boundary",
        max_length=20,
        choices=Boundary.choices,
        default=Boundary.FEDRAMP_MOD,
    )
    risk = models.CharField(max_length=10, choices=Risk.choices, default=Risk.LOW)
    payment_office = models.CharField(max_length=200, blank=True)
    opportunity = models.ForeignKey(
        "fair_opportunity.Opportunity",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        help_text="The selection or exception that it rests on.",
    )
    requisition = models.ForeignKey(
        "requisitions.Requisition",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        help_text="The workload estimate that it starts from.",
    )
    estimate_version = models.PositiveIntegerField(null=True, blank=True)
    estimate_sha256 = models.CharField(max_length=64, blank=True, default="")
    fair_opportunity = models.CharField(
        "fair opportunity", max_length=120, blank=True, help_text="FAR 16.505(b)."
    )
    funds_clause = models.CharField(
        "availability of funds",
        max_length=10,
        choices=FundsClause.choices,
        blank=True,
        help_text="Empty where funds are available at signature (FAR 32.703-2).",
    )
    protestable_because = models.TextField(
        blank=True, default="", help_text="As of the signature; empty: not protestable."
    )
    issued_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(
        "accounts.Membership",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="orders_signed",
    )
    signed_under = models.ForeignKey(
        "contracts.OrderingOfficer",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        help_text="The letter of the ordering officer who signed; empty: a warrant.",
    )
    state = models.CharField(
        max_length=10, choices=TaskOrderState.choices, default=TaskOrderState.DRAFT
    )

    objects = LockingQuerySet.as_manager()

    class Meta:
        # Any part of a title or of a number is looked for, in any case of letters.
        indexes: ClassVar[list[models.Index]] = [
            GinIndex(
                OpClass(Upper("title"), "gin_trgm_ops"), name="orders_by_words_of_title"
            ),
            GinIndex(
                OpClass(Upper("piid"), "gin_trgm_ops"), name="orders_by_part_of_number"
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="an_issued_order_has_a_number_and_a_signature",
                condition=Q(
                    state__in=["DRAFT", "SUBMITTED", "APPROVED", "CANCELLED"]
                    + ["DISCARDED"]
                )
                | Q(piid__isnull=False, signed_by__isnull=False),
            ),
            models.UniqueConstraint(
                name="a_definitive_contract_has_one_schedule",
                fields=["contract"],
                condition=Q(is_schedule=True),
            ),
            models.CheckConstraint(
                name="a_schedule_is_signed_with_its_contract",
                condition=Q(is_schedule=False)
                | Q(issued_at__isnull=False, opportunity__isnull=True, funds_clause=""),
            ),
            models.CheckConstraint(
                name="an_estimate_behind_an_order_is_named_with_its_hash",
                condition=Q(requisition__isnull=True, estimate_sha256="")
                | Q(requisition__isnull=False, estimate_version__isnull=False)
                & ~Q(estimate_sha256=""),
            ),
            models.CheckConstraint(
                name="a_period_of_performance_ends_after_it_begins",
                condition=Q(period_end__gte=F("period_start")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.title}"

    @property
    def subject(self) -> Subject:
        return Subject("orders.task_order", self.pk, self.stream)

    @property
    def stream(self) -> str:
        """The audit stream of the contract, which its orders share."""
        return f"contract:{self.contract_id}"

    @property
    def name(self) -> str:
        """How people call it: its number once it has one."""
        return self.piid or "Draft order"

    @property
    def noun(self) -> str:
        """What it is, as people read it: a task order, a call or a schedule."""
        return "schedule" if self.is_schedule else self.contract.order_noun

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/orders/{self.public_id}"

    @property
    def period(self) -> Period:
        """The period of performance, whole days in the contract's time zone."""
        zone = self.contract.time_zone
        return days_bounds(self.period_start, self.period_end, zone)

    def priced(self, rates: models.QuerySet[OrderRate]) -> models.QuerySet[OrderRate]:
        """Those of these prices that hold: a signed order has taken up what is new."""
        if not self.is_issued:
            return rates
        return rates.filter(rate_row__superseded_at__isnull=True)

    def current_lines(self) -> list[OrderLine]:
        """The lines in force, by contract line number."""
        rows = self.lines.filter(is_removed=False).select_related("contract_line")
        return list(rows.order_by("contract_line__clin", "pk"))

    @property
    def is_issued(self) -> bool:
        """Whether it was ever signed."""
        return self.issued_at is not None

    @property
    def is_locked(self) -> bool:
        """Whether it is signed and waits for the notice that funds are available."""
        waits = bool(self.funds_clause) and self.is_issued
        return waits and not hasattr(self, "availability_notice")


_COUNTED = [str(unit) for unit in BY_TOKENS]


class OrderLine(Addressed, Timestamped):
    """One contract line ordered: its tokens or units, and its dollar ceiling."""

    PREFIX = "oln"

    order = models.ForeignKey(TaskOrder, on_delete=models.PROTECT, related_name="lines")
    contract_line = models.ForeignKey(
        "contracts.ContractLine", on_delete=models.PROTECT, related_name="order_lines"
    )
    description = models.CharField(max_length=200)
    ceiling_tokens = models.BigIntegerField()
    ceiling_dollars = models.DecimalField(max_digits=18, decimal_places=2)
    unit = models.CharField(max_length=6, choices=Unit.choices, default=Unit.MTOK)
    units = models.DecimalField(
        max_digits=18,
        decimal_places=6,
        default=0,
        help_text="Ordered of what is bought by the month, hour or piece.",
    )
    ceiling_micro_acu = models.BigIntegerField(
        null=True, blank=True, help_text="Of a pool: its ceiling, millionths of an ACU."
    )
    is_removed = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="an_ordered_pool_has_a_ceiling_above_zero",
                condition=Q(ceiling_micro_acu__isnull=True)
                | Q(ceiling_micro_acu__gt=0),
            ),
            models.UniqueConstraint(
                name="an_order_orders_a_contract_line_once",
                fields=["order", "contract_line"],
                condition=Q(is_removed=False),
            ),
            models.CheckConstraint(
                name="an_order_line_has_ceilings_above_zero",
                condition=Q(ceiling_dollars__gt=0)
                & (
                    Q(ceiling_tokens__gt=0, units=0, unit__in=_COUNTED)
                    | (Q(ceiling_tokens=0, units__gt=0) & ~Q(unit__in=_COUNTED))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_line.clin} {self.description}"

    @property
    def holder(self) -> Holder:
        """The line as the ledger knows it."""
        return Holder(HOLDER_OF_A_LINE, self.pk)

    @property
    def clin(self) -> str:
        """The number of the contract line that it orders."""
        return self.contract_line.clin

    @property
    def is_by_unit(self) -> bool:
        """Whether it is bought by the month, hour or piece, and not by tokens."""
        return self.unit not in BY_TOKENS

    def current_unit_rates(self) -> list[OrderUnitRate]:
        """Its prices per unit by day of effect; once signed, those that hold."""
        rows = self.unit_rates.select_related("unit_rate")
        if self.order.is_issued:
            rows = rows.filter(unit_rate__superseded_at__isnull=True)
        return list(rows.order_by("unit_rate__in_force", "pk"))

    def current_funding(self) -> list[OrderFunding]:
        """Its funds by ACRN, in the order in which they pay."""
        rows = self.funding.filter(is_removed=False)
        rows = rows.select_related("line_of_accounting")
        return list(rows.order_by("sequence", "acrn"))

    def current_rates(self) -> list[OrderRate]:
        """Its prices by subline and day of effect; once signed, those that hold."""
        rows = self.order.priced(self.rates.all()).select_related(
            "rate_row__model__tokenizer", "rate_row__tokenizer", "rate_row__token_class"
        )
        return list(rows.order_by("rate_row__slin", "rate_row__in_force", "pk"))


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
    dollars = models.DecimalField(
        max_digits=18, decimal_places=2, help_text="Funded: obligated at signature."
    )
    ceiling_dollars = models.DecimalField(
        max_digits=18,
        decimal_places=2,
        help_text="This ACRN's part of the line's ceiling; the parts sum to it.",
    )
    is_removed = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_acrn_funds_an_order_line_once",
                fields=["line", "acrn"],
                condition=Q(is_removed=False),
            ),
            models.CheckConstraint(
                name="order_funds_lie_between_nothing_and_their_ceiling",
                condition=Q(dollars__gte=0, ceiling_dollars__gte=F("dollars")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.acrn} {self.dollars}"


class Modification(SignedChange):
    """A change of an issued order (SF 30, FAR 43)."""

    PREFIX = "mod"

    order = models.ForeignKey(
        TaskOrder, on_delete=models.PROTECT, related_name="modifications"
    )
    terms = models.JSONField(
        default=dict, help_text="New values of terms of the order, by name."
    )
    base_version = models.PositiveIntegerField(
        help_text="The version of the order that this changes."
    )
    ratifies_dollars = models.DecimalField(
        max_digits=18,
        decimal_places=2,
        default=0,
        help_text="Of use beyond the funds, what it makes payable (FAR 1.602-3).",
    )

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
            models.CheckConstraint(
                name="an_issued_modification_is_signed",
                condition=~Q(state="ISSUED")
                | Q(signed_by__isnull=False, issued_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_modification_says_whether_it_is_within_scope",
                condition=~Q(scope=""),
            ),
            models.CheckConstraint(
                name="a_supplemental_agreement_is_signed_by_both",
                condition=~Q(state="ISSUED", authority="C")
                | Q(vendor_signed_by__isnull=False, vendor_signed_at__isnull=False),
            ),
        ]

    @property
    def subject(self) -> Subject:
        return Subject("orders.modification", self.pk, self.order.stream)

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/modifications/{self.public_id}"

    @property
    def funds_added(self) -> Dollars:
        """What a funds certifier must certify before anybody signs (FAR 43.105)."""
        added = [each.add_dollars for each in self.effects.all()]
        return Dollars(sum((each for each in added if each > 0), Decimal(0)))


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
    add_units = models.DecimalField(max_digits=18, decimal_places=6, default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_modification_touches_a_line_and_acrn_once",
                fields=["modification", "line", "acrn"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.acrn} {self.add_dollars:+}"

    @property
    def holder(self) -> Holder:
        """Where certified funds wait until the modification is signed."""
        return Holder(HOLDER_OF_AN_EFFECT, self.pk)
