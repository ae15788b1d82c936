"""Forms of acceptance, of disputes and of their resolution."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms

from contracting.reconciliation.states import (
    BY_THE_JOB,
    FindingCode,
    FindingState,
    ResolutionCode,
)


class InstantField(forms.CharField):
    """An instant with its offset, as ``isoformat`` writes it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, **options)

    def clean(self, value: Any) -> datetime | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            instant = datetime.fromisoformat(text)
        except ValueError as error:
            message = "This is no instant."
            raise forms.ValidationError(message) from error
        if instant.tzinfo is None:
            message = "This instant has no offset."
            raise forms.ValidationError(message)
        return instant


class AcceptUsageForm(forms.Form):
    """The representative's word."""

    confirm = forms.BooleanField(
        label=(
            "I accept the quantities on which meter, report and invoice agree. What "
            "differs stays withheld."
        )
    )


class DisputeFindingForm(forms.Form):
    """What the vendor is asked."""

    reason = forms.CharField(
        label="What the vendor is to explain",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The vendor reads it with the calls behind the difference.",
    )


class ResolveFindingForm(forms.Form):
    """How the difference is settled."""

    code = forms.ChoiceField(
        label="Resolution",
        widget=forms.RadioSelect,
        choices=[
            (code.value, f"{code.label.capitalize()} ({code.value})")
            for code in ResolutionCode
            if code not in BY_THE_JOB
        ],
    )
    reason = forms.CharField(
        label="Reason", max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


class ReconcileOrderForm(forms.Form):
    """What is compared: the whole order, or the period of one invoice."""

    invoice = forms.ChoiceField(
        label="Compare", required=False, widget=forms.RadioSelect
    )

    def __init__(
        self, *args: Any, invoices: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["invoice"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "The whole order so far"), *invoices]


class FindingsFilter(forms.Form):
    """Which discrepancies a list shows."""

    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("", "All"), *FindingState.choices],
    )
    code = forms.ChoiceField(
        label="Kind",
        required=False,
        choices=[("", "All"), *((code.value, code.value) for code in FindingCode)],
    )
    order = forms.CharField(label="Order", required=False, max_length=40)


class CountsForm(forms.Form):
    """The count of a comparison whose rows are asked for."""

    line = forms.CharField(max_length=10)
    model = forms.CharField(max_length=120)
    tier = forms.CharField(max_length=20)
    token_class = forms.CharField(max_length=30)
    start = InstantField()
    end = InstantField()
    day_start = InstantField(required=False)
    day_end = InstantField(required=False)
