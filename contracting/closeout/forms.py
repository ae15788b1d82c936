"""Forms of the close-out pages."""

from __future__ import annotations

from django import forms


class CompleteOrderForm(forms.Form):
    """Performance has ended."""

    confirm = forms.BooleanField(
        label="The period of performance has ended and every call is accounted for.",
    )


class CloseOutForm(forms.Form):
    """The signature under the completion statement."""

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
