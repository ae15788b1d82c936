"""Forms of the register of reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from contracting.billing.states import AnswerKind


class MonthForm(forms.Form):
    """An accounting month of an order."""

    month = forms.TypedChoiceField(label="Month", coerce=date.fromisoformat)

    def __init__(self, *args: Any, months: Sequence[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["month"]
        if isinstance(field, forms.TypedChoiceField):
            field.choices = [(day.isoformat(), f"{day:%B %Y}") for day in months]


class StateNoReportForm(MonthForm):
    """Why there is no report of a month."""

    kind = forms.ChoiceField(label="What is known", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="In your words",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Whom you asked and what was said, or why nobody could be asked.",
    )

    def __init__(self, *args: Any, kinds: Sequence[AnswerKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(kind.value, kind.label.capitalize()) for kind in kinds]
            if len(kinds) == 1:
                field.initial = kinds[0].value


class OverdueLetterForm(MonthForm):
    """What the officer adds to the letter."""

    words = forms.CharField(
        label="What you add",
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What is missing, since when, and what a clause says stand there.",
    )


class ReportingTermsForm(forms.Form):
    """What a clause says of usage that is reported very late."""

    valid_from = forms.DateField(
        label="In force from", widget=forms.DateInput(attrs={"type": "date"})
    )
    clause = forms.CharField(label="Clause", max_length=200)
    forfeits_after_days = forms.IntegerField(
        label="Days after which unreported usage is forfeited",
        min_value=1,
        max_value=3650,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "dd-num"}),
        help_text="Leave it empty if the clause forfeits nothing.",
    )
    modification = forms.CharField(
        label="Number of the modification",
        max_length=6,
        required=False,
        help_text=(
            "Only if it holds from a day of an earlier month on: the issued "
            "modification that says so, such as P00002."
        ),
    )
