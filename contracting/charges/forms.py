"""What the pages of charges ask for."""

from __future__ import annotations

from typing import Any

from django import forms

from contracting.orders.models import OrderLine


class LineForm(forms.Form):
    """A form about one line of an order, chosen from those that fit."""

    line = forms.TypedChoiceField(label="Line of the order", coerce=int)

    def __init__(self, *args: Any, lines: list[OrderLine], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["line"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (typing)
        field.choices = [
            (line.pk, f"{line.clin} {line.description}, in {line.get_unit_display()}")
            for line in lines
        ]


def _day(label: str, hint: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=hint,
    )


def _quantity(label: str, hint: str, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        help_text=hint,
        max_digits=15,
        decimal_places=6,
        min_value=0,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "dd-num"}),
        **more,
    )


class RecordReceiptForm(LineForm):
    """What was received, on which day, and what proves it."""

    received_on = _day("Day of delivery", "Its price is the price of that day.")
    received = _quantity("Received in order", "Charged, in the unit of the line.")
    rejected = _quantity(
        "Rejected", "Delivered and not accepted; costs nothing.", required=False
    )
    words = forms.CharField(
        label="What was received",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="And why a part of it is rejected. The vendor reads it.",
    )
    evidence = forms.CharField(
        max_length=400, help_text="A delivery note, a ticket, a log: what proves it."
    )


class ReverseReceiptForm(forms.Form):
    """Why a receipt is taken back."""

    reason = forms.CharField(
        label="Why it was wrong",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The vendor reads it. Record the right receipt afterwards.",
    )


class ChangeQuantityForm(LineForm):
    """How many are in force from a day on."""

    effective_on = _day("From", "The first day of the quantity.")
    quantity = forms.IntegerField(
        label="In force from then on", min_value=0, help_text="None ends it."
    )
    reason = forms.CharField(
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The vendor reads it.",
    )
