"""What is asked for on the pages of the watch."""

from __future__ import annotations

from typing import Any

from django import forms

from contracting.metering.models.funds_notices import FORECAST_DAYS, FORECAST_PERCENTS
from contracting.metering.states import FundsClausePreset


class AcknowledgeNoticeForm(forms.Form):
    """What one's side does about it."""

    words = forms.CharField(
        label="What your side does about it", max_length=400, required=False
    )


class CloseAlarmForm(forms.Form):
    """What was found."""

    reason = forms.CharField(
        label="What was found",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="It stays with the alarm.",
    )


class SetNoticeTermsForm(forms.Form):
    """Shares of the funds, and the clause with the figures of its forecast."""

    percents = forms.CharField(
        label="Shares of the obligated funds, in percent",
        max_length=100,
        help_text="Whole numbers from 1 to 100 with commas between, for example "
        "50, 75, 85, 90, 100. The share signed in the contract and 100 are among them.",
    )
    clause = forms.ChoiceField(
        label="Clause whose forecast holds", choices=FundsClausePreset.choices
    )
    forecast_percent = forms.IntegerField(
        label="Own percent of the funds",
        required=False,
        min_value=FORECAST_PERCENTS[0],
        max_value=FORECAST_PERCENTS[1],
        help_text="Only with own figures: 75 to 85.",
    )
    forecast_days = forms.IntegerField(
        label="Own days ahead",
        required=False,
        min_value=FORECAST_DAYS[0],
        max_value=FORECAST_DAYS[1],
        help_text="Only with own figures: 30 to 90.",
    )
    reason = forms.CharField(
        label="Reason", max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_percents(self) -> list[int]:
        """The numbers; what else is wrong with them the verb says."""
        parts = self.cleaned_data["percents"].replace("%", "").split(",")
        words = [part.strip() for part in parts if part.strip()]
        if not words or not all(w.isascii() and w.isdigit() for w in words):
            message = "Write whole numbers with commas between them."
            raise forms.ValidationError(message)
        return [int(word[:9]) for word in words]

    def clean(self) -> dict[str, Any]:
        """Own figures are given where no clause gives them."""
        data = super().clean() or {}
        if data.get("clause") == FundsClausePreset.OWN:
            for name in ("forecast_percent", "forecast_days"):
                if data.get(name) is None and name not in self.errors:
                    self.add_error(name, "Own figures need this number.")
        return data
