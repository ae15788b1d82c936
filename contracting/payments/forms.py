"""Forms of the payment pages."""

from __future__ import annotations

from django import forms


class CertifyPaymentForm(forms.Form):
    """The certifying officer's word."""

    confirm = forms.BooleanField(
        label="I certify this voucher as correct and proper for payment.",
        help_text="You answer for it in person (31 U.S.C. 3528).",
    )


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
