"""Forms of what vendors owe back."""

from __future__ import annotations

from typing import Any

from django import forms

from contracting.billing.states import CreditKind


class SeenDollars(forms.DecimalField):
    """What was open when the page was read; it is sent along."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(max_digits=18, decimal_places=2)


class RecordCreditForm(forms.Form):
    """What the vendor owes back, to which funds, and why."""

    place = forms.ChoiceField(
        label="Line and ACRN",
        help_text="The funds that paid, or will have paid; it comes back to them.",
    )
    kind = forms.ChoiceField(label="Kind", choices=CreditKind.choices)
    dollars = forms.DecimalField(
        label="Amount in US dollars",
        max_digits=18,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "dd-num"}),
    )
    reason = forms.CharField(
        label="Reason",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The other side reads it as it stands here.",
    )

    def __init__(
        self, *args: Any, places: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["place"]
        if isinstance(field, forms.ChoiceField):
            field.choices = places


class CancelCreditForm(forms.Form):
    """Why a credit is not due."""

    seen = SeenDollars()
    reason = forms.CharField(
        label="Reason",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The vendor reads it as it stands here.",
    )
