"""What a page asks for: the need, and the grid of its workload."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from django import forms

from contracting.core.periods import is_plausible
from contracting.core.quantities import Tokens
from contracting.requisitions.calculations import RowDraft, months_of

Choices = list[tuple[Any, str]]


def plausible(day: date) -> None:
    """A validator: a day that a contract may name.

    :raises ValidationError: outside of the years 2000 to 2100
    """
    if not is_plausible(day):
        message = "Choose a day in the years 2000 to 2100."
        raise forms.ValidationError(message)


class SeenVersion(forms.Form):
    """A form that carries the version that was read."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)


class RemovableRows(forms.BaseFormSet[forms.Form]):
    """Rows of which each can be taken out again."""

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = "Remove"


class GridForm(SeenVersion):
    """A form with one grid of rows; what was typed is found under ``rows``."""

    grid_class: ClassVar[type[forms.BaseFormSet[Any]]]

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        initial: dict[str, Any] | None = None,
        choices: dict[str, Choices] | None = None,
    ) -> None:
        own = dict(initial or {})
        rows = own.pop("rows", None)
        super().__init__(data, files, initial=own)
        self.grid = self.grid_class(
            data, prefix="rows", initial=rows, form_kwargs={"choices": choices or {}}
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["rows"] = kept_rows(self.grid)
        return cleaned


def kept_rows(grid: forms.BaseFormSet[Any]) -> list[dict[str, Any]]:
    """What was typed in each row of a grid that is neither empty nor taken out.

    :raises ValidationError: if a row is not valid; the grid marks it
    """
    if not grid.is_valid():
        message = "Some rows need your attention; they are marked in the table."
        raise forms.ValidationError(message)
    removed = set(map(id, grid.deleted_forms))
    return [
        row.cleaned_data
        for row in grid.forms
        if row.cleaned_data and id(row) not in removed
    ]


class ChoiceRow(forms.Form):
    """A row whose lists are given by the page."""

    def __init__(
        self, *args: Any, choices: dict[str, Choices] | None = None, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        for name, offered in (choices or {}).items():
            field = self.fields.get(name)
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", "Choose"), *offered]


class DraftRequisitionForm(forms.Form):
    """The need in words and in dollars."""

    title = forms.CharField(
        max_length=200, help_text="A few words that a vendor would understand."
    )
    need = forms.CharField(
        label="What the tokens are for",
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="Objectives or a work statement. The solicitation starts from it.",
    )
    planned_dollars = forms.DecimalField(
        label="Planned amount in dollars",
        max_digits=18,
        decimal_places=2,
        min_value=0,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text="What the office plans to spend, such as 400000.00.",
    )
    line_of_accounting = forms.TypedChoiceField(
        label="Expected line of accounting",
        required=False,
        empty_value=None,
        help_text="Where the funds are expected to come from. Nothing is reserved yet.",
    )

    def __init__(
        self, *args: Any, lines: Sequence[tuple[str, int, str]] = (), **more: Any
    ) -> None:
        """Offer these lines of accounting: public id, key and name of each."""
        super().__init__(*args, **more)
        field = self.fields["line_of_accounting"]
        if isinstance(field, forms.TypedChoiceField):
            listed = [(public_id, name) for public_id, _pk, name in lines]
            field.choices = [("", "Not known yet"), *listed]
            field.coerce = {public_id: pk for public_id, pk, _name in lines}.__getitem__


def _tokens(label: str, hint: str = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=10**15,
        help_text=hint,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "dd-num"}),
    )


class EstimateRowForm(ChoiceRow):
    """Tokens of one class of one model in each of some months."""

    model = forms.TypedChoiceField(coerce=int)
    token_class = forms.TypedChoiceField(label="Class", coerce=int)
    month = forms.DateField(
        label="First month",
        input_formats=["%Y-%m", "%Y-%m-%d"],
        validators=[plausible],
        widget=forms.DateInput(
            format="%Y-%m", attrs={"placeholder": "2026-11", "size": 7}
        ),
    )
    months = forms.IntegerField(
        label="Months",
        min_value=1,
        max_value=60,
        initial=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 3}),
    )
    p10_tokens = _tokens("P10 tokens a month", "1 in 10 months is lower")
    p50_tokens = _tokens("P50 tokens a month", "as many months above as below")
    p90_tokens = _tokens("P90 tokens a month", "1 in 10 months is higher")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        points = [cleaned.get(f"p{point}_tokens") for point in (10, 50, 90)]
        if None not in points and points != sorted(points):  # type: ignore[type-var]
            message = "The estimate rises from P10 through P50 to P90."
            raise forms.ValidationError(message)
        return cleaned


class EstimateWorkloadForm(GridForm):
    """The grid of the workload."""

    grid_class = forms.formset_factory(
        EstimateRowForm,
        formset=RemovableRows,
        extra=4,
        can_delete=True,
        max_num=400,
    )

    def clean(self) -> dict[str, Any]:
        """The rows as the verb takes them, one for each month."""
        cleaned = super().clean()
        cleaned["rows"] = [
            draft
            for row in cleaned["rows"]
            for draft in months_of(
                RowDraft(
                    model_id=row["model"],
                    token_class_id=row["token_class"],
                    month=row["month"].replace(day=1),
                    p10=Tokens(row["p10_tokens"]),
                    p50=Tokens(row["p50_tokens"]),
                    p90=Tokens(row["p90_tokens"]),
                ),
                row["months"],
            )
        ]
        return cleaned
