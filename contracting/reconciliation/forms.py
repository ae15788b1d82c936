"""Forms of acceptance, of disputes and of their resolution."""

from __future__ import annotations

from typing import Any

from django import forms

from contracting.reconciliation.states import (
    BY_THE_JOB,
    FindingCode,
    FindingState,
    ResolutionCode,
)


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
