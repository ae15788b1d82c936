"""The fields by which a package says what it asks for."""

from __future__ import annotations

from typing import Any

from django import forms

from contracting.reference.states import InstrumentKind
from contracting.requisitions.forms import SeenVersion
from contracting.solicitations.states import SolicitationKind


class KindForm(SeenVersion):
    """What is asked for, what is awarded, and whether lateness binds."""

    kind = forms.ChoiceField(
        label="Kind of solicitation",
        choices=SolicitationKind.choices,
        help_text="Fixed at the release. A quotation is no offer: an award on it is "
        "the Government's offer, which the vendor accepts or declines (FAR 13.004).",
    )
    instrument = forms.ChoiceField(
        label="Kind of contract",
        choices=InstrumentKind.choices,
        help_text="Fixed at the release. Orders are placed under a contract of "
        "indefinite delivery, and calls under an agreement, which binds nothing by "
        "itself. The lines of a definitive contract are performed as awarded.",
    )
    late_rule = forms.BooleanField(
        label="Late quotations are not considered",
        required=False,
        help_text="For quotations only, and fixed at the release. Unless it says so, "
        "a late one may be considered until an award is made.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Either kind is asked for only of whoever sends it, as every browser does."""
        super().__init__(*args, **kwargs)
        for name in ("kind", "instrument"):
            self.fields[name].required = not self.is_bound or name in self.data

    def clean(self) -> dict[str, Any]:
        """A request that does not send the kind leaves it as it is."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("kind"):
            for name in ("kind", "late_rule"):
                cleaned.pop(name, None)
        if not cleaned.get("instrument"):
            cleaned.pop("instrument", None)
        return cleaned
