"""What is asked for on the pages of letters and terminations."""

from __future__ import annotations

from django import forms

from contracting.core.quantities import Dollars
from contracting.terminations.states import Ground, StopReason


def _day(label: str, hint: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=hint,
    )


def _words(label: str, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=hint,
    )


class StopWorkForm(forms.Form):
    """Why work is stopped."""

    reason = forms.ChoiceField(label="Reason", choices=StopReason.choices)
    text = _words("What the vendor is told", "Printed on the stop-work order.")
    confirm = forms.BooleanField(
        label="I sign the stop-work order; it takes effect at once."
    )


class ResumeWorkForm(forms.Form):
    """Why work goes on."""

    text = _words("What the vendor is told", "Printed on the order to resume work.")


class CureNoticeForm(forms.Form):
    """What is to be cured, and by when."""

    text = _words(
        "What the vendor has failed to do, and what would cure it",
        "Printed on the cure notice.",
    )
    due_on = _day("Cure by", "The last day; the vendor has at least ten.")


class ShowCauseNoticeForm(forms.Form):
    """What is to be explained, and by when."""

    text = _words(
        "What the vendor has failed to do, and what it is to explain",
        "Printed on the show-cause notice, with what a termination would cost it.",
    )
    due_on = _day("Answer by", "The last day; the vendor has at least ten.")


class ReceiveLetterForm(forms.Form):
    """A button."""


class AnswerLetterForm(forms.Form):
    """The vendor's answer."""

    text = _words("Your answer", "What was cured, or why nothing should end.")


class DraftTerminationForm(forms.Form):
    """On which clause, why, and the last day."""

    ground = forms.ChoiceField(
        label="Ground", choices=Ground.choices, widget=forms.RadioSelect
    )
    text = _words("Why", "The vendor reads it in the notice.")
    stop_on = _day(
        "Last day of performance",
        "Usage after it lies outside the period: it is held and not charged.",
    )


class SignTerminationForm(forms.Form):
    """The signature."""

    confirm = forms.BooleanField(
        label="I sign the notice of termination as contracting officer.",
        help_text="It goes to the vendor at once and cannot be taken back.",
    )


class DiscardTerminationForm(forms.Form):
    """A button."""


class ConvertTerminationForm(forms.Form):
    """Who found that it was not for cause, and why."""

    basis = forms.CharField(
        label="Who found so",
        max_length=200,
        help_text="A board's or court's decision with its number, or your own review.",
    )
    text = _words("Why", "The vendor reads it in the notice.")
    confirm = forms.BooleanField(
        label="I sign the notice of conversion as contracting officer."
    )


class _AmountForm(forms.Form):
    """An amount in cents with its reason."""

    dollars = forms.DecimalField(max_digits=18, decimal_places=2, min_value=0)

    def clean_dollars(self) -> Dollars:
        """The amount, in dollars."""
        return Dollars(self.cleaned_data["dollars"])


class ProposeSettlementForm(_AmountForm):
    """What the vendor asks for beside its usage."""

    text = _words("What it consists of", "Usage is invoiced as ever: leave it out.")

    field_order = ("dollars", "text")


class DecideSettlementForm(_AmountForm):
    """What is granted, for what was read."""

    seen_sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)
    text = _words("How the amount was found")
    confirm = forms.BooleanField(
        label="I sign the settlement; what is obligated and free beside it goes back."
    )

    field_order = ("dollars", "text", "confirm")
