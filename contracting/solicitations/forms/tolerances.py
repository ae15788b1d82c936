"""What a contract tolerates, as the officer writes it; usual figures are suggested."""

from __future__ import annotations

from decimal import Decimal

from django import forms

from contracting.solicitations.publishing.terms import SUGGESTED, TOLERANCES

_HINTS = {
    "tolerance_tokens": "Beside the percent; the larger of the two holds. Empty: 0.",
    "tolerance_percent": "Of what meter or report counts, whichever is more.",
    "tolerance_dollars": "Both tests are passed: tokens and dollars. Empty: 0.00.",
    "tolerance_month_percent": "The differences of a line and calendar month together.",
    "tolerance_month_dollars": "The differences of a line and calendar month together.",
    "tolerance_de_minimis_dollars": "Per line and day; no share of tokens is asked.",
    "tolerance_cap_percent": "Beyond it nothing more is tolerated on the order. What "
    "the vendor counts above our meter is paid only if this and the limits of the day "
    "are stated.",
    "cor_settles_percent": "Above it the contracting officer decides. Empty: the "
    "agency's own number.",
    "cor_settles_dollars": "Above it the contracting officer decides. Empty: the "
    "agency's own number.",
    "write_off_cap_dollars": "Empty: nothing is written off.",
}


def tolerance_field(name: str) -> forms.DecimalField | forms.IntegerField:
    """One tolerance; empty is not stated, and the usual figure stands beside it."""
    usual = SUGGESTED.get(name)
    hint = _HINTS[name] + (f" Usual: {usual}." if usual else "")
    if name.endswith("_tokens"):
        return forms.IntegerField(
            label=TOLERANCES[name],
            required=False,
            min_value=0,
            help_text=hint,
            widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        )
    is_share = name.endswith("_percent")
    return forms.DecimalField(
        label=TOLERANCES[name],
        required=False,
        max_digits=7 if is_share else 18,
        decimal_places=4 if is_share else 2,
        min_value=Decimal(0),
        max_value=Decimal(100) if is_share else None,
        help_text=hint,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
