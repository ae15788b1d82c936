"""What the file of a contract holds, as dated rows (FAR 4.803)."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Value

from contracting.contracts.states import FileStage
from contracting.reference.models import Effective
from contracting.reference.states import Regime


class FileItem(Effective):
    """A paper or record that the file has, and from which value on it is required."""

    code = models.CharField(max_length=30)
    position = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=12, choices=FileStage.choices)
    title = models.CharField(max_length=120)
    is_required = models.BooleanField(
        help_text="Missing until it is there; else it is listed where it is."
    )
    above = models.CharField(
        max_length=60,
        blank=True,
        help_text="Code of the threshold above which it is required; empty: any value.",
    )
    instruments = ArrayField(
        models.CharField(max_length=12),
        default=list,
        blank=True,
        help_text="Kinds of contract that have it; empty: all of them.",
    )
    citation = models.CharField(max_length=200)
    regime = models.CharField(max_length=12, choices=Regime.choices)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            ExclusionConstraint(
                name="an_item_of_the_file_has_one_meaning_at_a_time",
                expressions=[
                    ("code", RangeOperators.EQUAL),
                    (
                        Func(
                            F("valid_from"),
                            F("valid_to"),
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}, {self.citation}"
