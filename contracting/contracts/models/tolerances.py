"""What a contract tolerates, by the day from which it is in force."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q

from contracting.core.models import AppendOnly
from contracting.solicitations.models.tolerances import (
    StatesTolerances,
    tolerances_stated,
)
from contracting.solicitations.publishing.terms import TOLERANCES

if TYPE_CHECKING:
    from contracting.contracts.models import Contract


class ToleranceTerms(StatesTolerances, AppendOnly):
    """The tolerances from a day on, as they were signed; the last row of a day holds.

    ``source`` is the award, or the number of the modification that changed them.
    """

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="tolerance_terms"
    )
    from_day = models.DateField(help_text="Usage of this day and later is under it.")
    source = models.CharField(max_length=40)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            tolerances_stated("term"),
            models.CheckConstraint(
                name="a_tolerance_names_where_it_was_signed", condition=~Q(source="")
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="tolerances_by_day", fields=["contract", "from_day"]),
        ]

    @classmethod
    def state(cls, contract: Contract, *, from_day: date, source: str) -> None:
        """Keep the tolerances of a contract as they read now, from a day on."""
        terms = {name: getattr(contract, name) for name in TOLERANCES}
        cls.objects.create(contract=contract, from_day=from_day, source=source, **terms)

    def __str__(self) -> str:
        return f"{self.source}, from {self.from_day}"
