"""Forms of the payment pages."""

from __future__ import annotations

from typing import Any

from django import forms


class CertifyPaymentForm(forms.Form):
    """The certifying officer's word."""

    set_off = forms.BooleanField(
        label="Set off credits that are due and that the invoice does not state",
        required=False,
        initial=True,
        help_text="What is not set off now stays open for the next payment.",
    )
    confirm = forms.BooleanField(
        label="I certify this voucher as correct and proper for payment.",
        help_text="You answer for it in person (31 U.S.C. 3528).",
    )

    def __init__(self, *args: Any, has_credits: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_credits:
            del self.fields["set_off"]


class RecordPaymentForm(forms.Form):
    """What the finance system has confirmed."""

    paid_on = forms.DateField(
        label="Paid on",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="The day of payment, in the time zone of the contract.",
    )
    reference = forms.CharField(
        label="Trace number",
        max_length=60,
        help_text="As the finance system gives it, so that the vendor finds the money.",
    )
