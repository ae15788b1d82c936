"""What a page asks for: the need, and the grid of its workload."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, ClassVar, Final, Self

from django import forms

from contracting.core.periods import is_plausible, zone_of
from contracting.core.quantities import Dollars, Tokens
from contracting.requisitions.calculations import (
    LABELS,
    OwnedCapacity,
    RowDraft,
    WorkloadDraft,
    months_of,
)
from contracting.requisitions.states import DayCount

Choices = list[tuple[Any, str]]

ZONES: Final = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
    "Pacific/Guam",
    "UTC",
)
"""The zones in which contracting offices set their deadlines."""


def plausible(day: date) -> None:
    """A validator: a day that a contract may name.

    :raises ValidationError: outside of the years 2000 to 2100
    """
    if not is_plausible(day):
        message = "Choose a day in the years 2000 to 2100."
        raise forms.ValidationError(message)


def instant_of(day: date, at: time, zone: str) -> datetime:
    """The instant of a local day and time.

    :raises ValidationError: if the clocks skip it or show it twice on that day, or the
        day is outside of the years 2000 to 2100
    """
    plausible(day)
    local = datetime.combine(day, at, tzinfo=zone_of(zone))
    utc = local.astimezone(UTC)
    back = utc.astimezone(zone_of(zone))
    if back.replace(tzinfo=None) != local.replace(tzinfo=None):
        message = "The clocks are set forward and skip this time. Choose another."
        raise forms.ValidationError(message)
    if local.utcoffset() != local.replace(fold=1).utcoffset():
        message = "The clocks are set back and show this time twice. Choose another."
        raise forms.ValidationError(message)
    return utc


def text_field(label: str, hint: str, rows: int = 8) -> forms.CharField:
    """Words of several lines, which a draft may leave empty."""
    return forms.CharField(
        label=label,
        required=False,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def dollars_field(label: str, hint: str) -> forms.DecimalField:
    """US dollars in whole cents, zero or more."""
    return forms.DecimalField(
        label=label,
        max_digits=18,
        decimal_places=2,
        min_value=0,
        initial=0,
        help_text=hint,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )


def day_field(label: str, hint: str = "", *, required: bool = False) -> forms.DateField:
    """A calendar day, which a draft may leave empty."""
    return forms.DateField(
        label=label,
        required=required,
        help_text=hint,
        validators=[plausible],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


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


# Workloads ---------------------------------------------------------------------------

SAMPLES: Final[dict[str, dict[str, Any]]] = {
    "chat": {
        "name": "Chat assistant",
        "calls_p10": 2_000,
        "calls_p50": 4_000,
        "calls_p90": 8_000,
        "uncached_input_tokens": 1_500,
        "cached_input_tokens": 3_000,
        "output_tokens": 350,
        "reasoning_tokens": 0,
        "growth_percent": 3,
        "months": 12,
        "day_count": DayCount.BUSINESS,
    },
    "summaries": {
        "name": "Document summaries",
        "calls_p10": 200,
        "calls_p50": 500,
        "calls_p90": 1_200,
        "uncached_input_tokens": 12_000,
        "cached_input_tokens": 500,
        "output_tokens": 800,
        "reasoning_tokens": 0,
        "growth_percent": 0,
        "months": 12,
        "day_count": DayCount.BUSINESS,
    },
    "classification": {
        "name": "Batch classification",
        "calls_p10": 20_000,
        "calls_p50": 50_000,
        "calls_p90": 100_000,
        "uncached_input_tokens": 600,
        "cached_input_tokens": 400,
        "output_tokens": 20,
        "reasoning_tokens": 0,
        "growth_percent": 0,
        "months": 12,
        "day_count": DayCount.CALENDAR,
    },
}
"""Examples in round figures, to be copied and replaced; none of them was measured."""


def _count(name: str, most: int, hint: str = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=LABELS[name],
        min_value=0,
        max_value=most,
        help_text=hint,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )


class WorkloadRowForm(ChoiceRow):
    """One workload: calls a day, tokens per call, growth."""

    name = forms.CharField(label=LABELS["name"], max_length=60)
    model = forms.TypedChoiceField(coerce=int)
    first_month = forms.DateField(
        label=LABELS["first_month"],
        help_text="Such as 2026-11.",
        input_formats=["%Y-%m", "%Y-%m-%d"],
        validators=[plausible],
        widget=forms.DateInput(format="%Y-%m"),
    )
    months = forms.IntegerField(
        label=LABELS["months"],
        min_value=1,
        max_value=60,
        initial=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    calls_p10 = _count("calls_p10", 10**12, "1 in 10 is lower")
    calls_p50 = _count("calls_p50", 10**12, "as many above as below")
    calls_p90 = _count("calls_p90", 10**12, "1 in 10 is higher")
    day_count = forms.ChoiceField(
        label=LABELS["day_count"],
        choices=[(each.value, each.label.capitalize()) for each in DayCount],
        initial=DayCount.CALENDAR,
    )
    uncached_input_tokens = _count("uncached_input_tokens", 10**9)
    cached_input_tokens = _count("cached_input_tokens", 10**9)
    output_tokens = _count("output_tokens", 10**9)
    reasoning_tokens = _count("reasoning_tokens", 10**9)
    growth_percent = forms.DecimalField(
        label=LABELS["growth_percent"],
        min_value=-100,
        max_value=1000,
        decimal_places=2,
        initial=Decimal(0),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        points = [cleaned.get(f"calls_p{point}") for point in (10, 50, 90)]
        if None not in points and points != sorted(points):  # type: ignore[type-var]
            message = "Calls a day rise from P10 through P50 to P90."
            raise forms.ValidationError(message)
        return cleaned


class BuildEstimateForm(GridForm):
    """The workloads, one under the other."""

    grid_class = forms.formset_factory(
        WorkloadRowForm,
        formset=RemovableRows,
        extra=1,
        can_delete=True,
        max_num=40,
        validate_max=True,
    )

    @classmethod
    def another(cls, sent: Any, *, row: dict[str, Any] | None, **options: Any) -> Self:
        """The form as it was typed, unchecked, with one row more.

        :param row: what the new row says; ``None`` for an empty one
        """
        typed = [
            {name: each[name].data for name in each.fields}
            for each in cls(sent, **options).grid.forms
            if each.has_changed()
        ]
        rows = [each for each in typed if not each.pop("DELETE", None)]
        rows += [row] if row else []
        seen = {"seen_version": sent.get("seen_version"), "rows": rows}
        form = cls(initial=seen, **options)
        form.grid.extra = 0 if row else 1
        return form

    def clean(self) -> dict[str, Any]:
        """The workloads as the verb takes them; a wrong one is named by its row."""
        try:
            cleaned = super().clean()
        except forms.ValidationError as error:
            raise forms.ValidationError(list(self._wrong()) or error.messages) from None
        cleaned["workload"] = [
            WorkloadDraft(
                model_id=row["model"],
                **{name: row[name] for name in LABELS}
                | {"first_month": row["first_month"].replace(day=1)},
            )
            for row in cleaned["rows"]
        ]
        return cleaned

    def _wrong(self) -> Iterator[str]:
        yield from map(str, self.grid.non_form_errors())
        for number, row in enumerate(self.grid.forms, start=1):
            for name, errors in row.errors.items():
                field = row.fields.get(name)
                label = f", {field.label or name.capitalize()}" if field else ""
                yield from (f"Row {number}{label}: {error}" for error in errors)


class CompareOwnershipForm(SeenVersion):
    """Owned capacity: how many GPUs, what they cost and what they make."""

    gpus = forms.IntegerField(
        label="GPUs",
        min_value=1,
        max_value=1_000_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text="How many would be owned or reserved, such as 8.",
    )
    gpu_hour_dollars = forms.DecimalField(
        label="Dollars per GPU-hour",
        max_digits=12,
        decimal_places=6,
        min_value=Decimal("0.000001"),
        max_value=100_000,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text="All that an hour of one GPU costs, used or not, such as 2.50.",
    )
    tokens_per_gpu_second = forms.IntegerField(
        label="Tokens per GPU-second",
        min_value=1,
        max_value=10_000_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text="Input and output tokens of this workload, while the GPU is busy.",
    )
    utilization_percent = forms.DecimalField(
        label="Utilization in percent",
        max_digits=5,
        decimal_places=2,
        min_value=Decimal("0.01"),
        max_value=100,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text="The share of all hours in which the GPUs are busy, such as 60.",
    )

    def clean(self) -> dict[str, Any]:
        """The figures as the verb takes them, under ``owned``."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            cleaned["owned"] = OwnedCapacity(
                gpus=cleaned["gpus"],
                gpu_hour=Dollars(cleaned["gpu_hour_dollars"]),
                tokens_per_gpu_second=cleaned["tokens_per_gpu_second"],
                utilization_percent=cleaned["utilization_percent"],
            )
        return cleaned
