"""The form by which a question is handed to somebody."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Membership


class AssignQuestionForm(forms.Form):
    """Who drafts the answer."""

    assignee = forms.ModelChoiceField(
        Membership.objects.none(), label="Who answers it", to_field_name="public_id"
    )

    def __init__(self, *args: Any, office: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["assignee"]
        choice.queryset = office
