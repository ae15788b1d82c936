"""Until when vendors may ask, and the form by which a question is handed on."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Membership
from contracting.solicitations.calculations import MOST_CLOSING_DAYS


def closing_days_field() -> forms.IntegerField:
    """Whole days before the deadline; a package may leave it open."""
    return forms.IntegerField(
        label="Days before the deadline on which questions close",
        required=False,
        min_value=1,
        max_value=MOST_CLOSING_DAYS,
        help_text="At the same time of day. Empty: vendors ask until the deadline.",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )


class AssignQuestionForm(forms.Form):
    """Who drafts the answer."""

    assignee = forms.ModelChoiceField(
        Membership.objects.none(), label="Who answers it", to_field_name="public_id"
    )

    def __init__(self, *args: Any, office: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["assignee"]
        choice.queryset = office
