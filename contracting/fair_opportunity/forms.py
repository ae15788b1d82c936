"""What is asked for on the pages of fair opportunities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms

from contracting.core.quantities import Dollars
from contracting.core.templatetags.drawdown import dollars
from contracting.determinations.states import OPTIONAL_PARTS, PARTS, Kind
from contracting.documents.forms import KINDS_IN_WORDS, SeveralFilesField
from contracting.fair_opportunity.models import HolderResponse
from contracting.fair_opportunity.states import ExceptionCode
from contracting.requisitions.forms import day_field, instant_of

_NEEDED = "The justification says it; not needed for a set-aside."


def _words(label: str, hint: str, *, rows: int = 6, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
        **more,
    )


class IntendedOrderForm(forms.Form):
    """What shall be ordered, and for how much."""

    title = forms.CharField(max_length=200)
    description = _words("What shall be ordered", "Every holder reads it.")
    value = forms.DecimalField(
        label="Estimated value in dollars",
        max_digits=18,
        decimal_places=2,
        min_value=Decimal("0.01"),
        help_text="With all options; it decides what is asked of you.",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )

    def clean_value(self) -> Dollars:
        return Dollars(self.cleaned_data["value"])


class NotifyHoldersForm(IntendedOrderForm):
    """The notice to every holder."""

    basis = _words("Basis of selection", "How one of the holders will be selected.")
    factors = _words(
        "Factors and their significance",
        "Price among them. Needed above the enhanced threshold.",
        required=False,
    )
    respond_day = day_field("Responses are due, day")
    respond_time = forms.TimeField(
        label="Responses are due, time",
        initial="17:00",
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )

    def __init__(self, *args: Any, zone: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.zone = zone
        self.fields["respond_day"].required = True
        self.fields["respond_time"].help_text = f"Inclusive, in {zone}."

    def clean(self) -> dict[str, Any]:
        """With the instant under ``respond_by``."""
        cleaned: dict[str, Any] = super().clean() or {}
        day, time = cleaned.get("respond_day"), cleaned.get("respond_time")
        if day and time:
            cleaned["respond_by"] = instant_of(day, time, self.zone)
        return cleaned


class TakeExceptionForm(IntendedOrderForm):
    """Why not every holder is asked."""

    code = forms.ChoiceField(
        label="Exception", choices=ExceptionCode.choices, widget=forms.RadioSelect
    )
    justification = _words(
        "Justification",
        "The facts, and why the exception applies (FAR 16.505(b)(2)(ii)(B)). Not "
        "needed for a set-aside.",
        rows=10,
        required=False,
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._parts = {
            code: label
            for code, label in PARTS[Kind.FAIR_OPPORTUNITY].items()
            if code != "need"
        }
        for code, label in self._parts.items():
            hint = "Where there is any." if code in OPTIONAL_PARTS else _NEEDED
            self.fields[f"part_{code}"] = _words(label, hint, rows=3, required=False)

    def clean(self) -> dict[str, Any]:
        """With the parts of the justification under ``parts``."""
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["parts"] = {
            code: cleaned.get(f"part_{code}", "") for code in self._parts
        }
        return cleaned


class RespondForm(forms.Form):
    """What a holder offers for this order."""

    words = _words("What we offer", "The contracting office alone reads it.", rows=10)
    discount_percent = forms.DecimalField(
        label="Discount off every rate of our contract, percent",
        max_digits=5,
        decimal_places=2,
        min_value=0,
        max_value=100,
        initial=0,
        help_text="Cut after a millionth of a dollar, never rounded up.",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    attachments = SeveralFilesField(
        label="Files",
        required=False,
        help_text=f"Taken: {KINDS_IN_WORDS}. Each is checked.",
    )

    def __init__(self, *args: Any, rates: Mapping[str, Decimal], **more: Any) -> None:
        super().__init__(*args, **more)
        self._slins = list(rates)
        for slin, rate in rates.items():
            self.fields[f"price_{slin}"] = forms.DecimalField(
                label=f"Price of {slin}",
                max_digits=12,
                decimal_places=6,
                min_value=0,
                required=False,
                help_text=(
                    "Dollars per million tokens. Empty takes our rate of "
                    f"{dollars(rate)} less the discount."
                ),
                widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            )

    def clean(self) -> dict[str, Any]:
        """With the prices by subline under ``prices``."""
        cleaned: dict[str, Any] = super().clean() or {}
        asked = {slin: cleaned.pop(f"price_{slin}", None) for slin in self._slins}
        cleaned["prices"] = {
            s: price for s, price in asked.items() if price is not None
        }
        return cleaned


class _OneResponse(forms.Form):
    """Which of the holders' responses."""

    response_id = forms.TypedChoiceField(
        label="Response", coerce=int, widget=forms.RadioSelect
    )

    def __init__(
        self, *args: Any, responses: Sequence[HolderResponse], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        field = self.fields["response_id"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (typing)
        field.choices = [(each.pk, str(each.contract.vendor)) for each in responses]


class ConsiderForm(_OneResponse):
    """The finding on one response."""

    text = _words("Finding", "How it meets the need, and at which price.")


class SelectForm(_OneResponse):
    """The selection."""

    rationale = _words("Why this holder is selected", "On the basis that was told.")
    best_value = _words(
        "Best-value statement",
        "Needed above the enhanced threshold: the basis of the award, and how quality "
        "was weighed against price.",
        required=False,
    )


class CancelForm(forms.Form):
    """Why it is given up."""

    reason = _words("Reason", "The holders who were told read it.", rows=3)
