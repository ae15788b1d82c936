"""What is asked for on the page of a rule."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django import forms

from contracting.allocations.calculations import Target
from contracting.allocations.refusals import AllocationWrong

WHOLE_CONTRACT: Final = "contract"
_COLUMNS: Final = 4


class SetAllocationForm(forms.Form):
    """Whose a contract, an order or a line is, from a day on."""

    scope = forms.ChoiceField(label="What is shared out")
    valid_from = forms.DateField(
        label="From", widget=forms.DateInput(attrs={"type": "date"})
    )
    shares = forms.CharField(
        label="Shares",
        required=False,
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=(
            "A line for each: office; project; capability; percent. Leave a name empty "
            "where there is none, such as: Claims; ; Assistant; 62.5. What is left of "
            "100 percent is shown as unallocated; without any line all of it is."
        ),
    )
    reason = forms.CharField(
        label="What the shares rest on",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self, *args: Any, scopes: Iterable[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["scope"]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(scopes)

    def clean_scope(self) -> tuple[int | None, int | None]:
        """The keys of order and line; none of either for the whole contract."""
        if self.cleaned_data["scope"] == WHOLE_CONTRACT:
            return None, None
        order, _, line = self.cleaned_data["scope"].partition(":")
        return int(order), int(line) if line else None

    def clean_shares(self) -> list[tuple[Target, Decimal]]:
        """Each line as a target and its percent."""
        return [
            _share(number, line)
            for number, line in enumerate(
                self.cleaned_data["shares"].splitlines(), start=1
            )
            if line.strip()
        ]


def _share(number: int, line: str) -> tuple[Target, Decimal]:
    parts = [part.strip() for part in line.split(";")]
    message = f"Line {number}: write office; project; capability; percent."
    if len(parts) != _COLUMNS:
        raise forms.ValidationError(message)
    try:
        percent = Decimal(parts[-1])
    except InvalidOperation:
        raise forms.ValidationError(message) from None
    if not percent.is_finite():
        raise forms.ValidationError(message)
    return Target(*parts[:-1]), percent


def month_asked(text: str) -> date:
    """The first day of the month that an address names, such as ``2026-04``.

    :raises AllocationWrong: if it names none
    """
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        message = "Say which month is meant, such as month=2026-04."
        raise AllocationWrong(message, pointer="/month") from None
