"""Forms of the close-out pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from contracting.core.quantities import Dollars
from contracting.ledger.states import Residual


class CompleteOrderForm(forms.Form):
    """Performance has ended."""

    confirm = forms.BooleanField(
        label="The period of performance has ended and every call is accounted for.",
    )


class ReleaseForm(forms.Form):
    """The vendor's signature under a release."""

    given_up = forms.CharField(widget=forms.HiddenInput)
    statement = forms.CharField(
        label="Statement",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Why nothing more is claimed. Kept with the order and printed.",
    )
    confirm = forms.BooleanField(
        label="I sign for the vendor: the Government owes nothing more.",
        help_text="A release cannot be taken back.",
    )

    def clean_given_up(self) -> Dollars:
        """The amount that was shown, in exact dollars."""
        try:
            return Dollars(self.cleaned_data["given_up"])
        except (ArithmeticError, ValueError) as error:
            message = "Load the page again."
            raise forms.ValidationError(message) from error


class CloseOutForm(forms.Form):
    """The signature under the completion statement, for what was read."""

    seen_sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)
    remarks = forms.CharField(
        label="Remarks",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Printed on the completion statement.",
    )
    confirm = forms.BooleanField(
        label="I sign the completion statement as contracting officer.",
        help_text="All required actions are done; what is left goes back to the funds "
        "(FAR 4.804-5(b)).",
    )


class CloseOutOrderForm(CloseOutForm):
    """The same of an order, and who takes its unused tokens if the clause lets one."""

    rolls_over_to = forms.TypedChoiceField(
        label="Unused tokens roll over to", required=False, coerce=int, empty_value=None
    )
    field_order = ("rolls_over_to", "remarks", "confirm")

    def __init__(
        self, *args: Any, takers: Sequence[tuple[int, str]] = (), **more: Any
    ) -> None:
        super().__init__(*args, **more)
        field = self.fields["rolls_over_to"]
        if not takers:
            del self.fields["rolls_over_to"]
        elif isinstance(field, forms.ChoiceField):
            field.choices = [("", "No order: they expire"), *takers]


class RecordResidualTermsForm(forms.Form):
    """What the signed contract says of unused tokens."""

    disposition = forms.ChoiceField(
        label="Tokens that an order does not use are", choices=Residual.choices
    )
    source = forms.CharField(
        label="Clause", max_length=200, help_text="Where the contract says so."
    )


class PlaceLegalHoldForm(forms.Form):
    """Why a file is kept."""

    matter = forms.CharField(
        label="Matter", max_length=200, help_text="The case or inquiry, by its number."
    )
    reason = forms.CharField(
        label="What has to be kept, and why",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReleaseLegalHoldForm(forms.Form):
    """Why a file need not be kept any longer."""

    reason = forms.CharField(
        label="Why the matter no longer needs the file",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
