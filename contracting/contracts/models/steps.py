"""Prices that depend on how much is used: steps by volume, and pools of units."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from contracting.core.models import AppendOnly
from contracting.core.templatetags.drawdown import dollars
from contracting.reference.states import (
    BY_VOLUME,
    CountedOver,
    CountedPer,
    counted_words,
)


class MayBeByVolume:
    """A contract line as far as its price structure goes."""

    structure: str

    @property
    def is_by_volume(self) -> bool:
        """Whether usage has its right price only once its period is rated."""
        return self.structure in BY_VOLUME


class SaysItsVolume:
    """A price row as far as its steps and its multiplier go."""

    pk: int

    @property
    def volume_words(self) -> list[str]:
        """The steps of a price row, or what it burns of a pool, as people read them."""
        burn = BurnRate.objects.filter(rate_row=self.pk).first()
        if burn is not None:
            units = (
                f"{burn.acu_per_million_tokens.normalize():f} ACU per million tokens"
            )
            return [f"{units}, at {dollars(burn.usd_per_acu)} per ACU"]
        return [
            f"from {step.from_tokens:,} tokens on "
            f"{dollars(step.usd_per_million_tokens)}"
            for step in PriceStep.objects.filter(rate_row=self.pk)
        ]


class VolumeTerms(AppendOnly):
    """Over what the volume of a contract line is counted, and for how long."""

    line = models.OneToOneField(
        "contracts.ContractLine", on_delete=models.PROTECT, related_name="volume_terms"
    )
    counted_over = models.CharField(
        max_length=5, choices=CountedOver.choices, default=CountedOver.ORDER
    )
    counted_per = models.CharField(
        max_length=5, choices=CountedPer.choices, default=CountedPer.MONTH
    )
    source = models.CharField(max_length=40, help_text="Award or modification.")

    def __str__(self) -> str:
        return counted_words(self.counted_over, self.counted_per)


class PriceStep(AppendOnly):
    """From which volume of its line on a rate row has another price, marginally.

    Below the first step the price is the rate row's, which no step passes: it is what
    an event costs until the period is rated. A step is in force as long as its row.
    """

    rate_row = models.ForeignKey(
        "contracts.RateRow", on_delete=models.PROTECT, related_name="steps"
    )
    from_tokens = models.BigIntegerField(
        help_text="Tokens of the line that come before it."
    )
    usd_per_million_tokens = models.DecimalField(max_digits=12, decimal_places=6)

    class Meta:
        ordering: ClassVar[list[str]] = ["from_tokens"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_price_has_one_step_from_a_volume_on",
                fields=["rate_row", "from_tokens"],
            ),
            models.CheckConstraint(
                name="a_step_has_a_volume_and_a_price_not_below_zero",
                condition=Q(from_tokens__gte=0, usd_per_million_tokens__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"from {self.from_tokens:,}: {self.usd_per_million_tokens}"


class BurnRate(AppendOnly):
    """How many units of a pool (ACU) a rate row burns, and what a unit costs.

    The row's own price is what that comes to, rounded up to its last digit.
    """

    rate_row = models.OneToOneField(
        "contracts.RateRow", on_delete=models.PROTECT, related_name="burn"
    )
    acu_per_million_tokens = models.DecimalField(max_digits=12, decimal_places=6)
    usd_per_acu = models.DecimalField(max_digits=12, decimal_places=6)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_multiplier_and_a_unit_price_are_never_negative",
                condition=Q(acu_per_million_tokens__gte=0, usd_per_acu__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.acu_per_million_tokens} ACU at {self.usd_per_acu}"
