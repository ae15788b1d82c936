"""Forms of the pages of months."""

from __future__ import annotations

from datetime import date

from django import forms
from django.core.exceptions import ValidationError

from contracting.periods.calculations import read_month
from contracting.periods.states import EXPLAINABLE, Condition


class MonthForm(forms.Form):
    """Which month is meant."""

    month = forms.CharField(widget=forms.HiddenInput, max_length=7)

    def clean_month(self) -> date:
        """:raises ValidationError: if it is no month"""
        found = read_month(str(self.cleaned_data["month"]))
        if found is None:
            message = "Name a month as 2026-04."
            raise ValidationError(message)
        return found


class ExplainPeriodForm(MonthForm):
    """Why the month is whole although something does not hold."""

    condition = forms.ChoiceField(
        label="What does not hold",
        choices=[
            (str(each), each.label.capitalize())
            for each in Condition
            if each in EXPLAINABLE
        ],
    )
    reason = forms.CharField(
        label="Why the month is whole all the same",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        help_text="It holds for what was found until now; another call needs other "
        "words. It is kept with the figures of the month.",
    )


class SignOffPeriodForm(MonthForm):
    """One's word for the figures that were read."""

    seen_sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)
    confirm = forms.BooleanField(
        label="I have read these figures and they are right.",
        help_text="Your word holds for these very figures.",
    )


class ClosePeriodForm(MonthForm):
    """The last step of a month."""

    confirm = forms.BooleanField(
        label="Close this month.",
        help_text="Its figures are never rewritten. What comes late is an adjustment.",
    )


class SettleAdjustmentForm(forms.Form):
    """Why the difference is settled as it is found."""

    reason = forms.CharField(
        label="Reason",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        help_text="Both sides read it: on the credit or the charge, and on the "
        "discrepancy that it resolves.",
    )


class ReopenPeriodForm(MonthForm):
    """Why a closed month is opened again."""

    reason = forms.CharField(
        label="Why it is opened again",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        help_text="The closing stays as it was written; this is another link after it.",
    )
