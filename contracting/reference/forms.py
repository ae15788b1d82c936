"""What people type about reference data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms

from contracting.reference.calculations import LIST_COLUMNS, CarriedList, read_list
from contracting.reference.models import AiModel
from contracting.reference.queries.in_force import KINDS
from contracting.reference.states import Boundary, RateCode

MOST_BYTES: Final = 1_000_000
"""Of a carried list of prices."""


class Day(forms.DateInput):
    """A calendar day, with the browser's own picker."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class OnDayForm(forms.Form):
    """The day as of which a page is read."""

    on = forms.DateField(label="As of", required=False, widget=Day)


class InForceForm(forms.Form):
    """Which table, on which day, as known when, and which rows of it."""

    kind = forms.ChoiceField(
        label="Table",
        choices=[(code, each.label) for code, each in KINDS.items()],
        required=False,
    )
    on = forms.DateField(label="In force on", required=False, widget=Day)
    known = forms.DateField(
        label="As known on",
        required=False,
        widget=Day,
        help_text="Empty: as known now.",
    )
    find = forms.CharField(label="With the words", max_length=100, required=False)


class CarriedListForm(forms.Form):
    """A list of public prices that somebody carries in."""

    release = forms.CharField(
        label="Name of the list", max_length=40, help_text="It comes in once."
    )
    file = forms.FileField(
        label="CSV file",
        help_text=f"Columns: {', '.join(LIST_COLUMNS)}; US dollars per million tokens.",
    )

    carried: CarriedList | None = None

    def clean(self) -> dict[str, Any]:
        """The list; what is wrong with it names its line."""
        data = super().clean() or {}
        file = data.get("file")
        if file is None or "release" not in data:
            return data
        if file.size > MOST_BYTES:
            self.add_error("file", "A list has at most one megabyte.")
            return data
        try:
            data["listed"] = file.read().decode()
            self.carried = read_list(data["release"], data["listed"])
        except UnicodeDecodeError:
            self.add_error("file", "It is no text in UTF-8.")
        except ValueError as error:
            self.add_error("file", str(error))
        return data


class ImportListPricesForm(forms.Form):
    """What was previewed; empty for the installed release."""

    release = forms.CharField(required=False, widget=forms.HiddenInput)
    listed = forms.CharField(
        required=False, max_length=MOST_BYTES, strip=False, widget=forms.HiddenInput
    )

    def clean(self) -> dict[str, Any]:
        """The carried list, where there is one."""
        data = super().clean() or {}
        data["carried"] = None
        if data.get("listed"):
            try:
                data["carried"] = read_list(data.get("release", ""), data["listed"])
            except ValueError as error:
                raise forms.ValidationError(str(error)) from error
        return data


class YearForm(forms.Form):
    """The calendar year of the holidays."""

    year = forms.IntegerField(
        label="Year", required=False, min_value=2020, max_value=2040
    )


class ModelForm(forms.Form):
    """A snapshot of a model, from its provider's documentation."""

    snapshot = forms.CharField(
        max_length=120,
        help_text=(
            "The dated version that never changes, exactly as usage and the price "
            "catalogue name it."
        ),
    )
    code = forms.CharField(
        label="Model", max_length=80, help_text="As it is talked about."
    )
    provider = forms.CharField(max_length=60, help_text="Who developed it.")
    family = forms.CharField(max_length=60)
    tokenizer = forms.CharField(
        max_length=60, help_text="What cuts its text into tokens, such as o200k_base."
    )
    context_tokens = forms.IntegerField(
        label="Context, tokens", min_value=1, max_value=2_000_000_000
    )
    max_output_tokens = forms.IntegerField(
        label="Longest answer, tokens", min_value=1, max_value=2_000_000_000
    )
    boundaries = forms.MultipleChoiceField(
        label="Data boundaries for which its use is authorized",
        choices=Boundary.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    valid_from = forms.DateField(label="First day", widget=Day)


class ModelAliasForm(forms.Form):
    """What a name seen in usage stands for."""

    source_name = forms.CharField(
        label="Name in the usage",
        max_length=160,
        help_text="Exactly as the source writes it, capital letters included.",
    )
    model = forms.ChoiceField(
        label="Stands for", help_text="A snapshot: the dated version of a model."
    )
    valid_from = forms.DateField(
        label="From",
        required=False,
        widget=Day,
        help_text=(
            "First day. Left empty, a new name holds from the first day of the "
            "snapshot, and a name that stood for another one changes today."
        ),
    )

    def __init__(self, *args: Any, models: list[AiModel], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["model"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [
                (model.public_id, f"{model.snapshot} ({model.provider})")
                for model in models
            ]


class ProposeRateForm(forms.Form):
    """A rate as the Treasury has published it."""

    code = forms.ChoiceField(label="Rate", choices=RateCode.choices)
    first_day = forms.DateField(
        label="First day",
        widget=Day,
        help_text="1 January or 1 July; of the value of funds 1 January.",
    )
    percent = forms.DecimalField(
        label="Percent a year",
        max_digits=7,
        decimal_places=4,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "dd-num"}),
    )
    source = forms.CharField(
        label="Published in",
        max_length=300,
        help_text="Such as its page of the Federal Register, with the date.",
    )


class CorrectRateForm(forms.Form):
    """What a rate that is in force should have said."""

    rate = forms.ChoiceField(label="Rate that is wrong")
    percent = forms.DecimalField(
        label="Percent a year, as it was published",
        max_digits=7,
        decimal_places=4,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "dd-num"}),
    )
    source = forms.CharField(
        label="Published in",
        max_length=300,
        help_text="Such as its page of the Federal Register, with the date.",
    )
    reason = forms.CharField(
        label="What was wrong",
        max_length=300,
        help_text="Read by whoever confirms it, and kept.",
    )

    def __init__(
        self, *args: Any, in_force: Sequence[tuple[str, str]], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        field = self.fields["rate"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [*in_force]


class ConfirmRateForm(forms.Form):
    """The second person's word."""

    confirm = forms.BooleanField(
        label="I have compared the rate and its first day with the source.",
    )
