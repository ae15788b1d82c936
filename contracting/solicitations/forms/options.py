"""The options of a package, as rows that people fill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms

from contracting.core.quantities import Dollars, Tokens
from contracting.requisitions.forms import ChoiceRow, GridForm, RemovableRows
from contracting.solicitations.publishing.options import MOST_OPTIONS, OptionDraft
from contracting.solicitations.states import OptionKind


def _count(label: str, hint: str = "", most: int = 730) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=most,
        help_text=hint,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
    )


class OptionRow(ChoiceRow):
    """One option."""

    number = forms.IntegerField(
        label="Option",
        min_value=1,
        max_value=MOST_OPTIONS,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 2}),
    )
    kind = forms.ChoiceField(choices=OptionKind.choices, initial=OptionKind.PERIOD)
    months = _count("Months", "periods and extensions", 120)
    notice_days = _count("Intent, days ahead", "periods; usual: 60")
    opens_days = _count("Window opens, days ahead")
    closes_days = _count("Window closes, days ahead", "0: on the last day")
    ceiling_dollars = forms.DecimalField(
        label="Adds dollars",
        max_digits=18,
        decimal_places=2,
        min_value=0,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "dd-num"}),
    )
    ceiling_tokens = forms.IntegerField(
        label="Adds tokens",
        min_value=1,
        max_value=9 * 10**17,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "dd-num"}),
    )
    price_percent = forms.DecimalField(
        label="Prices, percent more or less",
        required=False,
        max_digits=5,
        decimal_places=2,
        help_text="0: same prices; 3 or -5",
        widget=forms.TextInput(attrs={"size": 5}),
    )


OptionGrid = forms.formset_factory(
    OptionRow, formset=RemovableRows, extra=2, can_delete=True, max_num=MOST_OPTIONS
)


def option_drafts(rows: Sequence[Mapping[str, Any]]) -> list[OptionDraft]:
    """The rows of a grid as options; what is left empty is nothing."""
    return [
        OptionDraft(
            number=row["number"],
            kind=row["kind"],
            months=row["months"] or 0,
            notice_days=row["notice_days"] or 0,
            opens_days=row["opens_days"] or 0,
            closes_days=row["closes_days"] or 0,
            dollars=Dollars(row["ceiling_dollars"]),
            tokens=Tokens(row["ceiling_tokens"]),
            price_percent=row["price_percent"] or Decimal(0),
        )
        for row in rows
    ]


class EditOptionsForm(GridForm):
    """The options, and whether offers are judged with them."""

    options_evaluated = forms.BooleanField(
        label="Offers are evaluated with the options added to the base (FAR 52.217-5)",
        required=False,
    )
    grid_class = OptionGrid

    def clean(self) -> dict[str, Any]:
        """What the verb takes lies under ``terms``."""
        cleaned = super().clean()
        cleaned["terms"] = {
            "options": option_drafts(cleaned["rows"]),
            "options_evaluated": cleaned["options_evaluated"],
        }
        return cleaned
