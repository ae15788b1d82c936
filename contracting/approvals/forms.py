"""What an administrator says about who reviews what."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.states import ReviewField, Role
from contracting.approvals.operations.adopt import StepTerms

KINDS = (("solicitation", "Solicitations"), ("task_order", "Task orders"))
"""What is submitted for a review; a policy of another kind would route nothing."""


class Day(forms.DateInput):
    """A calendar day, with the browser's own picker."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PolicyForm(forms.Form):
    """Which reviewers are asked, and in which order."""

    kind = forms.ChoiceField(label="Reviews", choices=KINDS)
    title = forms.CharField(
        max_length=120, help_text="For example: Review of every task order."
    )
    min_value = forms.DecimalField(
        label="From this value on, US dollars",
        max_digits=18,
        decimal_places=2,
        min_value=0,
        initial=0,
        help_text=(
            "Of the policies in force, the one with the highest value that is not "
            "above the document's applies."
        ),
    )
    valid_from = forms.DateField(
        label="First day", widget=Day, help_text="Open reviews keep their steps."
    )
    valid_to = forms.DateField(
        label="Last day",
        widget=Day,
        required=False,
        help_text="Left empty: until further notice.",
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for field in ReviewField:
            self.fields[field.lower()] = forms.IntegerField(
                label=f"{str(field.label).capitalize()} reviewer: place in the order",
                required=False,
                min_value=1,
                max_value=9,
                help_text=(
                    "1 is asked first; who has the same number is asked at the same "
                    "time. Left empty: not asked."
                ),
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        begins, ends = cleaned.get("valid_from"), cleaned.get("valid_to")
        if begins and ends and ends < begins:
            self.add_error("valid_to", "The last day is before the first.")
        cleaned["steps"] = self.steps()
        if not self.errors and not cleaned["steps"]:
            self.add_error(None, "Say which reviewers are asked, and in which order.")
        return cleaned

    def steps(self) -> list[StepTerms]:
        """The steps that were asked for; any one person of each field decides."""
        places = {field: self.cleaned_data.get(field.lower()) for field in ReviewField}
        return [
            StepTerms(position=place, role=Role.REVIEWER, review_field=field)
            for field, place in places.items()
            if place
        ]
