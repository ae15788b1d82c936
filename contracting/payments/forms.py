"""Forms of the payment pages."""

from __future__ import annotations

from typing import Any

from django import forms

from contracting.billing.forms.credits import SeenDollars
from contracting.documents.forms import TextFileField


class CertifyPaymentForm(forms.Form):
    """The certifying officer's word on the voucher that was read."""

    seen_sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)
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


class ReasonForm(forms.Form):
    """What is done for a reason, which both sides or finance read."""

    reason = forms.CharField(
        label="Reason", max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )


class WaiverForm(ReasonForm):
    """Why what was read to be open, or to be owed in interest, is not collected."""

    seen = SeenDollars()


class StateAcceptancePeriodForm(ReasonForm):
    """How long the Government may take to accept, for interest."""

    delivered_from = forms.DateField(
        label="For deliveries from",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Today or later; a clock that runs already is not stopped.",
    )
    days = forms.IntegerField(
        label="Days until acceptance is assumed",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "dd-num"}),
    )
    field_order = ("delivered_from", "days", "reason")


class DemandRefundForm(forms.Form):
    """Why the vendor owes it."""

    seen = SeenDollars()
    basis = forms.CharField(
        label="Why it is owed",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The vendor reads it as it stands here.",
    )


class DepositForm(forms.Form):
    """What the vendor has paid back, or in interest, as it came in."""

    dollars = forms.DecimalField(
        label="Amount in US dollars",
        max_digits=18,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "dd-num"}),
    )
    received_on = forms.DateField(
        label="Received on",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="The day of receipt, in the time zone of the contract.",
    )
    reference = forms.CharField(label="Trace number of the deposit", max_length=60)


class ImportPaymentStatusForm(forms.Form):
    """The finance system's answer to a batch."""

    file = TextFileField(
        label="File",
        help_text=(
            "CSV whose first line is "
            "voucher_number,status,paid_on,reference,amount,reason."
        ),
    )
