"""What is chosen for an archive."""

from __future__ import annotations

from typing import Any

from django import forms

from contracting.documents.models import Document
from contracting.evidence.states import MOST_PAPERS, Level
from contracting.orders.models import TaskOrder


class BundleForm(forms.Form):
    """Which papers."""

    papers = forms.MultipleChoiceField(
        label="Papers",
        help_text=f"Up to {MOST_PAPERS} in one file. All are chosen at first.",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one paper."},
    )

    def __init__(self, *args: Any, papers: list[Document], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (each.public_id, f"{each.get_kind_display().capitalize()} {each.number}")
            for each in papers
        ]
        field = self.fields["papers"]
        field.choices = choices  # type: ignore[attr-defined]
        field.initial = [value for value, _ in choices[:MOST_PAPERS]]


class PackForm(forms.Form):
    """For whom, of which orders, of which days."""

    level = forms.ChoiceField(label="For whom it is", widget=forms.RadioSelect)
    orders = forms.MultipleChoiceField(
        label="Orders",
        help_text="Leave all empty for every order of the contract.",
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    starts_on = forms.DateField(
        label="First day",
        help_text="Leave empty for everything from the beginning.",
        widget=forms.DateInput(attrs={"type": "date"}),
        required=False,
    )
    ends_on = forms.DateField(
        label="Last day",
        help_text="Leave empty for everything until now.",
        widget=forms.DateInput(attrs={"type": "date"}),
        required=False,
    )

    def __init__(
        self, *args: Any, levels: list[Level], orders: list[TaskOrder], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        level = self.fields["level"]
        level.choices = [  # type: ignore[attr-defined]
            (each.value, str(each.label).capitalize()) for each in levels
        ]
        level.initial = levels[0].value if levels else ""
        self.fields["orders"].choices = [  # type: ignore[attr-defined]
            (each.public_id, f"{each.name} {each.title}") for each in orders
        ]
        if not orders:
            del self.fields["orders"]
