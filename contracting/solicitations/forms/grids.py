"""The price schedule and the factors, as rows that people fill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from contracting.core.errors import Invalid
from contracting.core.identifiers import check_slin
from contracting.core.quantities import Tokens
from contracting.reference.states import (
    UNITS_OF,
    Boundary,
    CountedOver,
    CountedPer,
    PartMonths,
    PriceStructure,
    Tier,
    Unit,
)
from contracting.requisitions.forms import (
    ChoiceRow,
    Choices,
    GridForm,
    RemovableRows,
)
from contracting.solicitations.calculations import FactorDraft, LineDraft
from contracting.solicitations.publishing.schedule import (
    MOST_PERIODS,
    MOST_QUANTITY,
    MOST_TOKENS,
)
from contracting.solicitations.states import ContextBand


def _count(label: str, most: int, hint: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=hint,
        min_value=0,
        max_value=most,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "dd-num"}),
    )


class LineRow(ChoiceRow):
    """One row of the price schedule."""

    slin = forms.CharField(
        label="Line",
        max_length=6,
        help_text="0001AA",
        widget=forms.TextInput(attrs={"size": 7}),
    )
    description = forms.CharField(max_length=200)
    structure = forms.ChoiceField(
        label="Priced by",
        choices=PriceStructure.choices,
        initial=PriceStructure.UNIT_PRICE,
        required=False,
        help_text="alike in a CLIN",
    )
    token_class = forms.ChoiceField(
        label="Class", required=False, help_text="none: a unit is priced"
    )
    tier = forms.ChoiceField(choices=Tier.choices, initial=Tier.STANDARD)
    context_band = forms.ChoiceField(
        label="Length of input", choices=ContextBand.choices, initial=ContextBand.ALL
    )
    boundary = forms.ChoiceField(
        label="Data boundary", choices=Boundary.choices, initial=Boundary.FEDRAMP_MOD
    )
    workload_tokens = forms.IntegerField(
        label="Reference workload",
        min_value=0,
        max_value=10**15,
        help_text="tokens",
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "dd-num"}),
    )
    from_tokens = _count(
        "Tiers: from", MOST_TOKENS, "tokens of the CLIN on; a row for each step"
    )
    counted_over = forms.ChoiceField(
        label="Tiers, pools: counted over",
        choices=CountedOver.choices,
        initial=CountedOver.ORDER,
        required=False,
    )
    counted_per = forms.ChoiceField(
        label="Tiers, pools: counted",
        choices=CountedPer.choices,
        initial=CountedPer.MONTH,
        required=False,
    )
    unit = forms.ChoiceField(
        label="By the unit: unit",
        choices=[("", "of its structure"), *Unit.choices],
        required=False,
    )
    workload_quantity = _count("By the unit: how many", MOST_QUANTITY, "at a time")
    workload_periods = _count(
        "Workload lasts", MOST_PERIODS, "months or hours; equal months of tiers, pools"
    )
    part_months = forms.ChoiceField(
        label="By the unit: part of a month",
        choices=PartMonths.choices,
        initial=PartMonths.BY_DAY,
        required=False,
    )

    def __init__(
        self, *args: Any, choices: dict[str, Choices] | None = None, **more: Any
    ) -> None:
        super().__init__(*args, choices=choices, **more)
        field = self.fields["token_class"]
        if isinstance(field, forms.ChoiceField):
            offered = (choices or {}).get("token_class", [])
            field.choices = [("", "none"), *offered]

    def clean_slin(self) -> str:
        return checked(self.cleaned_data["slin"], check_slin)


class EditLinesForm(GridForm):
    """The price schedule that every offer fills."""

    grid_class = forms.formset_factory(
        LineRow, formset=RemovableRows, extra=3, can_delete=True, max_num=200
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["lines"] = line_drafts(cleaned["rows"])
        return cleaned


def line_drafts(rows: Sequence[Mapping[str, Any]]) -> list[LineDraft]:
    """The rows of a grid as lines; the CLIN is the first four of a line's number."""
    return [
        LineDraft(
            clin=row["slin"][:4],
            slin=row["slin"],
            description=row["description"],
            token_class=row["token_class"],
            workload=Tokens(row["workload_tokens"] or 0),
            tier=row["tier"],
            context_band=row["context_band"],
            boundary=row["boundary"],
            **_structure_of(row),
        )
        for row in rows
    ]


def _structure_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """How a row is priced; the unit is that of its structure, unless it has several."""
    structure = row["structure"] or PriceStructure.UNIT_PRICE.value
    known = UNITS_OF[structure]
    made = {
        "structure": structure,
        "unit": row["unit"] if row["unit"] in known else known[0],
        "from_tokens": row["from_tokens"] or 0,
        "quantity": row["workload_quantity"] or 0,
        "periods": row["workload_periods"] or 1,
    }
    for name in ("counted_over", "counted_per", "part_months"):
        if row[name]:
            made[name] = row[name]
    return made


class FactorRow(ChoiceRow):
    """One evaluation factor."""

    position = forms.IntegerField(
        label="Order", min_value=1, max_value=99, widget=forms.TextInput({"size": 2})
    )
    name = forms.CharField(label="Factor", max_length=120)
    description = forms.CharField(
        label="How it is judged", widget=forms.Textarea(attrs={"rows": 3})
    )
    is_price = forms.BooleanField(label="Price", required=False)


class EditFactorsForm(GridForm):
    """The factors by which offers are judged, and no others (FAR 15.304)."""

    grid_class = forms.formset_factory(
        FactorRow, formset=RemovableRows, extra=2, can_delete=True, max_num=40
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["factors"] = factor_drafts(cleaned["rows"])
        return cleaned


def factor_drafts(rows: Sequence[Mapping[str, Any]]) -> list[FactorDraft]:
    """The rows of a grid as factors, in the order that their numbers give."""
    return [
        FactorDraft(row["name"], row["description"], is_price=row["is_price"])
        for row in sorted(rows, key=lambda row: int(row["position"]))
    ]


def checked(text: str, check: Any) -> str:
    """What the check makes of it, or its words as an error of the field."""
    if not text:
        return ""
    try:
        return str(check(text))
    except Invalid as error:
        raise forms.ValidationError(error.message) from error
