"""What everybody refers to: models, token classes, clauses, numbers, rules and days.

Effective-dated rows name the first and the last day on which they are in force; a last
day that is empty means until further notice.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self, TypeVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce

from accounts.models import Organization
from contracting.core.consulted import Consulted, ConsultedQuerySet
from contracting.core.models import (
    Addressed,
    AppendOnly,
    LockingQuerySet,
    Timestamped,
)
from contracting.core.quantities import UnitPrice
from contracting.reference.models import rates
from contracting.reference.states import (
    Boundary,
    CacheAction,
    CacheTtl,
    ClauseKind,
    Confidence,
    Direction,
    InstrumentKind,
    Modality,
    Phase,
    Regime,
    ThresholdUnit,
    Tier,
)

RateConfirmation = rates.RateConfirmation
RateProposal = rates.RateProposal

_Row = TypeVar("_Row", bound=models.Model, covariant=True)


class EffectiveQuerySet(ConsultedQuerySet[_Row]):
    """Rows that are in force from a first to a last day."""

    def in_force(self, on: date) -> Self:
        """The rows in force on that day; of what was corrected the correction alone."""
        stand = Q(valid_to__isnull=True) | Q(valid_to__gte=on)
        if hasattr(self.model, "superseded_at"):
            stand &= Q(superseded_at__isnull=True)
        return self.filter(stand, valid_from__lte=on)


class Effective(Consulted, Timestamped):
    """A row that is in force from a day, until a last day or until further notice."""

    valid_from = models.DateField(help_text="First day on which it is in force.")
    valid_to = models.DateField(
        null=True, blank=True, help_text="Last day on which it is in force."
    )

    objects = EffectiveQuerySet.as_manager()

    class Meta:
        abstract = True


def _days() -> Func:
    return Func(
        F("valid_from"),
        F("valid_to"),
        Value("[]"),
        function="daterange",
        output_field=DateRangeField(),
    )


def _one_in_force(
    name: str, *columns: Any, condition: Q | None = None
) -> ExclusionConstraint:
    """No two rows that agree in ``columns`` are in force on the same day."""
    equal = [(column, RangeOperators.EQUAL) for column in columns]
    return ExclusionConstraint(
        name=name,
        expressions=[*equal, (_days(), RangeOperators.OVERLAPS)],
        condition=condition,
    )


class TokenClass(Timestamped):
    """A class of tokens; every token that is metered lies in exactly one.

    The list is closed to users and grows by migration.
    """

    code = models.CharField(max_length=30, unique=True)
    label = models.CharField(max_length=80)
    direction = models.CharField(max_length=10, choices=Direction.choices)
    cache_action = models.CharField(
        max_length=10, choices=CacheAction.choices, blank=True
    )
    cache_ttl = models.CharField(max_length=10, choices=CacheTtl.choices, blank=True)
    modality = models.CharField(max_length=10, choices=Modality.choices)
    phase = models.CharField(max_length=10, choices=Phase.choices)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_token_lies_in_exactly_one_class",
                fields=["direction", "cache_action", "cache_ttl", "modality", "phase"],
            ),
            models.CheckConstraint(
                name="only_input_is_cached",
                condition=Q(direction="INPUT") & ~Q(cache_action="")
                | Q(direction="OUTPUT", cache_action="", cache_ttl=""),
            ),
            models.CheckConstraint(
                name="only_a_write_to_the_cache_has_a_lifetime",
                condition=Q(cache_action="WRITE") & ~Q(cache_ttl="")
                | ~Q(cache_action="WRITE") & Q(cache_ttl=""),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Tokenizer(Timestamped):
    """What cuts text into tokens; a price holds for one tokenizer only."""

    code = models.CharField(max_length=60, unique=True)
    vendor_name = models.CharField(max_length=120)
    description = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.code


class AiModel(Addressed, Effective):
    """One snapshot of a model; contracts price snapshots, never aliases."""

    PREFIX = "mdl"

    code = models.CharField(
        max_length=80, db_index=True, help_text="The model as it is talked about."
    )
    snapshot = models.CharField(
        max_length=120, unique=True, help_text="The dated version that never changes."
    )
    provider = models.CharField(max_length=60, help_text="Who developed it.")
    family = models.CharField(max_length=60)
    tokenizer = models.ForeignKey(
        Tokenizer, on_delete=models.PROTECT, related_name="models"
    )
    max_output_tokens = models.PositiveIntegerField()
    context_tokens = models.PositiveIntegerField()
    boundaries = ArrayField(
        models.CharField(max_length=20, choices=Boundary.choices),
        default=list,
        blank=True,
        help_text="Data boundaries for which its use is authorized.",
    )

    def __str__(self) -> str:
        return self.snapshot

    @property
    def boundary_words(self) -> list[str]:
        """The authorized data boundaries, in words."""
        return [str(Boundary(code).label) for code in self.boundaries]


class ModelAlias(Effective):
    """A name that a usage source writes, and the snapshot it stands for."""

    source_name = models.CharField(max_length=160, help_text="Exactly as it arrives.")
    model = models.ForeignKey(AiModel, on_delete=models.PROTECT, related_name="aliases")
    agency = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="model_aliases",
        help_text="Empty: for every agency that has no alias of its own.",
    )
    recorded_by = models.CharField(max_length=160, help_text="Who mapped it.")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            _one_in_force(
                "a_name_stands_for_one_model_at_a_time",
                "source_name",
                Coalesce(F("agency_id"), Value(0)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_name} is {self.model}"


class Threshold(Effective):
    """A number that the trade works with, and the day from which it does.

    A number that was recorded wrong stays as it was; another row takes its place.
    """

    code = models.CharField(max_length=60)
    label = models.CharField(max_length=200)
    value = models.DecimalField(max_digits=18, decimal_places=4)
    unit = models.CharField(max_length=20, choices=ThresholdUnit.choices)
    regime = models.CharField(max_length=12, choices=Regime.choices)
    citation = models.CharField(max_length=200)
    confidence = models.CharField(max_length=8, choices=Confidence.choices)
    superseded_at = models.DateTimeField(
        null=True, blank=True, help_text="When another row took its place."
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            _one_in_force(
                "a_threshold_has_one_value_at_a_time",
                "code",
                condition=Q(superseded_at__isnull=True),
            ),
            models.CheckConstraint(
                name="a_threshold_is_never_negative", condition=Q(value__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.plain} {self.unit}"

    @property
    def plain(self) -> str:
        """The value without padding: ``"4.125"``."""
        return f"{self.value.normalize():f}"


class Clause(Effective):
    """A clause or provision, summarised in our own words."""

    number = models.CharField(max_length=40)
    title = models.CharField(max_length=250)
    summary = models.TextField(help_text="What it asks for, in our own words.")
    is_provision = models.BooleanField(
        default=False, help_text="Holds before award only (FAR 2.101)."
    )
    required_for = ArrayField(
        models.CharField(max_length=20, choices=ClauseKind.choices),
        default=list,
        help_text="The papers that carry it.",
    )
    regime = models.CharField(max_length=12, choices=Regime.choices)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            _one_in_force("a_clause_has_one_version_at_a_time", "number"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def papers(self) -> list[str]:
        """The papers that carry it, in words."""
        return [str(ClauseKind(kind).label) for kind in self.required_for]


class Prescription(Effective):
    """On which conditions a solicitation must carry a clause, and why."""

    clause_number = models.CharField(max_length=40)
    above = models.CharField(
        max_length=60,
        blank=True,
        help_text="Code of the threshold above which it applies; empty: any value.",
    )
    procedure = models.CharField(
        max_length=12, blank=True, help_text="Empty: whatever the procedure."
    )
    is_set_aside = models.BooleanField(
        null=True, blank=True, help_text="Empty: whether set aside or not."
    )
    is_multiple_award = models.BooleanField(
        null=True, blank=True, help_text="Empty: however many awards are intended."
    )
    reason = models.CharField(max_length=200, blank=True)
    citation = models.CharField(max_length=200)
    regime = models.CharField(max_length=12, choices=Regime.choices)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_prescription_gives_a_reason",
                condition=~Q(reason="") | ~Q(above="") | ~Q(procedure=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clause_number}, {self.citation}"


class AttachmentKind(Effective):
    """A paper that an offer for AI brings along (OMB M-25-22, M-26-04)."""

    code = models.CharField(max_length=30)
    label = models.CharField(max_length=120)
    summary = models.TextField(help_text="What it tells, in our own words.")
    regime = models.CharField(max_length=12, choices=Regime.choices)
    citation = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            _one_in_force("an_attachment_is_asked_for_in_one_wording", "code"),
        ]

    def __str__(self) -> str:
        return self.label


class Instrument(Effective):
    """What a kind of contract is: its number, what it binds, how it is ordered on."""

    code = models.CharField(max_length=12, choices=InstrumentKind.choices)
    piid_type = models.CharField(
        max_length=1, help_text="Ninth character of its number (FAR 4.1603)."
    )
    order_noun = models.CharField(
        max_length=20,
        blank=True,
        help_text="What is placed under it; empty: its own lines are performed.",
    )
    guarantees_minimum = models.BooleanField(
        help_text="It binds a minimum at award; if not, it states none."
    )
    may_be_several = models.BooleanField(
        help_text="One solicitation may lead to several of them."
    )
    limits_each_order = models.BooleanField(
        help_text="It states how large one order or call may be."
    )
    review_months = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="Months after which it is reviewed again; empty: never.",
    )
    without_clauses = ArrayField(
        models.CharField(max_length=40),
        default=list,
        blank=True,
        help_text="Clauses that are prescribed for other kinds alone.",
    )
    citation = models.CharField(max_length=200)
    regime = models.CharField(max_length=12, choices=Regime.choices)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            _one_in_force("a_kind_of_contract_has_one_meaning_at_a_time", "code"),
            models.CheckConstraint(
                name="only_orders_are_limited_one_by_one",
                condition=Q(limits_each_order=False) | ~Q(order_noun=""),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_code_display())

    @property
    def takes_orders(self) -> bool:
        """Whether something is placed under it; if not, its own lines are performed."""
        return bool(self.order_noun)


class OutcomeDefault(Effective):
    """Whether calls that ended in one way are charged, where a contract is silent."""

    outcome = models.CharField(max_length=20)
    label = models.CharField(max_length=120)
    charges_input = models.BooleanField()
    charges_output = models.BooleanField()
    citation = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            _one_in_force("an_outcome_has_one_default_at_a_time", "outcome"),
        ]

    def __str__(self) -> str:
        return self.outcome


class Rule(Effective):
    """A rule that the system enforces: what it says, and what would lift it."""

    rule_id = models.CharField(max_length=12)
    sentence = models.TextField()
    lift = models.TextField(help_text="What can be done instead.")
    citation = models.CharField(max_length=200)
    regime = models.CharField(max_length=12, choices=Regime.choices)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            _one_in_force("a_rule_has_one_wording_at_a_time", "rule_id"),
        ]

    def __str__(self) -> str:
        return self.rule_id


class Holiday(Consulted, Timestamped):
    """A day on which federal offices rest, as observed (5 USC 6103)."""

    day = models.DateField(unique=True)
    name = models.CharField(max_length=120)

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class ListPrice(Consulted, AppendOnly):
    """A public list price as a dated release of the price catalogue states it.

    ``imported_on`` is the day on which we learnt of it; no history before that day is
    claimed. It is for comparison only, never a contract price.
    """

    model = models.ForeignKey(
        AiModel, on_delete=models.PROTECT, related_name="list_prices"
    )
    token_class = models.ForeignKey(
        TokenClass, on_delete=models.PROTECT, related_name="list_prices"
    )
    tier = models.CharField(max_length=20, choices=Tier.choices, default=Tier.STANDARD)
    above_input_tokens = models.PositiveIntegerField(
        default=0,
        help_text="Holds for requests with more input tokens than this.",
    )
    usd_per_million_tokens = models.DecimalField(max_digits=12, decimal_places=6)
    package_version = models.CharField(max_length=40)
    imported_on = models.DateField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_release_states_a_list_price_once",
                fields=[
                    "model",
                    "token_class",
                    "tier",
                    "above_input_tokens",
                    "package_version",
                ],
            ),
            models.CheckConstraint(
                name="a_list_price_is_never_negative",
                condition=Q(usd_per_million_tokens__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.token_class} {self.usd_per_million_tokens}"

    @property
    def price(self) -> UnitPrice:
        return UnitPrice(self.usd_per_million_tokens)


class Counter(models.Model):
    """The last serial given out for one office, fiscal year and type of instrument.

    It is locked and raised in the transaction that signs, so numbers have no gaps.
    """

    agency = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="counters"
    )
    aac = models.CharField("activity address code", max_length=6)
    fiscal_year = models.PositiveSmallIntegerField(help_text="Four digits.")
    type = models.CharField(max_length=1, help_text="Ninth character of the PIID.")
    last = models.PositiveIntegerField(default=0)

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_office_counts_each_type_once_a_year",
                fields=["aac", "fiscal_year", "type"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.aac} {self.fiscal_year} {self.type} {self.last}"
