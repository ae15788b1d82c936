"""Prices per unit: of what is bought by the month, the hour or the piece."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from contracting.core.models import Addressed, LockingQuerySet, Timestamped
from contracting.reference.states import UNITS_OF


def unit_fits() -> Q:
    """A unit that a line's price structure knows.

    A draft may lack its unit until the award, which asks for it (FAR 4.1005-1).
    """
    fits = Q(unit="")
    for structure, known in UNITS_OF.items():
        fits |= Q(structure=str(structure), unit__in=[str(unit) for unit in known])
    return fits


class UnitRate(Addressed, Timestamped):
    """The price of one unit of a contract line, in force × known.

    Only ``superseded_at`` may ever be set; everything else is append-only.
    """

    PREFIX = "unr"

    line = models.ForeignKey(
        "contracts.ContractLine", on_delete=models.PROTECT, related_name="unit_rates"
    )
    usd_per_unit = models.DecimalField(max_digits=15, decimal_places=6)
    in_force = DateTimeRangeField(help_text="[start, end) in UTC.")
    source = models.CharField(max_length=40, help_text="Award or modification.")
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            ExclusionConstraint(
                name="a_unit_has_one_price_at_a_time",
                expressions=[
                    ("line", RangeOperators.EQUAL),
                    ("in_force", RangeOperators.OVERLAPS),
                ],
                condition=Q(superseded_at__isnull=True),
            ),
            models.CheckConstraint(
                name="a_price_per_unit_is_never_negative",
                condition=Q(usd_per_unit__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line.clin} {self.usd_per_unit}"
