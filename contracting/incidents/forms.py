"""What is asked for on the pages of incidents."""

from __future__ import annotations

from typing import Any

from django import forms

from contracting.incidents.states import Severity
from contracting.reference.states import Boundary


class ReportIncidentForm(forms.Form):
    """What happened, what it touches, when it was discovered."""

    title = forms.CharField(label="What happened, in a line", max_length=200)
    severity = forms.ChoiceField(label="What it touches", choices=Severity.choices)
    text = forms.CharField(
        label="What is known",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Never put prompts, answers or data of the Government here.",
    )
    discovered_at = forms.DateTimeField(
        label="Discovered at, UTC",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text="The clock runs from discovery, not from the incident.",
    )


class IncidentWordsForm(forms.Form):
    """An update, or the end."""

    text = forms.CharField(max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))

    def __init__(self, *args: Any, label: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["text"].label = label


def _day(label: str, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}), **more
    )


class AuthorizeBoundaryForm(forms.Form):
    """Which boundary may be used, by which paper, and until when."""

    boundary = forms.ChoiceField(label="Data boundary", choices=Boundary.choices)
    number = forms.CharField(
        label="Authorization",
        max_length=200,
        help_text="What it is called, for example its FedRAMP package.",
    )
    first_day = _day("First day")
    last_day = _day("Last day", help_text="Usage after this day is held.")


class WithdrawAuthorizationForm(forms.Form):
    """With which day it ends, and why."""

    last_day = _day("Last day", help_text="Usage after this day is held.")
    reason = forms.CharField(
        label="Reason", max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )
