"""The price schedule: what offers put a figure to, line by line."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q

from contracting.core.models import Addressed, Timestamped
from contracting.core.templatetags.drawdown import dollars, quantity
from contracting.reference.states import (
    BY_TOKENS,
    BY_VOLUME,
    UNITS_OF,
    Boundary,
    CountedOver,
    CountedPer,
    PartMonths,
    PriceStructure,
    Tier,
    Unit,
    counted_words,
)
from contracting.solicitations.states import ContextBand, Quote


def fits_its_structure() -> Q:
    """A unit that the structure knows, and a class exactly where tokens are priced.

    Only a pool has both: its classes have multipliers, and its unit has a price.
    """
    fits = Q(structure=str(PriceStructure.POOL), unit=str(Unit.ACU))
    for structure, units in UNITS_OF.items():
        if structure == PriceStructure.POOL:
            continue
        known = [str(unit) for unit in units]
        has_class = Unit.MTOK in units
        fits |= Q(
            structure=str(structure),
            unit__in=known,
            token_class__isnull=not has_class,
        )
    return fits


class SolicitationLine(Addressed, Timestamped):
    """A row of the price schedule: offerors put one figure to it.

    On most it is a price per million tokens. On a line with tiers each step is a row;
    of a pool one row is the price of its unit and the others are what a class burns of
    it; what is bought by the month, hour or piece is one row without a class.
    """

    PREFIX = "sln"

    solicitation = models.ForeignKey(
        "solicitations.Solicitation", on_delete=models.PROTECT, related_name="lines"
    )
    clin = models.CharField("CLIN", max_length=4)
    slin = models.CharField("SLIN", max_length=6)
    description = models.CharField(max_length=200)
    structure = models.CharField(
        "price structure",
        max_length=10,
        choices=PriceStructure.choices,
        default=PriceStructure.UNIT_PRICE,
        db_default=PriceStructure.UNIT_PRICE,
    )
    unit = models.CharField(
        max_length=6, choices=Unit.choices, default=Unit.MTOK, db_default=Unit.MTOK
    )
    token_class = models.ForeignKey(
        "reference.TokenClass",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text="Empty where a unit is priced.",
    )
    tier = models.CharField(max_length=20, default="STANDARD")
    context_band = models.CharField(max_length=20, default="ALL")
    boundary = models.CharField(max_length=20, default="FEDRAMP_MOD")
    from_tokens = models.BigIntegerField(
        default=0,
        db_default=0,
        help_text="Of tiers: the volume of the CLIN from which its price holds.",
    )
    counted_over = models.CharField(
        max_length=5,
        choices=CountedOver.choices,
        default=CountedOver.ORDER,
        db_default=CountedOver.ORDER,
    )
    counted_per = models.CharField(
        max_length=5,
        choices=CountedPer.choices,
        default=CountedPer.MONTH,
        db_default=CountedPer.MONTH,
    )
    part_months = models.CharField(
        max_length=10,
        choices=PartMonths.choices,
        default=PartMonths.BY_DAY,
        db_default=PartMonths.BY_DAY,
    )
    workload_tokens = models.BigIntegerField(
        help_text="Tokens of this line in the published reference workload."
    )
    workload_quantity = models.DecimalField(
        max_digits=12,
        decimal_places=0,
        default=0,
        db_default=Decimal(0),
        help_text="How many are held at a time, or bought, in the workload.",
    )
    workload_periods = models.PositiveIntegerField(
        default=1,
        db_default=1,
        help_text="For how many months or hours; or over how many equal months the "
        "tokens are used, where volume is counted per month.",
    )
    is_removed = models.BooleanField(
        default=False, help_text="No longer asked for, or replaced by a later row."
    )
    since_version = models.PositiveIntegerField(
        default=1, help_text="The version of the package that brought the row."
    )
    until_version = models.PositiveIntegerField(
        null=True, blank=True, help_text="The last version in which the row stood."
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_line_number_is_used_once_in_a_solicitation",
                fields=["solicitation", "slin"],
                condition=Q(is_removed=False),
            ),
            models.UniqueConstraint(
                name="two_lines_of_a_clin_never_ask_for_the_same_price",
                fields=[
                    "solicitation",
                    "clin",
                    "token_class",
                    "tier",
                    "context_band",
                    "boundary",
                    "from_tokens",
                ],
                condition=Q(is_removed=False),
            ),
            models.UniqueConstraint(
                name="a_clin_asks_for_the_price_of_its_unit_once",
                fields=["solicitation", "clin"],
                condition=Q(is_removed=False, token_class__isnull=True),
            ),
            ExclusionConstraint(
                name="a_clin_has_one_price_structure",
                expressions=[
                    ("solicitation", RangeOperators.EQUAL),
                    ("clin", RangeOperators.EQUAL),
                    ("structure", RangeOperators.NOT_EQUAL),
                ],
                condition=Q(is_removed=False),
            ),
            models.CheckConstraint(
                name="a_schedule_line_asks_for_a_figure_of_its_structure",
                condition=fits_its_structure(),
            ),
            models.CheckConstraint(
                name="only_tiers_begin_at_a_volume",
                condition=Q(from_tokens=0)
                | Q(structure="TIERS", from_tokens__gt=0, workload_tokens=0),
            ),
            models.CheckConstraint(
                name="only_what_is_bought_by_the_unit_has_a_quantity",
                condition=Q(workload_quantity=0)
                | Q(
                    workload_quantity__gt=0,
                    token_class__isnull=True,
                    workload_tokens=0,
                ),
            ),
            models.CheckConstraint(
                name="a_workload_lasts_at_least_one_period",
                condition=Q(workload_periods__gte=1),
            ),
            models.CheckConstraint(
                name="an_informational_line_is_never_priced",
                condition=Q(is_removed=True)
                | Q(slin__regex=r"^[0-9]{4}([A-HJ-NP-Z]{2})?$"),
            ),
            models.CheckConstraint(
                name="a_reference_workload_is_never_negative",
                condition=Q(workload_tokens__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slin} {self.description}"

    @property
    def served_as(self) -> str:
        """How and where it is served, in words: ``"standard, FedRAMP Moderate"``."""
        if self.token_class_id is None:
            return ""
        words = [Tier(self.tier).label, Boundary(self.boundary).label]
        if self.context_band != ContextBand.ALL:
            words.append(ContextBand(self.context_band).label)
        return ", ".join(map(str, words))

    @property
    def is_by_unit(self) -> bool:
        """Whether it is bought by the month, hour or piece, and not by tokens."""
        return self.unit not in BY_TOKENS

    @property
    def is_by_volume(self) -> bool:
        """Whether what a token of it costs depends on the volume of its period."""
        return self.structure in BY_VOLUME

    @property
    def names_a_model(self) -> bool:
        """Whether a model serves its CLIN: tokens are bought on it."""
        return not self.is_by_unit

    @property
    def asks_boundary(self) -> bool:
        """Whether tokens of a class are served on it, and so somewhere."""
        return self.token_class_id is not None

    @property
    def quote(self) -> Quote:
        """What the figure is that an offer puts to it."""
        if self.is_by_unit:
            return Quote.USD_PER_UNIT
        if self.structure != PriceStructure.POOL:
            return Quote.USD_PER_MTOK
        is_unit = self.token_class_id is None
        return Quote.USD_PER_ACU if is_unit else Quote.ACU_PER_MTOK

    @property
    def quote_words(self) -> str:
        """The same in words: ``"US dollars per million tokens"``."""
        if self.quote == Quote.USD_PER_UNIT:
            return f"US dollars per {Unit(self.unit).label}"
        return str(self.quote.label)

    @property
    def numbered(self) -> str:
        """Its number; with what its figure is, where that is no price of tokens."""
        if self.quote == Quote.USD_PER_MTOK:
            return self.slin
        return f"{self.slin}, {self.quote_words}"

    def figure_words(self, figure: Decimal) -> str:
        """A figure that was put to it: ``"$2.50"``, or ``"1.5 ACU"``."""
        if self.quote == Quote.ACU_PER_MTOK:
            return f"{quantity(figure)} ACU"
        return str(dollars(figure))

    @property
    def class_code(self) -> str:
        """The code of its token class; nothing where a unit is priced."""
        return "" if self.token_class is None else self.token_class.code

    @property
    def asked_for(self) -> str:
        """Of what the figure is, as people read it: a class and step, or a unit."""
        if self.token_class is None:
            return f"price per {Unit(self.unit).label}"
        label = self.token_class.label
        if self.structure != PriceStructure.TIERS:
            return label
        if self.from_tokens:
            return f"{label}, from {self.from_tokens:,} tokens on"
        return f"{label}, from the first token on"

    @property
    def workload_units(self) -> Decimal:
        """How many months, hours or pieces the reference workload has of it."""
        return Decimal(self.workload_quantity) * self.workload_periods

    @property
    def workload_words(self) -> str:
        """What the published workload has of it: ``"25 × 12 months"``."""
        if self.token_class is None and not self.is_by_unit:
            return "by what its classes burn"
        if not self.is_by_unit:
            return f"{self.workload_tokens:,} tokens" if not self.from_tokens else ""
        count = f"{self.workload_quantity:,}"
        if self.unit == Unit.EACH:
            return count
        what = Unit(self.unit).label
        plural = "" if self.workload_periods == 1 else "s"
        return f"{count} × {self.workload_periods:,} {what}{plural}"

    @property
    def structure_words(self) -> str:
        """How its CLIN is priced, and over what its volume is counted, in words.

        What is bought by the month says what a part of a month is worth.
        """
        words = str(PriceStructure(self.structure).label)
        if self.unit == Unit.MONTH:
            return f"{words}; {PartMonths(self.part_months).label}"
        if not self.is_by_volume:
            return words
        words = f"{words}; {counted_words(self.counted_over, self.counted_per)}"
        if self.counted_per == CountedPer.MONTH and self.workload_periods > 1:
            words += f"; evaluated over {self.workload_periods} equal months"
        return words
