"""What the pages ask of a funds certifier."""

from __future__ import annotations

from typing import Any

from django import forms

from contracting.core.identifiers import BadIdentifier, check_acrn


class LineOfAccountingForm(forms.Form):
    """A line of accounting, as the appropriation and the budget office name it."""

    label = forms.CharField(
        label="Name", max_length=120, help_text="How your agency calls it."
    )
    treasury_account_symbol = forms.CharField(
        max_length=30, help_text="For example 020-2026/2026-0101-000."
    )
    appropriation = forms.CharField(
        label="Appropriation", max_length=200, help_text="For example Salaries."
    )
    funds_available_from = forms.DateField(
        label="First day of availability",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    funds_available_to = forms.DateField(
        label="Last day of availability",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=(
            "Leave empty for no-year funds. Within one fiscal year they are annual, "
            "over several multi-year."
        ),
    )
    fund_year = forms.IntegerField(
        label="Fiscal year of the funds",
        required=False,
        min_value=2000,
        max_value=2100,
        help_text="For annual funds.",
    )
    object_class = forms.CharField(label="Object class", max_length=10, required=False)
    acrn_hint = forms.CharField(
        label="Suggested ACRN",
        max_length=2,
        required=False,
        help_text="Two characters, for example AA.",
    )

    def clean_acrn_hint(self) -> str:
        text: str = self.cleaned_data["acrn_hint"].upper()
        if not text:
            return ""
        try:
            return check_acrn(text)
        except BadIdentifier as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        begins = cleaned.get("funds_available_from")
        ends = cleaned.get("funds_available_to")
        if begins and ends and ends < begins:
            message = "The last day of availability comes before the first."
            self.add_error("funds_available_to", message)
        return cleaned


class AllotmentForm(forms.Form):
    """How much is allotted."""

    dollars = forms.DecimalField(
        label="Amount in dollars",
        max_digits=18,
        decimal_places=2,
        min_value=0,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text="It is added to what is allotted already.",
    )


class CutOffForm(forms.Form):
    """The last day whose entries count."""

    until = forms.DateField(
        label="Cut-off date, last day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
