"""The form by which contracts go over to another officer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import Membership
from contracting.contracts.forms import words_field
from contracting.contracts.models import Contract


class ReassignContractsForm(forms.Form):
    """Which contracts, to whom, and why."""

    contracts = forms.ModelMultipleChoiceField(
        Contract.objects.none(),
        to_field_name="public_id",
        widget=forms.CheckboxSelectMultiple,
    )
    officer = forms.ModelChoiceField(
        Membership.objects.none(),
        to_field_name="public_id",
        label="Contracting officer who takes over",
        help_text="With a warrant that is in force today.",
    )
    reason = words_field("Reason")

    def __init__(
        self,
        *args: Any,
        contracts: QuerySet[Contract],
        officers: QuerySet[Membership],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (("contracts", contracts), ("officer", officers)):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 (typing)
            field.queryset = rows
