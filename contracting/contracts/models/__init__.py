"""The award: lines, rate card, ceilings, clauses, representative."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q, Sum

from contracting.contracts.acceptance.models import AwardOffer  # noqa: F401 (its app)
from contracting.contracts.models import (
    afterwards,
    agreements,
    files,
    officers,
    options,
    ordering,
    representatives,
    steps,
    terms,
    tolerances,
    units,
)
from contracting.contracts.states import MOVES, ContractState
from contracting.core.consulted import Consulted
from contracting.core.models import (
    Addressed,
    AppendOnly,
    LockingQuerySet,
    Stateful,
    Timestamped,
    Versioned,
)
from contracting.core.subjects import Subject
from contracting.ledger.states import Holder
from contracting.reference.states import (
    BY_TOKENS,
    Boundary,
    InstrumentKind,
    PartMonths,
    PriceStructure,
    Unit,
)
from contracting.solicitations.models.orders import LimitsOrders, order_limits
from contracting.solicitations.models.tolerances import (
    StatesTolerances,
    tolerances_stated,
)
from contracting.submissions.models import Submission

AgreementReview = agreements.AgreementReview
FileItem = files.FileItem
ContractOption = options.ContractOption
UnenforceableTerm = terms.UnenforceableTerm
ToleranceTerms = tolerances.ToleranceTerms
VendorTerm = terms.VendorTerm
GratuitousService = terms.GratuitousService
VolumeTerms = steps.VolumeTerms
PriceStep = steps.PriceStep
BurnRate = steps.BurnRate
CorDesignation = representatives.CorDesignation
OrderingOfficer = ordering.OrderingOfficer
OfficerAssignment = officers.OfficerAssignment
DesignationAcceptance = representatives.DesignationAcceptance
UnitRate = units.UnitRate

UnsuccessfulNotice = afterwards.UnsuccessfulNotice
DebriefingRequest = afterwards.DebriefingRequest
Debriefing = afterwards.Debriefing
ContractActionReport = afterwards.ContractActionReport

HOLDER_OF_A_LINE = "contracts.line"
SINGLE_AWARD = "single award"
MULTIPLE_AWARD = "multiple award (FAR 16.505(b))"


class Contract(
    LimitsOrders, StatesTolerances, Addressed, Timestamped, Versioned, Stateful
):
    """What is awarded for tokens: an IDIQ, a definitive contract or an agreement.

    A lot is an offer that was selected: one contract stands on it (FAR 16.504, 13.303).
    """

    PREFIX = "con"
    MOVES = MOVES
    NOUN = "contract"

    agency = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="contracts"
    )
    vendor = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="awards"
    )
    solicitation = models.ForeignKey(
        "solicitations.Solicitation", on_delete=models.PROTECT, related_name="contracts"
    )
    decision = models.ForeignKey(
        "evaluations.SelectionDecision",
        on_delete=models.PROTECT,
        related_name="contracts",
    )
    selection = models.ForeignKey(
        "evaluations.SelectedOffer", on_delete=models.PROTECT, related_name="contracts"
    )
    piid = models.CharField("PIID", max_length=17, unique=True, null=True, blank=True)
    instrument = models.CharField(
        "kind of contract",
        max_length=12,
        choices=InstrumentKind.choices,
        default=InstrumentKind.IDIQ,
    )
    title = models.CharField(max_length=200)
    naics = models.CharField("NAICS code", max_length=6)
    psc = models.CharField("product service code", max_length=4)
    time_zone = models.CharField(max_length=60, default="America/New_York")
    ordering_start = models.DateField()
    ordering_end = models.DateField(help_text="Last day on which an order is placed.")
    minimum_dollars = models.DecimalField(max_digits=18, decimal_places=2)
    ceiling_dollars = models.DecimalField(max_digits=18, decimal_places=2)
    ceiling_tokens = models.BigIntegerField()
    notice_percent = models.PositiveSmallIntegerField(
        default=75, help_text="Notice when this share of the funds is used."
    )
    report_due_days = models.PositiveSmallIntegerField(
        default=3, help_text="Days after a period by which the vendor reports."
    )
    payment_days = models.PositiveSmallIntegerField(default=30)
    fair_opportunity = models.CharField(max_length=120, default=SINGLE_AWARD)
    contractor_name = models.CharField(
        max_length=200,
        blank=True,
        help_text="What the vendor is called since it changed its name (FAR 42.1205).",
    )
    drafted_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    awarded_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(
        "accounts.Membership",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contracts_signed",
    )
    state = models.CharField(
        max_length=10, choices=ContractState.choices, default=ContractState.DRAFT
    )

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_selected_offer_becomes_one_contract",
                fields=["selection"],
                condition=~Q(state="DISCARDED"),
            ),
            models.UniqueConstraint(
                name="a_single_award_stands_alone_on_its_solicitation",
                fields=["solicitation"],
                condition=~Q(state="DISCARDED") & Q(fair_opportunity=SINGLE_AWARD),
            ),
            models.CheckConstraint(
                name="an_awarded_contract_has_a_number_and_a_signature",
                condition=Q(state__in=["DRAFT", "OFFERED", "DISCARDED"])
                | Q(
                    piid__isnull=False,
                    signed_by__isnull=False,
                    awarded_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="a_contract_maximum_is_at_least_its_minimum",
                condition=Q(ceiling_dollars__gte=F("minimum_dollars")),
            ),
            models.CheckConstraint(
                name="an_ordering_period_ends_after_it_begins",
                condition=Q(ordering_end__gte=F("ordering_start")),
            ),
            models.CheckConstraint(
                name="only_an_indefinite_quantity_guarantees_a_minimum",
                condition=Q(instrument="IDIQ") | Q(minimum_dollars=0),
            ),
            order_limits("contract"),
            tolerances_stated("contract"),
        ]

    def __str__(self) -> str:
        return f"{self.piid or 'draft award'} {self.title}"

    @property
    def subject(self) -> Subject:
        return Subject("contracts.contract", self.pk, self.stream)

    @property
    def stream(self) -> str:
        return f"contract:{self.pk}"

    @property
    def name(self) -> str:
        """How people call it: its number once it has one."""
        return self.piid or ("Award" if self.state == "OFFERED" else "Draft award")

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/contracts/{self.public_id}"

    @property
    def takes_orders(self) -> bool:
        """Whether orders or calls are placed; if not, its own lines are performed."""
        return self.instrument != InstrumentKind.DEFINITIVE

    @property
    def is_agreement(self) -> bool:
        """Whether it binds nothing by itself (FAR 13.303-1)."""
        return self.instrument == InstrumentKind.BPA

    @property
    def order_noun(self) -> str:
        """What is placed under it, as people read it."""
        return "call" if self.is_agreement else "task order"

    @property
    def whole_dollars(self) -> Decimal:
        """The ceiling with every option that is left exercised (FAR 1.108(c))."""
        left = self.options.filter(exercised_at__isnull=True)
        added: Decimal | None = left.aggregate(sum=Sum("ceiling_dollars"))["sum"]
        return self.ceiling_dollars + (added or Decimal(0))

    @property
    def offer(self) -> Submission:
        """The selected offer that it accepts."""
        return self.selection.submission


class ContractLine(steps.MayBeByVolume, Addressed, Timestamped):
    """A contract line item: what is bought, in its unit, at its prices (FAR 4.1005)."""

    PREFIX = "clin"

    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, related_name="lines"
    )
    clin = models.CharField("CLIN", max_length=4)
    description = models.CharField(max_length=200)
    psc = models.CharField("product service code", max_length=4)
    pricing = models.CharField(max_length=60, default="fixed unit price per MTOK")
    structure = models.CharField(
        "price structure",
        max_length=10,
        choices=PriceStructure.choices,
        default=PriceStructure.UNIT_PRICE,
    )
    unit = models.CharField(max_length=6, choices=Unit.choices, default=Unit.MTOK)
    estimated_tokens = models.BigIntegerField()
    estimated_units = models.DecimalField(max_digits=18, decimal_places=6, default=0)
    part_months = models.CharField(
        max_length=10, choices=PartMonths.choices, default=PartMonths.BY_DAY
    )
    ceiling_dollars = models.DecimalField(max_digits=18, decimal_places=2)
    option_number = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="The option that brought the line, if one did."
    )
    orders_from = models.DateField(
        null=True, blank=True, help_text="First day for orders, of an option period."
    )
    orders_until = models.DateField(
        null=True,
        blank=True,
        help_text="Last day for orders, once the lines of an option period follow.",
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_clin_is_used_once_in_a_contract", fields=["contract", "clin"]
            ),
            models.CheckConstraint(
                name="a_contract_line_is_measured_in_a_unit_of_its_structure",
                condition=units.unit_fits(),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clin} {self.description}"

    @property
    def holder(self) -> Holder:
        """The line as the ledger knows it."""
        return Holder(HOLDER_OF_A_LINE, self.pk)

    @property
    def is_by_unit(self) -> bool:
        """Whether it is bought by the month, hour or piece, and not by tokens."""
        return bool(self.unit) and self.unit not in BY_TOKENS

    def current_unit_rates(self) -> models.QuerySet[UnitRate]:
        """Its prices per unit as known now, by day of effect; none of tokens."""
        rows = self.unit_rates.filter(superseded_at__isnull=True)
        return rows.order_by("in_force")


class RateRow(steps.SaysItsVolume, Consulted, Addressed, Timestamped):
    """A price: model, tokenizer, class, tier, band and boundary, in force × known.

    Only ``superseded_at`` may ever be set; everything else is append-only.
    """

    PREFIX = "rate"

    line = models.ForeignKey(
        ContractLine, on_delete=models.PROTECT, related_name="rate_rows"
    )
    slin = models.CharField("SLIN", max_length=6)
    model = models.ForeignKey("reference.AiModel", on_delete=models.PROTECT)
    tokenizer = models.ForeignKey("reference.Tokenizer", on_delete=models.PROTECT)
    token_class = models.ForeignKey("reference.TokenClass", on_delete=models.PROTECT)
    tier = models.CharField(max_length=20, default="STANDARD")
    context_band = models.CharField(max_length=20, default="ALL")
    boundary = models.CharField(max_length=20)
    usd_per_million_tokens = models.DecimalField(max_digits=12, decimal_places=6)
    in_force = DateTimeRangeField(help_text="[start, end) in UTC.")
    source = models.CharField(max_length=40, help_text="Award or modification.")
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            ExclusionConstraint(
                name="two_prices_are_never_in_force_at_once",
                expressions=[
                    ("line", RangeOperators.EQUAL),
                    ("model", RangeOperators.EQUAL),
                    ("token_class", RangeOperators.EQUAL),
                    ("tier", RangeOperators.EQUAL),
                    ("context_band", RangeOperators.EQUAL),
                    ("boundary", RangeOperators.EQUAL),
                    ("in_force", RangeOperators.OVERLAPS),
                ],
                condition=Q(superseded_at__isnull=True),
            ),
            models.CheckConstraint(
                name="a_unit_price_is_never_negative",
                condition=Q(usd_per_million_tokens__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slin} {self.usd_per_million_tokens}"

    @property
    def boundary_label(self) -> str:
        """The data boundary in words."""
        return str(Boundary(self.boundary).label)


class ContractClause(Timestamped):
    """A clause of the contract, in the version in force at award."""

    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, related_name="clauses"
    )
    clause = models.ForeignKey("reference.Clause", on_delete=models.PROTECT)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_clause_stands_once_in_a_contract",
                fields=["contract", "clause"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clause}"


class ContractFunding(Timestamped):
    """Funds that the award itself obligates: the guaranteed minimum (FAR 16.504)."""

    line = models.ForeignKey(
        ContractLine, on_delete=models.PROTECT, related_name="funding"
    )
    acrn = models.CharField("ACRN", max_length=2)
    line_of_accounting = models.ForeignKey(
        "ledger.LineOfAccounting", on_delete=models.PROTECT
    )
    dollars = models.DecimalField(max_digits=18, decimal_places=2)
    certified_by = models.ForeignKey(
        "accounts.Membership",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    certified_at = models.DateTimeField(null=True, blank=True)
    certified_version = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_acrn_funds_a_contract_line_once", fields=["line", "acrn"]
            ),
            models.CheckConstraint(
                name="contract_funds_are_above_zero", condition=Q(dollars__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.acrn} {self.dollars}"


class Protest(AppendOnly):
    """Notice of a protest; one that is in time suspends by itself (FAR 33.104(c))."""

    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, related_name="protests"
    )
    number = models.CharField(max_length=40, help_text="As the forum numbers it.")
    notified_on = models.DateField(help_text="When the agency had notice.")
    debriefed_on = models.DateField(
        null=True,
        blank=True,
        help_text="Day offered for a required debriefing.",
    )
    suspends = models.BooleanField()
    recorded_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    protest_recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_protest_is_recorded_once_on_a_contract",
                fields=["contract", "number"],
            ),
        ]

    def __str__(self) -> str:
        return f"protest {self.number}"


class ProtestFinding(AppendOnly):
    """What lifts the suspension: the finding of the head of contracting activity."""

    protest = models.OneToOneField(
        Protest, on_delete=models.PROTECT, related_name="finding"
    )
    found_by = models.CharField(
        max_length=120, help_text="The head of the contracting activity who signed it."
    )
    text = models.TextField()
    recorded_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    lifted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_suspension_is_lifted_by_a_finding",
                condition=~Q(text="") & ~Q(found_by=""),
            ),
        ]

    def __str__(self) -> str:
        return f"finding on {self.protest}"
